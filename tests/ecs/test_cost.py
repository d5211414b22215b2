"""What ECS's machines and tasks cost, by the second."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Lab
from labkit.kinds import Key
from labkit.metrics import cost
from tests.ecs.conftest import container
from tests.ecs.on_fargate import SPOT, VPC, run

ARM = {"attributes": [{"name": "ecs.cpu-architecture", "value": "arm64"}]}
WINDOWS = {"platformFamily": "Windows_Server_2022_Core"}

HOURLY = [
    # (task, USD an hour worked by hand); prices of aws.md 8.6
    ({"cpu": "256", "memory": "512"}, 0.0123425),  # 0.25 * 0.04048 + 0.5 * 0.004445
    ({"cpu": "1024", "memory": "2048"}, 0.04937),  # 0.04048 + 2 * 0.004445
    ({"cpu": "1024", "memory": "2048", **ARM}, 0.0395),  # 0.03238 + 2 * 0.00356
    ({"cpu": "1024", "memory": "2048", **WINDOWS}, 0.15758),  # 0.09148 + 0.046 + 2 * 0.01005
    ({"cpu": "1024", "memory": "2048", "ephemeralStorage": {"sizeInGiB": 20}}, 0.04937),
    ({"cpu": "1024", "memory": "2048", "ephemeralStorage": {"sizeInGiB": 50}}, 0.0527),  # + 30 * 0.000111
    ({"cpu": "16384", "memory": "122880"}, 1.18108),  # 16 * 0.04048 + 120 * 0.004445
    ({"cpu": "1024", "memory": "2048", "capacityProviderName": "FARGATE"}, 0.04937),
    ({"cpu": "1024", "memory": "2048", "capacityProviderName": "FARGATE_SPOT"}, 0.014811),  # 0.3 of it, fictional
]


@pytest.mark.parametrize(("task", "usd"), HOURLY)
def test_a_task_on_fargate_costs_its_vcpu_memory_and_storage(task, usd):
    assert cost.fargate(task) == pytest.approx(usd)


BY_SECONDS = [
    # (began, ended, asked at, seconds charged): rounded up, a minute at least (aws.md 8.6)
    (10, 20, 9, 0), (10, 20, 10, 60), (10, 20, 1000, 60), (10, 70, 1000, 60), (10, 71, 1000, 61), (10, 70.2, 1000, 61),
    (10, 3610, 1810, 1800), (10, 3610, 9999, 3600),
]  # fmt: skip


@pytest.mark.parametrize(("began", "ended", "at", "seconds"), BY_SECONDS)
def test_seconds_are_charged(began, ended, at, seconds):
    one = cost.Charge(Key("x", "", "x"), "FARGATE", "", began, ended, 3600.0)
    assert one.usd(np.array([at]))[0] == seconds


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e5))
def test_what_was_charged_never_falls(began, lasted, early, later):
    one = cost.Charge(Key("x", "", "x"), "FARGATE", "", began, began + lasted, 1.0)
    first, last = one.usd(np.array(sorted([early, later])))
    assert 0 <= first <= last <= max(lasted + 1, 60) / 3600


def test_a_task_is_charged_from_its_pull_to_its_end(fargate):
    task = run(fargate)["tasks"][0]["taskArn"]
    fargate.run("10m").client.stop_task(task=task)
    fargate.run("20m")
    told = fargate.client.describe_tasks(tasks=[task])["tasks"][0]
    seconds = (told["stoppedAt"] - told["pullStartedAt"]).total_seconds()
    assert fargate.metrics("cost")["usd"].iloc[-1] == pytest.approx(
        0.0123425 * seconds / 3600, abs=0.0123425 * 2 / 3600
    )
    assert fargate.metrics("cost")["usd_per_hour"].iloc[-1] == 0


def test_machines_cost_whether_or_not_tasks_run_there():
    lab = Lab.ecs(instances=2, instance_type={"m5.large": 1, "t3.medium": 1}, seed=1).run("30m")
    last = lab.metrics("cost").iloc[-1]
    assert (last["nodes"], last["tasks"], last["unpriced"]) == (2, 0, 0)
    assert last["usd_per_hour"] == pytest.approx(0.096 + 0.0416)
    assert last["usd"] == pytest.approx((0.096 + 0.0416) / 2)


def test_a_machine_that_was_run_costs_from_then_to_its_end():
    lab = Lab.ecs(instances=0, seed=1)
    ec2 = lab.boto3.client("ec2")
    market = {"MarketType": "spot"}
    asked = {
        "InstanceType": "m5.large",
        "UserData": "ECS_CLUSTER=default",
        "MinCount": 1,
        "MaxCount": 1,
        "ImageId": "ami-1",
    }
    profile = {"IamInstanceProfile": {"Name": "ecsInstanceRole"}}
    ec2.run_instances(**asked, **profile)
    spot = ec2.run_instances(**asked, **profile, InstanceMarketOptions=market)["Instances"][0]["InstanceId"]
    lab.run("10m")
    ec2.terminate_instances(InstanceIds=[spot])
    lab.run("10m")
    frame = lab.metrics("charges")
    assert sorted(set(frame["of"])) == ["EC2", "EC2 Spot"]
    last = frame[frame["time"] == 1200].set_index("of")
    assert last["usd"].to_dict() == pytest.approx({"EC2": 0.096 * 1160 / 3600, "EC2 Spot": 0.0336 * 560 / 3600})
    assert last["count"].to_dict() == {"EC2": 1, "EC2 Spot": 0}


def test_charges_are_told_by_kind_and_service_and_sum_to_the_cost(fargate):
    fargate.launch(1, "m5.large")
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    run(fargate, 4, capacityProviderStrategy=strategy)
    run(fargate, 1, capacityProviderStrategy=SPOT)
    fargate.run("5m").interrupt().run("5m")
    frame, total = fargate.metrics("charges"), fargate.metrics("cost")
    assert set(zip(frame["of"], frame["service"], strict=True)) == {("EC2", ""), ("FARGATE", ""), ("FARGATE_SPOT", "")}
    for name in ("usd", "usd_per_hour"):
        assert list(frame.groupby("time")[name].sum()) == pytest.approx(list(total[name]))
    assert total["tasks"].iloc[-1] == 2


def test_a_service_has_its_own_charges(fargate):
    fargate.client.create_service(
        serviceName="web", taskDefinition="f", desiredCount=3, networkConfiguration=VPC, launchType="FARGATE"
    )
    fargate.run("10m")
    frame = fargate.metrics("charges")
    last = frame[frame["time"] == 600].iloc[0]
    assert (last["of"], last["service"], last["count"]) == ("FARGATE", "web", 3)
    assert last["usd_per_hour"] == pytest.approx(3 * 0.0123425)
    assert "secondary sources" in frame.attrs["note"]


def test_a_lab_without_ecs_has_no_charges():
    lab = Lab.kubernetes(nodes=1).run("1m")
    assert lab.metrics("charges").empty and list(lab.metrics("cost")["tasks"]) == [0] * 5


def test_tasks_on_instances_cost_nothing_themselves(lab):
    lab.client.register_task_definition(family="e", containerDefinitions=[container()])
    lab.client.run_task(taskDefinition="e")
    lab.run("2m")
    assert {one.of for one in cost.charges(lab.cluster)} == {"EC2"}

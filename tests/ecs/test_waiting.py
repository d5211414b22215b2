"""Capacity provider strategies, and tasks that wait for an instance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit import Lab
from labkit.ecs.capacityproviders import split
from labkit.ecs.containerinstances import launch
from labkit.kinds import ecs
from tests.ecs.conftest import container

GROUP = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/machines"


def item(name, weight=0, base=0):
    return {"capacityProvider": name, "weight": weight, "base": base}


@pytest.mark.parametrize(
    ("strategy", "count", "counts"),
    [
        ([item("a", 1), item("b", 1)], 10, (5, 5)),
        ([item("a", 1), item("b", 4)], 10, (2, 8)),
        ([item("a", 1, 2), item("b", 3)], 10, (4, 6)),
        ([item("a", 0, 3), item("b", 1)], 2, (2, 0)),
        ([item("a", 0, 3), item("b", 1)], 9, (3, 6)),
    ],
)
def test_the_base_comes_first_then_the_weights(strategy, count, counts):
    chosen = split(strategy, count)
    assert (chosen.count("a"), chosen.count("b")) == counts


@given(weights=st.lists(st.integers(0, 9), min_size=1, max_size=5).filter(any), count=st.integers(0, 60))
def test_nobody_is_a_whole_task_from_its_share_by_less_than_the_others_allow(weights, count):
    strategy = [item(str(place), weight) for place, weight in enumerate(weights)]
    chosen = split(strategy, count)
    assert len(chosen) == count
    for place, weight in enumerate(weights):
        assert abs(chosen.count(str(place)) - count * weight / sum(weights)) < len(weights)
        assert weight or str(place) not in chosen


@pytest.fixture
def lab():
    """A cluster whose capacity comes from a group that ECS scales; nothing is there yet."""
    lab = Lab.ecs(instances=0, seed=1)
    scaling = {"autoScalingGroupArn": GROUP, "managedScaling": {"status": "ENABLED"}}
    lab.client.create_capacity_provider(name="machines", autoScalingGroupProvider=scaling)
    lab.client.put_cluster_capacity_providers(
        cluster="default", capacityProviders=["machines", "FARGATE"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "machines", "weight": 1}],
    )  # fmt: skip
    lab.client.register_task_definition(family="web", containerDefinitions=[container(cpu=1024)])
    return lab


def test_what_finds_no_room_waits_in_provisioning(lab):
    lab.launch(1)
    tasks = lab.client.run_task(taskDefinition="web", count=3)["tasks"]
    assert [task["lastStatus"] for task in tasks] == ["PROVISIONING"] * 3
    assert "containerInstanceArn" not in tasks[0] and tasks[0]["capacityProviderName"] == "machines"
    launch(lab.cluster, capacity_provider="machines")
    lab.run("1m")
    now = [lab.cluster.read(ecs.key_of_arn(task["taskArn"])) for task in tasks]
    assert [task.last_status for task in now] == ["RUNNING", "RUNNING", "PROVISIONING"]
    lab.client.stop_task(task=tasks[0]["taskArn"])
    lab.run("1m")
    assert lab.cluster.read(ecs.key_of_arn(tasks[2]["taskArn"])).last_status == "RUNNING"


def test_one_that_waits_can_be_stopped(lab):
    task = lab.client.run_task(taskDefinition="web")["tasks"][0]
    lab.client.stop_task(task=task["taskArn"])
    lab.run("1m")
    assert lab.cluster.read(ecs.key_of_arn(task["taskArn"])).last_status == "STOPPED"


def test_at_most_five_hundred_wait(lab):
    for _ in range(50):
        lab.client.run_task(taskDefinition="web", count=10)
    with pytest.raises(lab.client.exceptions.ClientException, match="500"):
        lab.client.run_task(taskDefinition="web")


def test_a_launch_type_goes_before_the_clusters_strategy(lab):
    lab.launch(1)
    task = lab.client.run_task(taskDefinition="web", launchType="EC2")["tasks"][0]
    assert task["lastStatus"] == "PENDING" and "capacityProviderName" not in task


def test_fargate_is_a_provider_too(lab):
    size = {"cpu": "1024", "memory": "2048", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
    lab.client.register_task_definition(family="f", containerDefinitions=[container()], **size)
    asked = {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    task = lab.client.run_task(taskDefinition="f", networkConfiguration=network, **asked)["tasks"][0]
    assert (task["launchType"], task["capacityProviderName"]) == ("FARGATE", "FARGATE")
    lab.run("1m")
    assert lab.cluster.read(ecs.key_of_arn(task["taskArn"])).last_status == "RUNNING"


def test_a_provider_that_is_not_scaled_and_has_no_instances_is_refused(lab):
    lab.client.update_capacity_provider(
        name="machines", autoScalingGroupProvider={"managedScaling": {"status": "DISABLED"}}
    )  # fmt: skip
    lab.launch(1)
    with pytest.raises(lab.client.exceptions.InvalidParameterException, match="found in your capacity provider"):
        lab.client.run_task(taskDefinition="web")
    launch(lab.cluster, capacity_provider="machines")
    assert len(lab.client.run_task(taskDefinition="web", count=5)["failures"]) == 1

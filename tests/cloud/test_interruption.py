"""Spot machines that are taken back."""

import pytest

from labkit import Lab
from labkit.cloud import machines
from labkit.errors import LabError
from labkit.kinds import ecs

WEB = {"name": "web", "image": "nginx", "cpu": 128, "memory": 128}
MARKET = {"InstanceMarketOptions": {"MarketType": "spot"}}


def lab_with(draining: bool) -> Lab:
    """Two machines, the second on Spot, each with a task that stands alone."""
    lab = Lab.ecs(instances=0, seed=1)
    ec2, setting = lab.boto3.client("ec2"), "\necho ECS_ENABLE_SPOT_INSTANCE_DRAINING=true" if draining else ""
    asked = {"ImageId": "ami-1", "InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1}
    asked |= {"UserData": f"ECS_CLUSTER=default{setting}", "IamInstanceProfile": {"Name": "ecsInstanceRole"}}
    ec2.run_instances(**asked)
    ec2.run_instances(**asked, **MARKET)
    lab.run("1m")
    lab.client.register_task_definition(family="web", containerDefinitions=[WEB])
    lab.client.run_task(taskDefinition="web", count=2, placementStrategy=[{"type": "spread", "field": "instanceId"}])
    return lab.run("1m")


def statuses(lab):
    return sorted(one["status"] for one in lab.cluster.list(ecs.CONTAINER_INSTANCE))


def alive(lab):
    return sum(one["lastStatus"] == "RUNNING" for one in lab.cluster.list(ecs.TASK))


@pytest.mark.parametrize("draining", [False, True])
def test_a_spot_machine_ends_two_minutes_after_its_notice(draining):
    lab = lab_with(draining).interrupt("EC2_SPOT").run("119s")
    assert alive(lab) == 2 and statuses(lab) == ["ACTIVE", "DRAINING" if draining else "ACTIVE"]
    lab.run("3s")
    states = [machines.state_of(one) for one in lab.cluster.list(machines.INSTANCE)]
    assert sorted(states) == ["running", "shutting-down"]
    lab.run("1m")
    assert alive(lab) == 1 and statuses(lab) == ["ACTIVE", "INACTIVE"]


def test_machines_are_meant_by_id_and_zone_and_only_on_spot():
    lab = lab_with(False)
    on_demand, spot = lab.cluster.list(machines.INSTANCE)
    if "InstanceLifecycle" in on_demand:
        on_demand, spot = spot, on_demand
    with pytest.raises(LabError):
        lab.interrupt(on_demand["InstanceId"])
    lab.interrupt("a")
    with pytest.raises(LabError):
        lab.interrupt(spot["InstanceId"])
    lab.run("3m")
    assert alive(lab) == 1

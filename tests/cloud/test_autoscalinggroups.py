"""EC2 Auto Scaling's operations."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from botocore.exceptions import ClientError

from labkit import Lab
from labkit.kinds import ecs


def made(**more: Any) -> tuple[Lab, Any]:
    lab = Lab.ecs(instances=0, seed=1)
    script = base64.b64encode(b"#!/bin/bash\necho ECS_CLUSTER=default").decode()
    data = {"InstanceType": "c5.large", "UserData": script, "IamInstanceProfile": {"Name": "ecsInstanceRole"}}
    lab.boto3.client("ec2").create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)
    asg = lab.boto3.client("autoscaling")
    asg.create_auto_scaling_group(
        AutoScalingGroupName="web", MinSize=1, MaxSize=4, LaunchTemplate={"LaunchTemplateName": "web"},
        AvailabilityZones=["us-east-1a", "us-east-1b"], **more,
    )  # fmt: skip
    return lab, asg


def group(asg: Any) -> Any:
    return asg.describe_auto_scaling_groups(AutoScalingGroupNames=["web"])["AutoScalingGroups"][0]


def test_a_groups_machines_are_those_of_its_template_and_join_what_it_says() -> None:
    lab, asg = made(DesiredCapacity=2)
    lab.run("2m")
    [one, other] = lab.cluster.list(ecs.CONTAINER_INSTANCE)
    assert one["instanceType"] == other["instanceType"] == "c5.large"
    members = group(asg)["Instances"]
    assert [one["LifecycleState"] for one in members] == ["InService", "InService"]
    assert {one["AvailabilityZone"] for one in members} == {"us-east-1a", "us-east-1b"}


def test_size_and_bounds() -> None:
    lab, asg = made()
    asg.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=3)
    lab.run("2m")
    assert len(group(asg)["Instances"]) == 3
    asg.update_auto_scaling_group(AutoScalingGroupName="web", MaxSize=2)
    assert group(asg)["DesiredCapacity"] == 2
    with pytest.raises(ClientError, match="above max value 2"):
        asg.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=3)


@pytest.mark.parametrize(("decrement", "left"), [(True, 1), (False, 2)])
def test_a_machine_is_terminated_and_replaced_or_not(decrement: bool, left: int) -> None:
    lab, asg = made(DesiredCapacity=2)
    lab.run("2m")
    name = group(asg)["Instances"][0]["InstanceId"]
    answer = asg.terminate_instance_in_auto_scaling_group(InstanceId=name, ShouldDecrementDesiredCapacity=decrement)
    assert answer["Activity"]["Description"] == f"Terminating EC2 instance: {name}"
    lab.run("3m")
    assert len(group(asg)["Instances"]) == left
    assert name not in [one["InstanceId"] for one in asg.describe_auto_scaling_instances()["AutoScalingInstances"]]


def test_activities_tell_what_became_of_machines() -> None:
    lab, asg = made()
    lab.run("2m")
    [activity] = asg.describe_scaling_activities(AutoScalingGroupName="web")["Activities"]
    assert activity["Description"].startswith("Launching a new EC2 instance: i-")
    assert activity["StatusCode"] == "Successful"


def test_deletion() -> None:
    lab, asg = made()
    lab.run("2m")
    with pytest.raises(ClientError, match="ResourceInUse"):
        asg.delete_auto_scaling_group(AutoScalingGroupName="web")
    asg.delete_auto_scaling_group(AutoScalingGroupName="web", ForceDelete=True)
    lab.run("2m")
    assert [one["status"] for one in lab.cluster.list(ecs.CONTAINER_INSTANCE)] == ["INACTIVE"]


def test_launch_configurations_do_the_same() -> None:
    lab = Lab.ecs(instances=0, seed=1)
    asg = lab.boto3.client("autoscaling")
    asg.create_launch_configuration(
        LaunchConfigurationName="old", InstanceType="m5.large", IamInstanceProfile="ecsInstanceRole"
    )
    asg.create_auto_scaling_group(
        AutoScalingGroupName="old",
        MinSize=1,
        MaxSize=1,
        LaunchConfigurationName="old",
        AvailabilityZones=["us-east-1a"],
    )
    lab.run("2m")
    assert [one["instanceType"] for one in lab.cluster.list(ecs.CONTAINER_INSTANCE)] == ["m5.large"]


def test_refusals() -> None:
    lab, asg = made()
    with pytest.raises(ClientError, match="AlreadyExists"):
        asg.create_auto_scaling_group(
            AutoScalingGroupName="web", MinSize=1, MaxSize=4, AvailabilityZones=["us-east-1a"],
            LaunchTemplate={"LaunchTemplateName": "web"},
        )  # fmt: skip
    with pytest.raises(ClientError, match="Valid requests must contain either LaunchTemplate"):
        asg.create_auto_scaling_group(AutoScalingGroupName="api", MinSize=1, MaxSize=4)
    with pytest.raises(ClientError, match="AutoScalingGroup name not found"):
        asg.set_desired_capacity(AutoScalingGroupName="api", DesiredCapacity=1)
    assert len(lab.cluster.list(ecs.AUTO_SCALING_GROUP)) == 1

"""EC2's calls: machines that join a cluster of ECS, and leave it."""

import pytest
from botocore.exceptions import ClientError

from labkit import Lab
from labkit.kinds import ecs

WEB = {"name": "web", "image": "nginx", "cpu": 128, "memory": 128}
BOOT = "#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config"
PROFILE = {"IamInstanceProfile": {"Name": "ecsInstanceRole"}}
JOINING = {"ImageId": "ami-1", "InstanceType": "t3.medium", "UserData": BOOT, **PROFILE}


@pytest.fixture
def lab():
    """A lab with an empty cluster, and a task definition."""
    lab = Lab.ecs(instances=0, cluster="shop", seed=1)
    lab.client.register_task_definition(family="web", containerDefinitions=[WEB])
    return lab


@pytest.fixture
def ec2(lab):
    return lab.boto3.client("ec2")


def test_machines_join_the_cluster_of_their_user_data_when_they_have_booted(lab, ec2):
    made = ec2.run_instances(MinCount=2, MaxCount=2, **JOINING)["Instances"]
    assert [one["State"]["Name"] for one in made] == ["pending", "pending"]
    lab.run("30s")
    assert lab.cluster.keys(ecs.CONTAINER_INSTANCE) == []
    lab.run("30s")
    instances = lab.cluster.items(ecs.CONTAINER_INSTANCE)
    assert [one.ec2_instance_id for one in instances] == [one["InstanceId"] for one in made]
    assert {one.instance_type for one in instances} == {"t3.medium"}
    states = ec2.describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])["Reservations"]
    assert len(states) == 2


def test_waiters_of_ec2_wait_in_the_labs_time_too(lab, ec2):
    name = ec2.run_instances(MinCount=1, MaxCount=1, **JOINING)["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[name])
    assert lab.now == 45


def test_a_machine_told_nothing_joins_nothing(lab, ec2):
    ec2.run_instances(ImageId="ami-1", InstanceType="t3.medium", MinCount=1, MaxCount=1)
    lab.run("2m")
    assert lab.cluster.keys(ecs.CONTAINER_INSTANCE) == []


def test_a_terminated_machine_takes_its_tasks_along(lab, ec2):
    name = ec2.run_instances(MinCount=1, MaxCount=1, **JOINING)["Instances"][0]["InstanceId"]
    lab.run("1m")
    task = lab.client.run_task(cluster="shop", taskDefinition="web")["tasks"][0]["taskArn"]
    lab.run("1m")
    ended = ec2.terminate_instances(InstanceIds=[name])["TerminatingInstances"][0]
    assert (ended["PreviousState"]["Name"], ended["CurrentState"]["Name"]) == ("running", "shutting-down")
    lab.run("1m")
    told = lab.client.describe_tasks(cluster="shop", tasks=[task])["tasks"][0]
    assert told["stoppedReason"] == f"Host EC2 (instance {name}) terminated."
    assert lab.client.list_container_instances(cluster="shop")["containerInstanceArns"] == []
    lab.run("2h")
    assert lab.cluster.keys(ecs.CONTAINER_INSTANCE) == []


def test_machines_a_lab_began_with_are_told_of_and_ended_too():
    lab = Lab.ecs(instances=2, seed=1)
    ec2 = lab.boto3.client("ec2")
    names = [one["Instances"][0]["InstanceId"] for one in ec2.describe_instances()["Reservations"]]
    assert names == [one.ec2_instance_id for one in lab.cluster.items(ecs.CONTAINER_INSTANCE)]
    ec2.terminate_instances(InstanceIds=names[:1])
    lab.run("1m")
    assert [one.status for one in lab.cluster.items(ecs.CONTAINER_INSTANCE)] == ["INACTIVE", "ACTIVE"]


def test_what_is_not_there_is_refused_in_ec2s_words(ec2):
    with pytest.raises(ClientError, match=r"InvalidInstanceID.NotFound.*The instance ID 'i-1' does not exist"):
        ec2.describe_instances(InstanceIds=["i-1"])
    with pytest.raises(ClientError, match="Invalid value 'm5.huge' for InstanceType"):
        ec2.run_instances(ImageId="ami-1", InstanceType="m5.huge", MinCount=1, MaxCount=1)

"""Volumes: what registers, what a launch may configure, and an EBS volume's life with its task."""

import json

import pytest
from botocore.exceptions import ClientError

from labkit import Lab
from labkit.ecs import capabilities
from labkit.kinds import Key, ec2, ecs
from tests.ecs.conftest import container
from tests.ecs.on_fargate import SMALL, VPC, register, run

EC2 = {"networkMode": "bridge", "requiresCompatibilities": ["EC2"], "cpu": "256", "memory": "512"}
WINDOWS = {
    **SMALL,
    "cpu": "1024",
    "memory": "2048",
    "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
}
EFS = {"fileSystemId": "fs-1"}
ACCESS = {"accessPointId": "fsap-1"}
DOCKER = {"scope": "task", "driver": "local"}
ONE_TYPE = "When the volume parameter is specified, only one volume configuration type should be used."

REGISTRATION = [
    # (volumes, where, message or "" where it registers); section of aws.md
    ([{"name": "d"}], SMALL, ""),  # 6.2: bind mount on Fargate's ephemeral storage
    ([{"name": "d", "host": {}}], SMALL, ""),
    ([{"name": "d", "host": {"sourcePath": "/d"}}], EC2, ""),
    ([{"name": "d", "host": {"sourcePath": "/d"}}], SMALL, "definitions do not support sourcePath"),
    ([{"name": "d", "dockerVolumeConfiguration": DOCKER}], EC2, ""),
    ([{"name": "d", "dockerVolumeConfiguration": DOCKER}], SMALL, "do not support dockerVolumeConfiguration"),  # 6.2
    ([{"name": "d", "efsVolumeConfiguration": EFS}], EC2, ""),  # 6.2: EFS everywhere
    ([{"name": "d", "efsVolumeConfiguration": EFS}], SMALL, ""),
    ([{"name": "d", "efsVolumeConfiguration": EFS}], WINDOWS, "do not support efsVolumeConfiguration"),  # 6.2: Linux
    ([{"name": "d", "efsVolumeConfiguration": {**EFS, "authorizationConfig": ACCESS, "transitEncryption": "ENABLED",
      "rootDirectory": "/shop"}}], EC2, "must be omitted or set to '/'"),  # 6.2
    ([{"name": "d", "efsVolumeConfiguration": {**EFS, "authorizationConfig": ACCESS, "transitEncryption": "ENABLED",
      "rootDirectory": "/"}}], EC2, ""),
    ([{"name": "d", "efsVolumeConfiguration": {**EFS, "authorizationConfig": ACCESS}}], EC2, "must be ENABLED"),
    ([{"name": "d", "efsVolumeConfiguration": {**EFS, "authorizationConfig": {"iam": "ENABLED"}}}], EC2, "must be"),
    ([{"name": "d", "efsVolumeConfiguration": {**EFS, "transitEncryptionPort": 2999}}], EC2, "must be ENABLED"),
    ([{"name": "d", "configuredAtLaunch": True}], SMALL, ""),  # 6.2: EBS at launch
    ([{"name": "d", "configuredAtLaunch": True}], WINDOWS, "do not support configuredAtLaunch"),
    ([{"name": "d", "configuredAtLaunch": True}, {"name": "e", "configuredAtLaunch": True}], EC2, "only one volume"),
    ([{"name": "d", "configuredAtLaunch": True, "efsVolumeConfiguration": EFS}], EC2, ONE_TYPE),
    ([{"name": "d", "host": {"sourcePath": "/d"}, "dockerVolumeConfiguration": DOCKER}], EC2, ONE_TYPE),
    ([{"name": "d"}, {"name": "d"}], EC2, "must be unique"),
    ([{"name": "d e"}], EC2, "invalid characters"),
]  # fmt: skip


@pytest.mark.parametrize(("volumes", "where", "message"), REGISTRATION)
def test_volumes_that_register(fargate, volumes, where, message):
    request = {"family": "v", "containerDefinitions": [container(cpu=0)], "volumes": volumes, **where}
    if message:
        with pytest.raises(ClientError, match=message) as refused:
            fargate.client.register_task_definition(**request)
        assert refused.value.response["Error"]["Code"] == "ClientException"
    else:
        assert fargate.client.register_task_definition(**request)["taskDefinition"]["volumes"] == volumes


def infrastructure(lab: Lab, *policies: str) -> str:
    """A role that ECS may take on, with these policies of AWS."""
    iam = lab.boto3.client("iam")
    statement = {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = iam.create_role(RoleName="ecsInfrastructureRole", AssumeRolePolicyDocument=trust)["Role"]
    for name in policies:
        iam.attach_role_policy(
            RoleName="ecsInfrastructureRole", PolicyArn=f"arn:aws:iam::aws:policy/service-role/{name}"
        )
    return str(made["Arn"])


VOLUMES = "AmazonECSInfrastructureRolePolicyForVolumes"


def configured(arn, name="data", **settings):
    return [{"name": name, "managedEBSVolume": {"roleArn": arn, **settings}}]


@pytest.fixture
def role(fargate):
    """The infrastructure role, in a lab whose definition g has a volume that is configured at launch."""
    register(fargate, volumes=[{"name": "data", "configuredAtLaunch": True}])
    return infrastructure(fargate, VOLUMES)


SETTINGS = [
    ({"sizeInGiB": 10}, ""),
    ({}, "sizeInGiB or snapshotId must be specified"),
    ({"snapshotId": "snap-1"}, ""),
    ({"sizeInGiB": 0}, "between 1 and 16384"),  # 6.2: gp3 1-16,384
    ({"sizeInGiB": 16384}, ""),
    ({"sizeInGiB": 16385}, "between 1 and 16384"),
    ({"sizeInGiB": 3, "volumeType": "io1", "iops": 100}, "between 4 and 16384"),  # 6.2
    ({"sizeInGiB": 4, "volumeType": "io2"}, "iops must be specified"),
    ({"sizeInGiB": 100, "volumeType": "st1"}, "between 125 and 16384"),  # 6.2
    ({"sizeInGiB": 125, "volumeType": "sc1", "iops": 200}, "iops is not supported"),
    ({"sizeInGiB": 10, "volumeType": "standard"}, "not supported on Fargate"),  # 6.2
    ({"sizeInGiB": 10, "iops": 2999}, "between 3000 and 16000"),
    ({"sizeInGiB": 10, "throughput": 1001}, "at most 1000"),
    ({"sizeInGiB": 10, "volumeType": "gp2", "throughput": 200}, "gp3 volumes only"),
    ({"sizeInGiB": 10, "volumeType": "gp9"}, "Invalid volumeType"),
    ({"sizeInGiB": 10, "filesystemType": "ntfs"}, "Invalid filesystemType"),
]


@pytest.mark.parametrize(("settings", "message"), SETTINGS)
def test_ebs_volumes_that_a_launch_may_ask_for(fargate, role, settings, message):
    asked = configured(role, **settings)
    if message:
        with pytest.raises(ClientError, match=message):
            run(fargate, definition="g", volumeConfigurations=asked)
        with pytest.raises(ClientError, match=message):
            fargate.client.create_service(
                serviceName="s",
                taskDefinition="g",
                desiredCount=1,
                networkConfiguration=VPC,
                volumeConfigurations=asked,
            )
    else:
        assert run(fargate, definition="g", volumeConfigurations=asked)["tasks"]


def test_definition_and_launch_must_agree(fargate, role):
    with pytest.raises(ClientError, match="no matching configuredAtLaunch volume found in task definition"):
        run(fargate, volumeConfigurations=configured(role, sizeInGiB=1))
    with pytest.raises(ClientError, match="no matching configuredAtLaunch volume found"):
        run(fargate, definition="g", volumeConfigurations=configured(role, name="other", sizeInGiB=1))
    with pytest.raises(ClientError, match="volumeConfigurations must have its settings"):
        run(fargate, definition="g")
    with pytest.raises(ClientError, match="Only one volume"):
        run(fargate, definition="g", volumeConfigurations=configured(role, sizeInGiB=1) * 2)


@pytest.mark.parametrize("name", ["nobody", "ecsTaskExecutionRole"])
def test_ecs_must_be_able_to_take_the_infrastructure_role_on(fargate, role, name):
    arn = f"arn:aws:iam::123456789012:role/{name}"
    with pytest.raises(ClientError, match="ECS was unable to assume the configured ECS Infrastructure Role"):
        run(fargate, definition="g", volumeConfigurations=configured(arn, sizeInGiB=1))


def attachment(task):
    return next(one for one in task["attachments"] if one["type"] == "AmazonElasticBlockStorage")


@pytest.mark.parametrize("stays", [False, True])
def test_a_volume_lives_with_its_task(fargate, role, stays):
    policy = {"terminationPolicy": {"deleteOnTermination": not stays}}
    asked = configured(role, sizeInGiB=20, **policy)
    task = run(fargate, definition="g", volumeConfigurations=asked)["tasks"][0]
    assert task["lastStatus"] == "PROVISIONING" and attachment(task)["status"] == "PRECREATED"
    volumes = fargate.boto3.client("ec2").describe_volumes
    seen = []
    for _ in range(40):
        seen += [one["State"] for one in volumes()["Volumes"]]
        fargate.run(1)
    assert list(dict.fromkeys(seen)) == ["creating", "in-use"]
    told = fargate.client.describe_tasks(tasks=[task["taskArn"]])["tasks"][0]
    assert told["lastStatus"] == "RUNNING" and attachment(told)["status"] == "ATTACHED"
    volume = volumes()["Volumes"][0]
    shown = [volume[name] for name in ("Size", "VolumeType", "AvailabilityZone", "Iops")]
    assert shown == [20, "gp3", told["availabilityZone"], 3000]
    key = Key(ec2.VOLUME, "", volume["VolumeId"])
    assert fargate.cluster.into(key, "mounts") == [ecs.key_of_arn(task["taskArn"])]
    fargate.client.stop_task(task=task["taskArn"])
    fargate.run("1m")
    assert [one["State"] for one in volumes()["Volumes"]] == (["available"] if stays else [])
    assert fargate.cluster.into(key, "mounts") == []


def test_each_task_has_a_volume_of_its_own(fargate, role):
    run(fargate, 3, definition="g", volumeConfigurations=configured(role, sizeInGiB=1))
    fargate.run("1m")
    assert len(fargate.cluster.keys(ec2.VOLUME)) == 3


def test_a_role_that_may_not_create_volumes_stops_the_task(fargate):
    register(fargate, volumes=[{"name": "data", "configuredAtLaunch": True}])
    asked = configured(infrastructure(fargate), sizeInGiB=1)
    task = run(fargate, definition="g", volumeConfigurations=asked)["tasks"][0]
    fargate.run("1m")
    told = fargate.client.describe_tasks(tasks=[task["taskArn"]])["tasks"][0]
    assert (told["lastStatus"], told["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert "is not authorized to perform: ec2:CreateVolume" in told["stoppedReason"]
    assert fargate.cluster.keys(ec2.VOLUME) == []


@pytest.mark.parametrize(
    ("kind", "reason"), [("m5.large", ""), ("t3.medium", ""), ("t2.medium", "ATTRIBUTE"), ("c4.large", "ATTRIBUTE")]
)
def test_on_instances_only_nitro_types_can_attach_volumes(kind, reason):  # aws.md 6.2
    lab = Lab.ecs(instances=1, instance_type=kind, seed=1)
    lab.client.register_task_definition(
        family="g", containerDefinitions=[container()], volumes=[{"name": "data", "configuredAtLaunch": True}]
    )
    asked = configured(infrastructure(lab, VOLUMES), sizeInGiB=1, volumeType="standard")
    answer = lab.client.run_task(taskDefinition="g", volumeConfigurations=asked)
    assert [one["reason"] for one in answer["failures"]] == ([reason] if reason else [])
    lab.run("1m")
    assert len(lab.cluster.keys(ec2.VOLUME)) == (0 if reason else 1)
    assert (capabilities.EBS in str(lab.client.describe_container_instances(
        containerInstances=lab.client.list_container_instances()["containerInstanceArns"]
    ))) == (not reason)  # fmt: skip


def test_a_service_with_volumes_is_a_replica_service(lab):
    lab.client.register_task_definition(
        family="g", containerDefinitions=[container()], volumes=[{"name": "data", "configuredAtLaunch": True}]
    )
    asked = configured(infrastructure(lab, VOLUMES), sizeInGiB=1)
    with pytest.raises(ClientError, match="need the REPLICA strategy"):
        lab.client.create_service(
            serviceName="d", taskDefinition="g", schedulingStrategy="DAEMON", volumeConfigurations=asked
        )


def test_tasks_of_a_service_have_a_volume_each_and_it_goes_with_them(fargate, role):
    asked = configured(role, sizeInGiB=1)
    fargate.client.create_service(
        serviceName="s", taskDefinition="g", desiredCount=2, networkConfiguration=VPC, volumeConfigurations=asked
    )
    fargate.run("2m")
    before = {key.name for key in fargate.cluster.keys(ec2.VOLUME)}
    assert len(before) == 2
    fargate.client.stop_task(task=fargate.cluster.keys(ecs.TASK)[0].name)
    fargate.run("2m")
    after = {key.name for key in fargate.cluster.keys(ec2.VOLUME)}
    assert len(after) == 2 and len(before & after) == 1

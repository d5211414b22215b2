"""Fargate, roles and volumes by commands as they are typed."""

import json

import pytest

from labkit import Lab
from labkit.ecs import capabilities

NETWORK = f"awsvpcConfiguration={{subnets=[{capabilities.subnet_of('a')},{capabilities.subnet_of('b')}]}}"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip
VOLUMES = "arn:aws:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes"


@pytest.fixture
def lab(tmp_path):
    """A cluster with both Fargate providers and a definition with a volume, made by commands."""
    lab = Lab.ecs(instances=0, cluster="shop", seed=1)
    (tmp_path / "trust.json").write_text(json.dumps(TRUST))
    size = "--cpu 256 --memory 512 --network-mode awsvpc --requires-compatibilities FARGATE"
    containers = '[{"name": "web", "image": "nginx"}]'
    for command in (
        "ecs put-cluster-capacity-providers --cluster shop --capacity-providers FARGATE FARGATE_SPOT "
        "--default-capacity-provider-strategy capacityProvider=FARGATE,base=1,weight=1 "
        "capacityProvider=FARGATE_SPOT,weight=3",
        f"ecs register-task-definition --family web {size} --container-definitions '{containers}'",
        f"ecs register-task-definition --family data {size} --container-definitions '{containers}' "
        "--volumes name=data,configuredAtLaunch=true --ephemeral-storage sizeInGiB=30",
        "iam create-role --role-name ecsInfrastructureRole --assume-role-policy-document file://trust.json",
        f"iam attach-role-policy --role-name ecsInfrastructureRole --policy-arn {VOLUMES}",
    ):
        assert lab.aws(command, cwd=tmp_path).exit_code == 0, command
    return lab


def said(lab, command):
    """What a command prints, without the last line's end."""
    output = lab.aws(command)
    assert output.exit_code == 0, output.stderr
    return output.stdout.strip()


def test_a_strategy_splits_what_is_typed(lab):
    typed = f"ecs run-task --cluster shop --task-definition web --count 9 --network-configuration '{NETWORK}'"
    shown = said(lab, f"{typed} --query tasks[].capacityProviderName --output text").split()
    assert (shown.count("FARGATE"), shown.count("FARGATE_SPOT")) == (3, 6)
    assert said(lab, f"{typed} --query tasks[0].platformVersion --output text") == "1.4.0"


def test_a_volume_is_configured_at_launch(lab):
    role = said(lab, "iam get-role --role-name ecsInfrastructureRole --query Role.Arn --output text")
    volume = json.dumps([{"name": "data", "managedEBSVolume": {"roleArn": role, "sizeInGiB": 10}}])
    typed = (
        f"ecs run-task --cluster shop --task-definition data --launch-type FARGATE --volume-configurations '{volume}'"
    )
    said(lab, f"{typed} --network-configuration '{NETWORK}'")
    lab.run("1m")
    assert said(lab, "ec2 describe-volumes --query Volumes[].[Size,State] --output text") == "10\tin-use"
    task = said(lab, "ecs list-tasks --cluster shop --query taskArns[0] --output text")
    shown = said(lab, f"ecs describe-tasks --cluster shop --tasks {task} --query tasks[0].ephemeralStorage.sizeInGiB")
    assert shown == "30"


WRONG = [
    ("--task-definition web --launch-type FARGATE", "InvalidParameterException", "Network Configuration must be"),
    (f"--task-definition web --launch-type FARGATE --platform-version 1.4 --network-configuration '{NETWORK}'",
     "PlatformUnknownException", "The specified platform does not exist."),
    (f"--task-definition data --launch-type FARGATE --network-configuration '{NETWORK}'", "InvalidParameterException",
     "volumeConfigurations must have its settings"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "code", "message"), WRONG)
def test_refusals_are_the_real_tools(lab, typed, code, message):
    output = lab.aws(f"ecs run-task --cluster shop {typed}")
    assert output.exit_code == 254
    assert f"An error occurred ({code}) when calling the RunTask operation: " in output.stderr
    assert message in output.stderr


def test_the_network_is_told(lab):
    shown = said(
        lab, "ec2 describe-subnets --filters Name=availability-zone,Values=us-east-1b --query Subnets[].SubnetId"
    )
    assert json.loads(shown) == [capabilities.subnet_of("b")]

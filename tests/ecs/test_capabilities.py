"""What agents can do, and what task definitions ask of them."""

import pytest

from labkit.ecs.capabilities import CAPABILITIES, attributes_of, required, subnet_of, zone_of
from labkit.instancetypes import instance_type
from tests.ecs.conftest import container

LOGS = {"logConfiguration": {"logDriver": "awslogs"}}
SECRET = {"secrets": [{"name": "A", "valueFrom": "arn:aws:secretsmanager:us-east-1:1:secret:a"}]}


@pytest.mark.parametrize(
    ("definition", "part", "name"),
    [
        ({"networkMode": "awsvpc"}, {}, "ecs.capability.task-eni"),
        ({"taskRoleArn": "r"}, {}, "com.amazonaws.ecs.capability.task-iam-role"),
        ({"cpu": "256"}, {}, "ecs.capability.task-cpu-mem-limit"),
        ({"volumes": [{"efsVolumeConfiguration": {}}]}, {}, "ecs.capability.efs"),
        ({}, LOGS, "com.amazonaws.ecs.capability.logging-driver.awslogs"),
        ({"executionRoleArn": "r"}, LOGS, "ecs.capability.execution-role-awslogs"),
        ({}, {"image": "1.dkr.ecr.us-east-1.amazonaws.com/web"}, "com.amazonaws.ecs.capability.ecr-auth"),
        ({}, {"memoryReservation": 64}, "com.amazonaws.ecs.capability.docker-remote-api.1.21"),
        ({}, {"healthCheck": {"command": ["CMD"]}}, "ecs.capability.container-health-check"),
        ({}, {"dependsOn": [{"containerName": "b"}]}, "ecs.capability.container-ordering"),
        ({}, SECRET, "ecs.capability.secrets.asm.environment-variables"),
    ],
)
def test_a_definition_asks_for_what_it_uses_and_agents_can_do_it(definition, part, name):
    asked = [one["name"] for one in required({**definition, "containerDefinitions": [container(**part)]})]
    assert name in asked and asked == sorted(asked)
    assert set(asked) <= set(CAPABILITIES)


def test_a_log_driver_that_agents_do_not_have_is_asked_for_too():
    splunk = container(logConfiguration={"logDriver": "splunk"})
    asked = {one["name"] for one in required({"containerDefinitions": [splunk]})}
    assert asked - set(CAPABILITIES) == {"com.amazonaws.ecs.capability.logging-driver.splunk"}


def test_only_machines_with_gpus_report_them():
    def names(kind):
        return {one["name"] for one in attributes_of(instance_type(kind), "us-east-1a")}

    assert names("p3.2xlarge") - names("m5.large") == {"ecs.capability.task-gpu"}


def test_a_subnet_lies_in_one_zone():
    assert zone_of(subnet_of("us-east-1c"), "us-east-1") == "us-east-1c"
    assert zone_of("subnet-of-another", "us-east-1") == ""

"""What makes a task definition wrong."""

import pytest

from labkit.ecs.definitionrules import check, compatibilities
from labkit.errors import AwsError
from tests.ecs.conftest import container

FARGATE = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
MATCH = "the host ports and container ports in port mappings must match"


def definition(*containers, **fields):
    return {"family": "web", "containerDefinitions": list(containers) or [container()], **fields}


def after(condition, name="db"):
    return container(dependsOn=[{"containerName": name, "condition": condition}])


BROKEN = [
    (definition(family="web shop"), "Family contains invalid characters."),
    (definition(networkMode="vpc"), "Invalid network mode: vpc"),
    (definition(requiresCompatibilities=["FARGAT"]), "Invalid compatibility: FARGAT"),
    ({"family": "web", "containerDefinitions": []}, "Container list cannot be empty."),
    (definition(*(container(f"c{number}") for number in range(11))), "Too many containers."),
    (definition(container(), container()), "must be unique"),
    (definition(container(essential=False)), "At least one container must be essential"),
    (definition(container(name="")), "Container.name should not be null or empty."),
    (definition(container(image="")), "Container.image should not be null or empty."),
    (definition(container(name="a b")), "Container.name contains invalid characters."),
    (definition({"name": "web", "image": "nginx"}), "At least one of 'memory' or 'memoryReservation' must be"),
    (definition(container(memory=0)), "Invalid 'memory' setting for container 'web'."),
    (definition(container(memory=4)), "Invalid 'memory' setting for container 'web'."),
    (definition(container(memory=128, memoryReservation=256)), "Invalid setting for container 'web'."),
    (definition(container(cpu=-1)), "Invalid 'cpu' setting for container 'web'."),
    (definition(cpu="64"), "Invalid 'cpu' setting for task."),
    (definition(cpu="200000"), "Invalid 'cpu' setting for task."),
    (definition(cpu="many"), "Invalid 'cpu' setting for task."),
    (definition(memory="many"), "Invalid 'memory' setting for task."),
    (definition(cpu="128"), "The sum of all container 'cpu' values cannot be greater than the value of"),
    (definition(memory="256"), "The 'memory' setting for container 'web' is greater than for the task."),
    (definition(container(), container("log"), memory="600"), "The sum of all container 'memory' values"),
    (definition(container(portMappings=[{"hostPort": 80}])), "Invalid 'containerPort' setting for container 'web'."),
    (definition(container(portMappings=[{"containerPort": 70000}])), "Invalid 'containerPort' setting"),
    (definition(container(portMappings=[{"containerPort": 80, "hostPort": -1}])), "Invalid 'hostPort' setting"),
    (definition(container(portMappings=[{"containerPort": 80, "protocol": "ip"}])), "Invalid 'protocol' setting"),
    (definition(container(portMappings=[{"containerPort": 80}]), networkMode="none"), "networkMode=none"),
    (definition(container(cpu=1, portMappings=[{"containerPort": 80, "hostPort": 8080}]), **FARGATE), MATCH),
    (definition(container(portMappings=[{"containerPort": 80, "hostPort": 8080}]), networkMode="host"), MATCH),
    (definition(container(portMappings=[{"containerPort": 80, "hostPort": 80}] * 2)), "used more than once"),
    (definition(container(links=["db"]), networkMode="awsvpc"), "Links are not supported"),
    (definition(after("START")), "does not exist"),
    (definition(after("READY"), container("db")), "Invalid dependency condition"),
    (definition(after("SUCCESS"), container("db")), "cannot be an essential container"),
    (definition(after("COMPLETE"), container("db")), "cannot be an essential container"),
    (definition(after("HEALTHY"), container("db")), "must have a health check"),
    (definition(after("START", "web")), "cycle"),
    (definition(container(healthCheck={"command": ["curl"]})), "CMD or CMD-SHELL"),
    (definition(container(healthCheck={"command": ["CMD", "x"], "interval": 4})), "Invalid 'interval' setting"),
    (definition(container(healthCheck={"command": ["CMD", "x"], "retries": 11})), "Invalid 'retries' setting"),
    (definition(container(restartPolicy={"enabled": True, "restartAttemptPeriod": 30})), "restartAttemptPeriod"),
    (definition(container(logConfiguration={"logDriver": "awslogs"})), "awslogs-region, awslogs-group"),
    (definition(container(mountPoints=[{"sourceVolume": "data"}])), "Unknown volume 'data'."),
    (definition(placementConstraints=[{"type": "distinctInstance"}]), "memberOf only"),
    (definition(container(environment=[{"name": "a", "value": "x" * 70000}])), "Max allowed length is '65536' bytes."),
    (definition(**{**FARGATE, "networkMode": "bridge"}), "Fargate only supports network mode"),
    (definition(**{**FARGATE, "cpu": ""}), "Fargate requires that 'cpu' be defined at the task level."),
    (definition(**{**FARGATE, "memory": ""}), "Fargate requires that 'memory' be defined at the task level."),
    (definition(**{**FARGATE, "memory": "4096"}), "No Fargate configuration exists for given values."),
    (definition(container(privileged=True), **FARGATE), "privileged"),
    (definition(container(stopTimeout=121), **FARGATE), "Invalid 'stopTimeout' setting"),
    (definition(**FARGATE, ephemeralStorage={"sizeInGiB": 20}), "between 21 and 200"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "message"), BROKEN)
def test_a_broken_rule_is_told_in_its_words(wrong, message):
    with pytest.raises(AwsError) as refusal:
        check(wrong)
    assert message in refusal.value.message and refusal.value.code == "ClientException"


FINE = [
    definition(),
    definition({"name": "web", "image": "nginx"}, memory="512"),
    definition(container(memory=512, memoryReservation=512)),
    definition(container(portMappings=[{"containerPort": 80, "hostPort": 80}, {"containerPort": 81, "hostPort": 81}])),
    definition(container(portMappings=[{"containerPort": 80}] * 2)),
    definition(after("SUCCESS"), container("db", essential=False)),
    definition(cpu="1 vCPU", memory="2 GB"),
    definition(container(cpu=128), **FARGATE, ephemeralStorage={"sizeInGiB": 21}),
]


@pytest.mark.parametrize("right", FINE)
def test_what_keeps_the_rules_is_accepted(right):
    check(right)


def test_compatibilities_are_what_could_run_it():
    assert compatibilities(definition()) == ["EC2", "EXTERNAL"]
    assert compatibilities(definition(networkMode="awsvpc")) == ["EC2"]
    assert compatibilities(definition(**FARGATE)) == ["EC2", "FARGATE"]

"""Attributes that an agent reports of its instance, and those that a task definition asks for in return.

Source: ECS developer guide, "Amazon ECS-optimized Linux AMIs" and "Task definition requires attributes"; ECS agent,
agent/app/agent_capability.go (names). A simplification: every agent here can do all of CAPABILITIES.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from labkit.ecs import arns
from labkit.instancetypes import InstanceType
from labkit.kinds import ecs

Object = dict[str, Any]

_DOCKER = "com.amazonaws.ecs.capability."
_API = tuple(f"{_DOCKER}docker-remote-api.1.{minor}" for minor in range(17, 45))
EBS = "ecs.capability.storage.ebs-task-volume-attach"
"""That EBS volumes of tasks can be attached: on Nitro types only."""
_LOG_DRIVERS = ("json-file", "syslog", "journald", "gelf", "fluentd", "awslogs", "none")
CAPABILITIES = (
    *_API,
    *(f"{_DOCKER}logging-driver.{name}" for name in _LOG_DRIVERS),
    f"{_DOCKER}ecr-auth", f"{_DOCKER}privileged-container", f"{_DOCKER}task-iam-role",
    f"{_DOCKER}task-iam-role-network-host",
    "ecs.capability.aws-appmesh", "ecs.capability.container-health-check", "ecs.capability.container-ordering",
    "ecs.capability.efs", "ecs.capability.efsAuth", "ecs.capability.env-files.s3",
    "ecs.capability.execution-role-awslogs", "ecs.capability.execution-role-ecr-pull",
    "ecs.capability.full-sync", "ecs.capability.increased-task-cpu-limit", "ecs.capability.docker-plugin.local",
    "ecs.capability.network.container-port-range", "ecs.capability.pid-ipc-namespace-sharing",
    "ecs.capability.secrets.asm.environment-variables", "ecs.capability.secrets.ssm.environment-variables",
    "ecs.capability.service-connect-v1", EBS,
    "ecs.capability.task-cpu-mem-limit", "ecs.capability.task-eia", "ecs.capability.task-eni",
)  # fmt: skip

IMAGE_ID = "ami-0ec51abe1ab0ec500"
VPC_ID = "vpc-0ec50000000000001"


def subnet_of(zone: str) -> str:
    """The subnet that the lab's network has in a zone: its id ends in the zone's letter's number."""
    return f"subnet-0ec5000000000000{ord(zone[-1:] or 'a') - ord('a') + 1:x}"


def zone_of(subnet: str, region: str) -> str:
    """The zone of a subnet of the lab's network; "" for any other."""
    letters = "abcdefghijklmno"
    return next((f"{region}{letter}" for letter in letters if subnet_of(letter) == subnet), "")


def zones_of(subnets: Iterable[str]) -> tuple[str, ...]:
    """The zones of those subnets that are the lab's network's, each once."""
    return tuple(dict.fromkeys(filter(None, (zone_of(one, arns.REGION) for one in subnets))))


def attributes_of(kind: InstanceType, zone: str) -> list[Object]:
    """All that an agent on Linux reports."""
    automatic = {
        "ecs.ami-id": IMAGE_ID,
        ecs.ZONE_ATTRIBUTE: zone,
        ecs.TYPE_ATTRIBUTE: kind.name,
        "ecs.os-type": "linux",
        "ecs.os-family": "LINUX",
        "ecs.cpu-architecture": kind.architecture,
        "ecs.vpc-id": VPC_ID,
        "ecs.subnet-id": subnet_of(zone),
    }
    able = [name for name in CAPABILITIES if name != EBS or kind.is_nitro]
    capabilities = [{"name": name} for name in (*able, *_GPU[: kind.gpus])]
    return [*({"name": name, "value": value} for name, value in automatic.items()), *capabilities]


_GPU = ("ecs.capability.task-gpu",)


def required(definition: Object) -> list[Object]:
    """The attributes that an instance must have for a task of this definition, in order of name."""
    names = {f"{_DOCKER}docker-remote-api.1.18", *_of_definition(definition)}
    for container in definition["containerDefinitions"]:
        names.update(_of_container(container, bool(definition.get("executionRoleArn"))))
    return [{"name": name} for name in sorted(names)]


def _of_definition(definition: Object) -> Iterator[str]:
    if definition.get("networkMode") == "awsvpc":
        yield "ecs.capability.task-eni"
    if definition.get("taskRoleArn"):
        host = definition.get("networkMode") == "host"
        yield f"{_DOCKER}task-iam-role-network-host" if host else f"{_DOCKER}task-iam-role"
    if definition.get("cpu") or definition.get("memory"):
        yield "ecs.capability.task-cpu-mem-limit"
    if definition.get("pidMode") or definition.get("ipcMode"):
        yield "ecs.capability.pid-ipc-namespace-sharing"
    for volume in definition.get("volumes") or ():
        if "efsVolumeConfiguration" in volume:
            yield "ecs.capability.efs"
        if volume.get("configuredAtLaunch"):
            yield EBS


def _of_container(container: Object, has_execution_role: bool) -> Iterator[str]:
    driver = (container.get("logConfiguration") or {}).get("logDriver")
    if driver:
        yield f"{_DOCKER}logging-driver.{driver}"
    if driver == "awslogs" and has_execution_role:
        yield "ecs.capability.execution-role-awslogs"
    if ".dkr.ecr." in container.get("image", ""):
        yield f"{_DOCKER}ecr-auth"
        if has_execution_role:
            yield "ecs.capability.execution-role-ecr-pull"
    if container.get("memoryReservation"):
        yield f"{_DOCKER}docker-remote-api.1.21"
    if container.get("privileged"):
        yield f"{_DOCKER}privileged-container"
    if container.get("healthCheck"):
        yield "ecs.capability.container-health-check"
    if container.get("dependsOn"):
        yield "ecs.capability.container-ordering"
    if any(one["type"] == "GPU" for one in container.get("resourceRequirements") or ()):
        yield "ecs.capability.task-gpu"
    for secret in container.get("secrets") or ():
        store = "asm" if ":secretsmanager:" in secret["valueFrom"] else "ssm"
        yield f"ecs.capability.secrets.{store}.environment-variables"

"""Fargate: its platform versions, what they can do, and how much of it there is.

Platform version LATEST is 1.4.0 on Linux and 1.0.0 on Windows. EFS, EBS, more ephemeral storage, 8 vCPU and more need
1.4.0; so does FARGATE_SPOT on ARM; on Windows there is none. Nobody publishes how much capacity there is: labkit has no
end of it, unless declared (`lab.capacity`). A task goes to that zone of its subnets which has room and the fewest
tasks of its group with the same provider.
Source: ECS developer guide, "Fargate platform versions", "Amazon ECS task
placement" and "Fargate capacity providers" (2026); literal messages from public reports (jenkinsci/amazon-ecs-plugin
issue 218, CircleCI-Public/aws-ecs-orb issue 121).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.ecs import sizes
from labkit.ecs.requests import Object, invalid
from labkit.errors import AwsError, FieldError
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import TaskDefinition

PROVIDERS = ("FARGATE", "FARGATE_SPOT")
LINUX = ("1.3.0", "1.4.0")
WINDOWS = ("1.0.0",)
STORAGE = 20
"""GiB of ephemeral storage that every task has."""
NO_CAPACITY = "Capacity is unavailable at this time. Please try again later or in a different availability zone"

_CAPACITY = "Labkit::ECS::FargateCapacity"


def family(definition: TaskDefinition) -> str:
    """The operating system's family, as a definition names it."""
    return definition.runtime_platform.get("operatingSystemFamily", "LINUX")


def platform(definition: TaskDefinition, asked: str) -> str:
    """The platform version that is meant; PlatformUnknownException for one that isn't there."""
    versions = LINUX if family(definition) == "LINUX" else WINDOWS
    if asked in ("", "LATEST"):
        return versions[-1]
    if asked not in versions:
        raise AwsError("PlatformUnknownException", "The specified platform does not exist.")
    return asked


def check(definition: TaskDefinition, providers: tuple[str, ...], asked: str, role: str = "") -> None:
    """PlatformTaskDefinitionIncompatibilityException where platform or provider can't do what a definition needs.

    `asked`: the platform version; `role`: an execution role that overrides the definition's.
    And ClientException for logs without an execution role: ECS says so when the definition is registered already,
    labkit, a concession to files in circulation, when a task of it is to run.
    """
    version = platform(definition, asked)
    if _needs_newest(definition, providers) and version == "1.3.0":
        raise _incompatible("One or more of the requested capabilities are not supported.")
    if "FARGATE_SPOT" in providers and family(definition) != "LINUX":
        raise _incompatible("The specified capacity provider does not support Windows.")
    logs = any((one.log_configuration or {}).get("logDriver") == "awslogs" for one in definition.container_definitions)
    if logs and not (role or definition.execution_role_arn):
        told = "Fargate requires task definition to have execution role ARN to support log driver awslogs."
        raise AwsError("ClientException", told)


def _needs_newest(definition: TaskDefinition, providers: tuple[str, ...]) -> bool:
    large = (sizes.cpu_units(definition.cpu or "") or 0) > 4096
    outside = any("efsVolumeConfiguration" in one or one.get("configuredAtLaunch") for one in definition.volumes)
    on_arm = definition.runtime_platform.get("cpuArchitecture") == "ARM64" and "FARGATE_SPOT" in providers
    return large or outside or on_arm or bool(definition.ephemeral_storage)


def _incompatible(message: str) -> AwsError:
    return AwsError("PlatformTaskDefinitionIncompatibilityException", message)


def check_address(network: Mapping[str, Any] | None, on_fargate: bool) -> None:
    """InvalidParameterException for a public address outside Fargate."""
    vpc = (network or {}).get("awsvpcConfiguration") or {}
    if vpc.get("assignPublicIp") == "ENABLED" and not on_fargate:
        raise invalid("Assign public IP is not supported for this launch type.")


def told(definition: TaskDefinition, asked: str) -> Object:
    """What a task on Fargate tells of its platform and its ephemeral storage."""
    storage = {"sizeInGiB": definition.ephemeral_storage.get("sizeInGiB", STORAGE)}
    named = {"platformVersion": platform(definition, asked), "platformFamily": _named(family(definition))}
    return {**named, "ephemeralStorage": storage, "fargateEphemeralStorage": storage}


def _named(family: str) -> str:
    return "_".join(word.capitalize() for word in family.split("_"))


def declare(world: Cluster, provider: str, tasks: int | None, zone: str = "") -> None:
    """Say how many tasks a provider has room for, in a zone or in all; None for no end. FieldError for another name."""
    if provider not in PROVIDERS:
        raise FieldError(f"capacity: {provider!r}: must be one of {', '.join(PROVIDERS)}")
    if tasks is not None and tasks < 0:
        raise FieldError(f"capacity: {tasks}: must be 0 or more")
    key = Key(_CAPACITY, "", provider)
    held = (world.get(key) or {"zones": {}})["zones"]
    changed = {**held, zone: tasks} if zone else {"": tasks}
    world.put(key, {"zones": {name: most for name, most in changed.items() if most is not None}})


class Zone(NamedTuple):
    """A zone as Fargate sees it: tasks of the same group and provider that are there, and whether it has room."""

    name: str
    tasks: int
    has_room: bool


def zones(world: Cluster, provider: str, names: Sequence[str], cluster: str, group: str) -> list[Zone]:
    """The zones of a task's subnets, as they are before it goes to one."""
    alive = [task for task in world.list(ecs.TASK) if task["launchType"] == "FARGATE" and _is_there(task, provider)]
    limits = (world.get(Key(_CAPACITY, "", provider)) or {"zones": {}})["zones"]
    taken = Counter(task["availabilityZone"] for task in alive)
    own = Counter(task["availabilityZone"] for task in alive if _is_of(task, cluster, group))
    open_ = len(alive) < limits.get("", math.inf)
    return [Zone(name, own[name], open_ and taken[name] < limits.get(name, math.inf)) for name in names]


def zone(world: Cluster, provider: str, names: Sequence[str], cluster: str, group: str) -> str | None:
    """Where a task goes, None if there is no room in any of these zones; the first named of several alike."""
    free = [one for one in zones(world, provider, names, cluster, group) if one.has_room]
    return min(free, key=lambda one: one.tasks).name if free else None


def _is_there(task: Object, provider: str) -> bool:
    return task["lastStatus"] != "STOPPED" and (task.get("capacityProviderName") or "FARGATE") == provider


def _is_of(task: Object, cluster: str, group: str) -> bool:
    theirs = task["group"] == group and task["clusterArn"].rpartition("/")[2] == cluster
    return theirs and bool(task["desiredStatus"] == "RUNNING")

"""What makes a task definition wrong: one rule a function, in the real tool's words where they are known.

Source: botocore 1.44 ecs RegisterTaskDefinition; ECS developer guide, "Task definition parameters" and "Invalid CPU or
memory value"; the literal messages from public reports. Texts marked labkit's own are not known literally.
A choice: `memory` may equal `memoryReservation`, though the guide says it must be greater; ECS accepts it. And an
execution role that Fargate needs for logs or ECR is missed only when the task starts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from labkit.ecs import containerrules, quotas, sizes, volumes
from labkit.ecs.requests import Object, refused
from labkit.errors import AwsError

Definition = Mapping[str, Any]

_FAMILY = re.compile(r"[a-zA-Z0-9_-]{1,255}")
_MODES = ("bridge", "host", "awsvpc", "none")
_COMPATIBLE = ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
_TROUBLE = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."

NOT_ON_FARGATE = (
    "disableNetworking", "dnsSearchDomains", "dnsServers", "dockerSecurityOptions", "extraHosts", "links", "privileged",
)  # fmt: skip


def check(definition: Definition) -> None:
    """ClientException for the first rule that is broken."""
    for rule in RULES:
        rule(definition)
    if "FARGATE" in (definition.get("requiresCompatibilities") or ()):
        for rule in FARGATE_RULES:
            rule(definition)


def _family(definition: Definition) -> None:
    if not _FAMILY.fullmatch(definition["family"]):
        raise refused("Family contains invalid characters.")


def _words(definition: Definition) -> None:
    mode = definition.get("networkMode")
    if mode not in (None, *_MODES):
        raise refused(f"Invalid network mode: {mode}. It must be one of {', '.join(_MODES)}.")
    for one in definition.get("requiresCompatibilities") or ():
        if one not in _COMPATIBLE:
            raise refused(f"Invalid compatibility: {one}. It must be one of {', '.join(_COMPATIBLE)}.")


def _length(definition: Definition) -> None:
    length = len(json.dumps(dict(definition), separators=(",", ":")))
    if length > quotas.DEFINITION_BYTES:
        raise refused(f"Actual length: '{length}'. Max allowed length is '{quotas.DEFINITION_BYTES}' bytes.")


def _task_size(definition: Definition) -> None:
    for field, read in (("cpu", sizes.cpu_units), ("memory", sizes.memory_mib)):
        if definition.get(field) and read(definition[field]) is None:
            raise refused(f"Invalid '{field}' setting for task. {_TROUBLE}")
    cpu = size(definition, "cpu")
    if cpu is not None and not _is_fargate(definition) and not sizes.EC2_CPU[0] <= cpu <= sizes.EC2_CPU[1]:
        raise refused(f"Invalid 'cpu' setting for task. {_TROUBLE}")


def size(definition: Definition, field: str) -> int | None:
    """Task-level cpu (units) or memory (MiB), None if not given."""
    text = definition.get(field)
    if not text:
        return None
    return sizes.cpu_units(text) if field == "cpu" else sizes.memory_mib(text)


def _containers(definition: Definition) -> None:
    containers = definition["containerDefinitions"]
    if not containers:
        raise refused("Container list cannot be empty.")
    if len(containers) > quotas.CONTAINERS_PER_DEFINITION:
        raise refused("Too many containers.")
    names = [one.get("name") for one in containers]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise refused(f"Container.name must be unique within a task definition: {twice}.")
    if not any(one.get("essential", True) for one in containers):
        raise refused("At least one container must be essential.")
    for one in containers:
        containerrules.check(one, definition)


def _sums(definition: Definition) -> None:
    most = size(definition, "memory")
    for one in definition["containerDefinitions"]:
        if most is not None and (one.get("memory") or 0) > most:
            raise refused(f"The 'memory' setting for container '{one['name']}' is greater than for the task.")
    for field, reserved in (("cpu", _cpu), ("memory", _memory)):
        limit = size(definition, field)
        if limit is not None and sum(map(reserved, definition["containerDefinitions"])) > limit:
            told = f"The sum of all container '{field}' values cannot be greater than the value of the task '{field}'."
            raise refused(told)


def _cpu(container: Definition) -> int:
    return int(container.get("cpu") or 0)


def _memory(container: Definition) -> int:
    return int(container.get("memoryReservation") or container.get("memory") or 0)


def _host_ports(definition: Definition) -> None:
    if definition.get("networkMode") == "awsvpc":
        return
    seen: set[tuple[int, str]] = set()
    for container in definition["containerDefinitions"]:
        for port in container.get("portMappings") or ():
            number = port.get("hostPort") or (
                port.get("containerPort") if definition.get("networkMode") == "host" else 0
            )
            mapped = (number or 0, port.get("protocol") or "tcp")
            if mapped[0] and mapped in seen:
                raise refused(f"Host port {mapped[0]} is used more than once in the task definition.")
            seen.add(mapped)


def _constraints(definition: Definition) -> None:
    constraints: Iterable[Object] = definition.get("placementConstraints") or ()
    for one in constraints:
        if one.get("type") != "memberOf":
            raise refused("Task definitions support placement constraints of type memberOf only.")
        if len(one.get("expression") or "") > quotas.EXPRESSION_LENGTH:
            raise refused(f"Placement constraint expressions can have at most {quotas.EXPRESSION_LENGTH} characters.")
    if len(list(constraints)) > quotas.CONSTRAINTS_PER_TASK:
        raise refused("Placement constraints cannot have more than 10 elements.")


def _secrets(definition: Definition) -> None:
    secret = any(one.get("secrets") for one in definition["containerDefinitions"])
    if secret and not definition.get("executionRoleArn"):
        raise refused(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        )


def _fargate_images(definition: Definition) -> None:
    private = any(".dkr.ecr." in one.get("image", "") for one in definition["containerDefinitions"])
    if private and not definition.get("executionRoleArn"):
        raise refused("Fargate requires task definition to have execution role ARN to support ECR images.")


def _fargate_mode(definition: Definition) -> None:
    if definition.get("networkMode") != "awsvpc":
        raise refused("Fargate only supports network mode ‘awsvpc’.")  # noqa: RUF001


def _fargate_size(definition: Definition) -> None:
    for field in ("cpu", "memory"):
        if not definition.get(field):
            raise refused(f"Fargate requires that '{field}' be defined at the task level.")
    cpu, windows = size(definition, "cpu"), _family_of(definition) != "LINUX"
    if not sizes.is_fargate(cpu, size(definition, "memory")) or (windows and cpu not in sizes.WINDOWS):
        raise refused("No Fargate configuration exists for given values.")


def _family_of(definition: Definition) -> str:
    return (definition.get("runtimePlatform") or {}).get("operatingSystemFamily") or "LINUX"


def _fargate_fields(definition: Definition) -> None:
    told = [field for field in ("placementConstraints", "ipcMode") if definition.get(field)]
    for container in definition["containerDefinitions"]:
        told += [field for field in NOT_ON_FARGATE if container.get(field)]
        told += ["gpu"] * any(one.get("type") == "GPU" for one in container.get("resourceRequirements") or ())
        linux = container.get("linuxParameters") or {}
        told += [field for field in ("maxSwap", "swappiness") if linux.get(field) is not None]
    if told:
        raise refused(f"Fargate does not support the task definition parameter '{told[0]}'.")


def _fargate_storage(definition: Definition) -> None:
    gib = (definition.get("ephemeralStorage") or {}).get("sizeInGiB")
    if gib is not None and not 21 <= gib <= 200:
        raise refused("Ephemeral storage must be between 21 and 200 GiB.")


def _is_fargate(definition: Definition) -> bool:
    return "FARGATE" in (definition.get("requiresCompatibilities") or ())


Rule = Callable[[Definition], None]
RULES: tuple[Rule, ...] = (
    _family, _words, _length, _task_size, _containers, _sums, _host_ports, _constraints, _secrets, volumes.check,
)  # fmt: skip
FARGATE_RULES: tuple[Rule, ...] = (
    _fargate_mode, _fargate_size, _fargate_fields, _fargate_storage, _fargate_images, volumes.check_fargate,
)  # fmt: skip


def compatibilities(definition: Definition) -> list[str]:
    """Where tasks of a definition could run, whatever it asks for."""
    found = ["EC2"]
    with suppress(AwsError):
        for rule in FARGATE_RULES:
            rule(definition)
        found.append("FARGATE")
    return found if definition.get("networkMode") == "awsvpc" else [*found, "EXTERNAL"]

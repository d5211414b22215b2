"""What makes one container of a task definition wrong: one rule a function.

Source: botocore 1.44 ecs ContainerDefinition, PortMapping, HealthCheck, ContainerDependency; literal messages
from public reports of RegisterTaskDefinition's ClientException.
A concession: ECS refuses a host port other than the container's under awsvpc, the lab does so for Fargate only; on EC2
the container's port is taken, since files in circulation (the seed's tomcat_ec2.json) have it otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from labkit.ecs.requests import refused

Part = Mapping[str, Any]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")
_CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
_LEAST_MEMORY = 6
_HEALTH = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}
_BOUNDS = {"startTimeout": (2, 120), "stopTimeout": (2, 120)}


def check(container: Part, definition: Part) -> None:
    """ClientException for the first rule that the container breaks."""
    for rule in RULES:
        rule(container, definition)


def _named(container: Part, definition: Part) -> None:
    for field in ("name", "image"):
        if not container.get(field):
            raise refused(f"Container.{field} should not be null or empty.")
    if not _NAME.fullmatch(container["name"]):
        raise refused("Container.name contains invalid characters.")


def _memory(container: Part, definition: Part) -> None:
    name, hard, soft = container["name"], container.get("memory"), container.get("memoryReservation")
    for field, value in (("memory", hard), ("memoryReservation", soft)):
        if value is not None and value < _LEAST_MEMORY:
            raise refused(f"Invalid '{field}' setting for container '{name}'.")
    if hard is None and soft is None and not definition.get("memory"):
        needed = "At least one of 'memory' or 'memoryReservation' must be specified."
        raise refused(f"Invalid setting for container '{name}'. {needed}")
    if hard is not None and soft is not None and hard < soft:
        wrong = "The value of 'memory' must be greater than or equal to that of 'memoryReservation'."
        raise refused(f"Invalid setting for container '{name}'. {wrong}")


def _cpu(container: Part, definition: Part) -> None:
    if (container.get("cpu") or 0) < 0:
        raise refused(f"Invalid 'cpu' setting for container '{container['name']}'.")


def _ports(container: Part, definition: Part) -> None:
    mode = definition.get("networkMode") or "bridge"
    ports = container.get("portMappings") or ()
    if ports and mode == "none":
        raise refused("Port mappings are not supported when networkMode=none.")
    for port in ports:
        inside, outside = port.get("containerPort"), port.get("hostPort")
        if inside is None and not port.get("containerPortRange"):
            raise refused(f"Invalid 'containerPort' setting for container '{container['name']}'.")
        if inside is not None and not 1 <= inside <= 65535:
            raise refused(f"Invalid 'containerPort' setting for container '{container['name']}'.")
        if outside is not None and not 0 <= outside <= 65535:
            raise refused(f"Invalid 'hostPort' setting for container '{container['name']}'.")
        strict = mode == "host" or (mode == "awsvpc" and "FARGATE" in (definition.get("requiresCompatibilities") or ()))
        if strict and outside and outside != inside:
            raise refused(f"When networkMode={mode}, the host ports and container ports in port mappings must match.")
        if port.get("protocol") not in (None, "tcp", "udp"):
            raise refused(f"Invalid 'protocol' setting for container '{container['name']}'.")


def _links(container: Part, definition: Part) -> None:
    mode = definition.get("networkMode") or "bridge"
    if container.get("links") and mode != "bridge":
        raise refused(f"Links are not supported when networkMode={mode}.")


def _depends(container: Part, definition: Part) -> None:
    others = {one.get("name"): one for one in definition["containerDefinitions"]}
    for one in container.get("dependsOn") or ():
        name, condition = one.get("containerName"), one.get("condition")
        if condition not in _CONDITIONS:
            raise refused(f"Invalid dependency condition: {condition}. It must be one of {', '.join(_CONDITIONS)}.")
        if name not in others:
            raise refused(f"Container '{container['name']}' depends on container '{name}', which does not exist.")
        if condition in ("COMPLETE", "SUCCESS") and others[name].get("essential", True):
            raise refused("A dependency container with SUCCESS or COMPLETE condition cannot be an essential container")
        if condition == "HEALTHY" and not others[name].get("healthCheck"):
            raise refused("A dependency container with HEALTHY condition must have a health check.")
    if _reaches(others, container["name"], container["name"], set()):
        raise refused(f"There is a cycle in the dependencies of container '{container['name']}'.")


def _reaches(others: Mapping[Any, Part], start: str, goal: str, seen: set[str]) -> bool:
    for one in others.get(start, {}).get("dependsOn") or ():
        name = one.get("containerName")
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            if _reaches(others, name, goal, seen):
                return True
    return False


def _health(container: Part, definition: Part) -> None:
    health = container.get("healthCheck")
    if health is None:
        return
    if (health.get("command") or [""])[0] not in ("CMD", "CMD-SHELL", "NONE"):
        raise refused("The health check command must start with CMD or CMD-SHELL.")
    _within(container, health, _HEALTH)


def _timeouts(container: Part, definition: Part) -> None:
    if "FARGATE" in (definition.get("requiresCompatibilities") or ()):
        _within(container, container, _BOUNDS)
    policy = container.get("restartPolicy") or {}
    _within(container, policy, {"restartAttemptPeriod": (60, 1800)})
    if len(policy.get("ignoredExitCodes") or ()) > 50:
        raise refused(f"Invalid 'ignoredExitCodes' setting for container '{container['name']}'.")


def _within(container: Part, part: Part, bounds: Mapping[str, tuple[int, int]]) -> None:
    for field, (least, most) in bounds.items():
        value = part.get(field)
        if value is not None and not least <= value <= most:
            raise refused(f"Invalid '{field}' setting for container '{container['name']}'.")


def _logs(container: Part, definition: Part) -> None:
    logs = container.get("logConfiguration") or {}
    options = logs.get("options") or {}
    if logs.get("logDriver") == "awslogs" and not {"awslogs-region", "awslogs-group"} <= set(options):
        raise refused("Log driver awslogs requires options: awslogs-region, awslogs-group")


def _mounts(container: Part, definition: Part) -> None:
    volumes = {one.get("name") for one in definition.get("volumes") or ()}
    for mount in container.get("mountPoints") or ():
        if mount.get("sourceVolume") not in volumes:
            raise refused(f"Unknown volume '{mount.get('sourceVolume')}'.")


RULES: tuple[Callable[[Part, Part], None], ...] = (
    _named, _memory, _cpu, _ports, _links, _depends, _health, _timeouts, _logs, _mounts,
)  # fmt: skip

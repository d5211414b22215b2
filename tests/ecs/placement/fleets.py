"""Fleets, instances and tasks made in a line, for the tests of placement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.ecs.placement import Fleet
from labkit.kinds.ecs import Attribute, ContainerInstance, Resource, Task, VersionInfo

ARN = "arn:aws:ecs:us-east-1:123456789012"


def instance(name: str, spec: Mapping[str, Any]) -> ContainerInstance:
    """An instance of the table: its defaults, and what a row says."""
    named = {"ecs.availability-zone": spec.get("zone", "us-east-1a"), "ecs.instance-type": spec.get("type", "m5.large")}
    attributes = {**named, **spec.get("attributes", {})}
    ports = [22, 2375, 2376, 51678, 51679, 51680, *spec.get("ports", ())]
    gpus = tuple(f"gpu-{number}" for number in range(spec.get("gpu", 0)))
    left = (
        Resource("CPU", "INTEGER", spec.get("cpu", 2048)),
        Resource("MEMORY", "INTEGER", spec.get("memory", 7680)),
        Resource("PORTS", "STRINGSET", string_set_value=tuple(map(str, ports))),
        Resource("PORTS_UDP", "STRINGSET", string_set_value=tuple(map(str, spec.get("udp", ())))),
        Resource("GPU", "STRINGSET", string_set_value=gpus),
    )
    return ContainerInstance(
        f"{ARN}:container-instance/default/{name}",
        spec.get("ec2", f"i-{name}"),
        spec.get("status", "ACTIVE"),
        spec.get("agent", True),
        spec.get("running", sum(spec.get("hosts", {}).values())),
        spec.get("registered", "2026-01-01T00:00:00Z"),
        VersionInfo(str(spec.get("version", "1.102.0"))),
        tuple(Attribute(key, value) for key, value in attributes.items()),
        left,
        left,
        instance_type=spec.get("type", "m5.large"),
        trunked=spec.get("trunked", False),
        enis=spec.get("enis", 0),
    )


def task(name: str, on: str, group: str, **more: Any) -> Task:
    """A task that runs on an instance."""
    where = f"{ARN}:container-instance/default/{on}"
    told = {"container_instance_arn": where, "group": group, **more}
    return Task(f"{ARN}:task/default/{name}", f"{ARN}:cluster/default", "", "RUNNING", "RUNNING", **told)


def tasks_on(instances: Mapping[str, Mapping[str, Any]], **more: Any) -> list[Task]:
    """The tasks that the rows' `hosts` name."""
    return [
        task(f"{name}-{group}-{number}", name, group, **more)
        for name, spec in instances.items()
        for group, count in spec.get("hosts", {}).items()
        for number in range(count)
    ]


def fleet(instances: Mapping[str, Mapping[str, Any]]) -> Fleet:
    """The fleet of a row."""
    return Fleet([instance(name, spec) for name, spec in instances.items()], tasks_on(instances))

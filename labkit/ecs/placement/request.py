"""What is to be placed: what a task takes of its instance, and where it may and would rather go.

Source: Amazon ECS developer guide, "How Amazon ECS places tasks", "Task definition parameters"; botocore 1.44.
How much a task takes where it has sizes at both levels isn't spelled out: labkit takes the task's own size if it has
one, else the sum of its containers', of each its reservation before its limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from labkit.ecs import quotas
from labkit.ecs.placement.query import parse_query
from labkit.errors import AwsError
from labkit.kinds.ecs import (
    ZONE_ATTRIBUTE,
    Attribute,
    ContainerDefinition,
    PlacementConstraint,
    PlacementStrategy,
    Reserved,
    TaskDefinition,
)

ZONE_FIELD = f"attribute:{ZONE_ATTRIBUTE}"
OF_SERVICES = (PlacementStrategy("spread", ZONE_FIELD), PlacementStrategy("spread", "instanceId"))
"""What a service without a strategy does: fewest of its tasks by zone, then by instance."""
OF_TASKS = (PlacementStrategy("random"),)
"""What run-task without a strategy does; the guide says "randomly"."""
SERVICE = "service:"

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """One task to place. `zones`: the zones of its subnets under awsvpc; empty if it may go anywhere.

    `provider`: the capacity provider whose instances alone are looked at; "" for all of the cluster.
    """

    group: str = ""
    reserved: Reserved = field(default_factory=Reserved)
    attributes: tuple[Attribute, ...] = ()
    constraints: tuple[PlacementConstraint, ...] = ()
    strategy: tuple[PlacementStrategy, ...] = ()
    zones: frozenset[str] = frozenset()
    provider: str = ""

    @classmethod
    def of(
        cls,
        definition: TaskDefinition,
        group: str,
        constraints: Iterable[Object | PlacementConstraint] = (),
        strategy: Iterable[Object | PlacementStrategy] = (),
        overrides: Object | None = None,
        zones: Iterable[str] = (),
        provider: str = "",
    ) -> Request:
        """What a task of a definition asks for; the definition's own constraints come first.

        `group`: `service:NAME`, `family:NAME` or a group of one's own. `overrides`: as RunTask has them.
        """
        bound = (*definition.placement_constraints, *msgspec.convert([*constraints], list[PlacementConstraint]))
        rules = tuple(msgspec.convert([*strategy], list[PlacementStrategy]))
        reserved = reserved_by(definition, overrides or {})
        return cls(group, reserved, definition.requires_attributes, bound, rules, frozenset(zones), provider)

    @cached_property
    def rules(self) -> tuple[PlacementStrategy, ...]:
        """Its strategy, or what stands in for one."""
        return self.strategy or (OF_SERVICES if self.group.startswith(SERVICE) else OF_TASKS)


def reserved_by(definition: TaskDefinition, overrides: Object | None = None) -> Reserved:
    """What a task of a definition takes of an instance."""
    over = overrides or {}
    by_name = {one["name"]: one for one in over.get("containerOverrides", ())}
    containers = definition.container_definitions
    pairs = [(one, by_name.get(one.name, {})) for one in containers]
    cpu = over.get("cpu") or definition.cpu or sum(_cpu(*pair) for pair in pairs)
    memory = over.get("memory") or definition.memory or sum(_memory(*pair) for pair in pairs)
    gpu = sum(int(need.value) for one in containers for need in one.resource_requirements if need.type == "GPU")
    if definition.network_mode == "awsvpc":
        return Reserved(int(cpu), int(memory), gpu, eni=True)
    return Reserved(int(cpu), int(memory), gpu, _ports(definition, "tcp"), _ports(definition, "udp"))


def _cpu(container: ContainerDefinition, over: Object) -> int:
    return int(over.get("cpu", container.cpu))


def _memory(container: ContainerDefinition, over: Object) -> int:
    reservation = over.get("memoryReservation", container.memory_reservation)
    return int(reservation or over.get("memory", container.memory) or 0)


def _ports(definition: TaskDefinition, protocol: str) -> tuple[int, ...]:
    """The host ports that are taken by name; those that the instance chooses aren't."""
    mappings = [one for each in definition.container_definitions for one in each.port_mappings]
    chosen = [one for one in mappings if (one.protocol or "tcp") == protocol]
    if definition.network_mode == "host":
        ports = [one.host_port or one.container_port for one in chosen]
    else:
        ports = [one.host_port for one in chosen]
    return tuple(dict.fromkeys(port for port in ports if port))


def check_placement(
    constraints: Iterable[Object] = (), strategy: Iterable[Object] = (), in_definition: int = 0
) -> None:
    """Check what a request says of placement; `in_definition`: how many constraints its task definition has.

    Raises AwsError InvalidParameterException. "should not be specified" is what the real service was seen to say;
    the other texts are labkit's own.
    """
    constraints, strategy = [*constraints], [*strategy]
    if len(constraints) + in_definition > quotas.CONSTRAINTS_PER_TASK:
        raise _invalid(f"A task can have at most {quotas.CONSTRAINTS_PER_TASK} placement constraints.")
    if len(strategy) > quotas.STRATEGIES_PER_TASK:
        raise _invalid(f"A task can have at most {quotas.STRATEGIES_PER_TASK} placement strategies.")
    for constraint in constraints:
        _check_constraint(constraint)
    for rule in strategy:
        _check_rule(rule)


def _check_constraint(constraint: Object) -> None:
    kind, expression = constraint.get("type"), constraint.get("expression")
    if kind == "distinctInstance":
        if expression is not None:
            raise _invalid("distinctInstance expression should not be specified.")
    elif kind != "memberOf":
        raise _invalid(f"Invalid placement constraint type: {kind}. It must be distinctInstance or memberOf.")
    elif not expression:
        raise _invalid("memberOf expression should be specified.")
    else:
        parse_query(expression)


def _check_rule(rule: Object) -> None:
    kind, field = rule.get("type"), rule.get("field", "")
    if kind not in ("random", "spread", "binpack"):
        raise _invalid(f"Invalid placement strategy type: {kind}. It must be random, spread or binpack.")
    if kind == "binpack" and field.lower() not in ("cpu", "memory"):
        raise _invalid(f"Invalid placement strategy field: {field}. binpack takes cpu or memory.")
    if kind == "spread" and field not in ("instanceId", "host") and not field.startswith("attribute:"):
        raise _invalid(f"Invalid placement strategy field: {field}. spread takes instanceId, host or attribute:NAME.")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)

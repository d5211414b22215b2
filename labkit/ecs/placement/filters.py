"""Which instances can take a task: state, room, ports, interfaces, attributes; then the constraints. These bind.

A filter answers for the whole fleet at once, or None where a task asks nothing of the kind. They run in this order,
and an instance is refused by the first that it fails.
Source: Amazon ECS developer guide, "How Amazon ECS places tasks on container instances", "API failure reasons",
"Service event messages". Order among cpu, memory, GPU and ports: as the guide lists them. Not in the guide: what
distinctInstance is reported as (here: worded as memberOf's), and that it counts tasks until they are stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from labkit.ecs import quotas
from labkit.ecs.placement.fleet import Fleet
from labkit.ecs.placement.query import parse_query
from labkit.ecs.placement.request import Request
from labkit.kinds.ecs import Attribute, PlacementConstraint
from labkit.scheduler.coded import Bools, Ints

Words = Callable[[int], str]
"""Why the n-th of the refused instances was refused."""

UNSATISFIED = "placement constraint unsatisfied."


class Filter(NamedTuple):
    """`reason`: as `failures` has it; `passes`: the instances that do; `words`: for the rows that don't."""

    name: str
    reason: str
    passes: Callable[[Fleet, Request], Bools | None]
    words: Callable[[Fleet, Request, Ints], Words]


def _amount(name: str, reason: str, column: int, field: str, unit: str) -> Filter:
    def passes(fleet: Fleet, request: Request) -> Bools | None:
        wanted = getattr(request.reserved, field)
        enough: Bools = fleet.remaining[:, column] >= wanted
        return enough if wanted else None

    def words(fleet: Fleet, request: Request, rows: Ints) -> Words:
        wanted, left = getattr(request.reserved, field), fleet.remaining[rows, column]
        return lambda place: f"has {left[place]} {unit} left, the task needs {wanted}"

    return Filter(name, reason, passes, words)


def _ports(request: Request) -> list[tuple[str, int]]:
    reserved = request.reserved
    return [*(("tcp", port) for port in reserved.ports), *(("udp", port) for port in reserved.ports_udp)]


def _has_ports(fleet: Fleet, request: Request) -> Bools | None:
    ports = _ports(request)
    if not ports:
        return None
    taken = np.logical_or.reduce([fleet.holding(port) for port in ports])
    found: Bools = ~taken & (fleet.ports_held + len(ports) <= quotas.HOST_PORTS_PER_INSTANCE)
    return found


def _port_words(fleet: Fleet, request: Request, rows: Ints) -> Words:
    held = [(f"{number}/{way}", fleet.holding((way, number))[rows]) for way, number in _ports(request)]

    def words(place: int) -> str:
        taken = [port for port, where in held if where[place]]
        full = f"has {quotas.HOST_PORTS_PER_INSTANCE} host ports reserved"
        return f"uses host port {', '.join(taken)} already" if taken else full

    return words


def _has_interface(fleet: Fleet, request: Request) -> Bools | None:
    free: Bools = fleet.interfaces_used < fleet.interfaces
    return free if request.reserved.eni else None


def _interface_words(fleet: Fleet, request: Request, rows: Ints) -> Words:
    most, used = fleet.interfaces[rows], fleet.interfaces_used[rows]
    return lambda place: f"has network interfaces for {most[place]} awsvpc tasks and runs {used[place]}"


def _has_attributes(fleet: Fleet, request: Request) -> Bools | None:
    wanted = request.attributes
    if not wanted:
        return None
    return fleet.asked(wanted, lambda one, _: all(_has(one.attribute(need.name), need) for need in wanted))


def _has(value: str | None, need: Attribute) -> bool:
    return value is not None and need.value in (None, "", value)


def _attribute_words(fleet: Fleet, request: Request, rows: Ints) -> Words:
    instances = [fleet.instances[row] for row in rows]

    def words(place: int) -> str:
        lacking = [need for need in request.attributes if not _has(instances[place].attribute(need.name), need)]
        return f"lacks {', '.join(f'{need.name}={need.value}' if need.value else need.name for need in lacking)}"

    return words


def _is_in_zone(fleet: Fleet, request: Request) -> Bools | None:
    zones = request.zones
    return fleet.asked(zones, lambda one, _: one.zone in zones) if zones else None


def _zone_words(fleet: Fleet, request: Request, rows: Ints) -> Words:
    zones = [fleet.instances[row].zone for row in rows]
    return lambda place: f"is in {zones[place]}, the subnets are in {', '.join(sorted(request.zones))}"


def _status_words(fleet: Fleet, request: Request, rows: Ints) -> Words:
    found = [fleet.instances[row].status for row in rows]
    return lambda place: f"is {found[place]}"


STATUS = Filter("status", "INACTIVE", lambda fleet, _: fleet.active, _status_words)
FILTERS = (
    STATUS,
    Filter("agent", "AGENT", lambda fleet, _: fleet.connected, lambda *_: lambda _: "has no connected agent"),
    _amount("cpu", "RESOURCE:CPU", 0, "cpu", "CPU units"),
    _amount("memory", "RESOURCE:MEMORY", 1, "memory", "MiB"),
    _amount("gpu", "RESOURCE:GPU", 2, "gpu", "GPUs"),
    Filter("ports", "RESOURCE:PORTS", _has_ports, _port_words),
    Filter("network interfaces", "RESOURCE:ENI", _has_interface, _interface_words),
    Filter("attributes", "ATTRIBUTE", _has_attributes, _attribute_words),
    Filter("zone", "LOCATION", _is_in_zone, _zone_words),
)


def filters_of(request: Request) -> Iterator[Filter]:
    """Every filter of a request, in order; those of its constraints last, as it lists them."""
    yield from FILTERS
    for constraint in request.constraints:
        yield _distinct() if constraint.type == "distinctInstance" else _member(constraint)


def _distinct() -> Filter:
    def passes(fleet: Fleet, request: Request) -> Bools:
        alone: Bools = fleet.hosted(request.group) == 0
        return alone

    def words(fleet: Fleet, request: Request, rows: Ints) -> Words:
        counts = fleet.hosted(request.group)[rows]
        return lambda place: f"has {counts[place]} of {request.group} already"

    return Filter("distinctInstance", f"DistinctInstance {UNSATISFIED}", passes, words)


def _member(constraint: PlacementConstraint) -> Filter:
    query = parse_query(constraint.expression)

    def passes(fleet: Fleet, request: Request) -> Bools:
        return fleet.asked(query.text, query.holds)

    def words(fleet: Fleet, request: Request, rows: Ints) -> Words:
        return lambda place: f"does not satisfy {query.text}"

    return Filter("memberOf", f"MemberOf {UNSATISFIED}", passes, words)

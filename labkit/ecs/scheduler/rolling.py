"""Rolling updates: how many tasks may be started and stopped now. Pure functions.

Source: ECS developer guide, "Rolling update", "Service event messages"; botocore 1.44 ecs DeploymentConfiguration. Only
the two bounds are published; when a batch is begun isn't: labkit does at once all that the bounds allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple


class Bounds(NamedTuple):
    """`lower`: tasks that must stay RUNNING and healthy; `upper`: tasks that may be RUNNING or PENDING."""

    lower: int
    upper: int


def bounds(desired: int, minimum: int, maximum: int) -> Bounds:
    """The bounds of so many tasks, by minimumHealthyPercent (rounded up) and maximumPercent (rounded down)."""
    return Bounds(ceil(Fraction(desired * minimum, 100)), floor(Fraction(desired * maximum, 100)))


def bounds_of(configuration: Mapping[str, Any], desired: int) -> Bounds:
    """The bounds by a service's deploymentConfiguration."""
    return bounds(desired, int(configuration["minimumHealthyPercent"]), int(configuration["maximumPercent"]))


class Counts(NamedTuple):
    """The tasks of a service.

    `occupied`: all that are RUNNING or on the way there, even if told to stop. `healthy`: all that are and shall stay.
    `current`: of the newest revision, neither unhealthy nor on a draining instance; `running`: those of them that run.
    `unhealthy`: of the newest revision. `outgoing`: healthy ones to be replaced; `idle`: others to be replaced.
    `moving`: tasks that are starting or stopping, so that something will still change by itself.
    """

    occupied: int = 0
    healthy: int = 0
    current: int = 0
    running: int = 0
    unhealthy: int = 0
    outgoing: int = 0
    idle: int = 0
    stopping: int = 0
    moving: int = 0


class Step(NamedTuple):
    """How many tasks to start, and to stop of each sort."""

    start: int = 0
    surplus: int = 0
    unhealthy: int = 0
    outgoing: int = 0
    idle: int = 0


def step(counts: Counts, desired: int, bound: Bounds) -> Step:
    """What may be done now.

    An unhealthy task is replaced before it is stopped where `upper` leaves room, else stopped first, one at a time.
    """
    room = max(bound.upper - counts.occupied, 0)
    surplus = max(counts.current - desired, 0)
    spare = max(counts.healthy - surplus - bound.lower, 0)
    blocked = room == 0 and counts.stopping == 0
    unhealthy = counts.unhealthy if counts.running >= desired else min(counts.unhealthy, int(blocked))
    start = min(room, max(desired - counts.current, 0))
    return Step(start, surplus, unhealthy, min(counts.outgoing, spare), counts.idle)


def is_stuck(counts: Counts, desired: int, wanted: Step) -> bool:
    """Whether something is to be replaced, and the bounds allow neither a start nor a stop, now or later."""
    to_do = counts.current < desired or counts.outgoing > 0
    return to_do and not any(wanted) and not counts.moving

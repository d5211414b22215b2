"""CapacityProviderReservation = 100 x M / N: machines needed, by machines there are.

M is N where every machine has tasks and nothing waits; fewer where some are empty; more for tasks that wait. Over
several groups of waiting tasks the largest need counts (the guide is silent; a blog of 2019 has it so).
Source: ECS developer guide, "Amazon ECS managed scaling behavior"; AWS containers blog, "Deep dive on Amazon ECS
cluster auto scaling".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Amounts = Mapping[str, int]
"""By resource: CPU units, MEMORY in MiB, ENI, GPU, PORTS."""

FROM_NOTHING = 200.0
FIRST_STEP = 2
"""A group without machines goes to two first."""


class Waiting(NamedTuple):
    """Tasks in PROVISIONING that ask for the same, and how many."""

    asks: Amounts
    tasks: int


class Bounds(NamedTuple):
    """How much one step may ask for, and the target in per cent."""

    least_step: int = 1
    most_step: int = 10_000
    target: int = 100


def needed(waiting: Iterable[Waiting], sizes: Sequence[Amounts]) -> int:
    """Machines that the waiting tasks need, of the group's types; a task too large for the smallest doesn't count."""
    smallest, largest = min(sizes, key=_rank), max(sizes, key=_rank)
    counted = [group for group in waiting if _fits(group.asks, smallest)]
    return max((_machines(group, largest) for group in counted), default=0)


def _rank(size: Amounts) -> tuple[int, int]:
    return size.get("CPU", 0), size.get("MEMORY", 0)


def _fits(asks: Amounts, size: Amounts) -> bool:
    return all(amount <= size.get(name, 0) for name, amount in asks.items())


def _machines(group: Waiting, size: Amounts) -> int:
    """The lower bound for one group: for each resource, tasks by the tasks that a machine holds of it."""
    return max(math.ceil(group.tasks / (size[name] // amount)) for name, amount in group.asks.items() if amount)


def machines(running: int, empty: int, more: int, bounds: Bounds) -> int:
    """M: the machines needed, of `running` of which `empty` have no tasks but daemons, for `more` on top."""
    if more:
        return running + min(max(more, bounds.least_step), bounds.most_step)
    return running - empty


def reservation(running: int, empty: int, more: int, bounds: Bounds) -> float:
    """The metric, in per cent."""
    if not running:
        return FROM_NOTHING if more else 100.0
    return 100.0 * machines(running, empty, more, bounds) / running


def desired(running: int, empty: int, more: int, bounds: Bounds) -> int:
    """How many machines bring the metric to its target."""
    if not running:
        return FIRST_STEP if more else 0
    return math.ceil(round(machines(running, empty, more, bounds) * 100 / bounds.target, 9))


def shed_now(running: int, wanted: int) -> int:
    """How many of the surplus machines go this minute: at least one, fewer than half."""
    surplus = running - wanted
    if surplus <= 0:
        return 0
    return max(min(surplus, (running - 1) // 2), 1)

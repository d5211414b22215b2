"""Which pods an updater changes: those out of range, those old that differ, those just killed for memory.

Source: vertical-pod-autoscaler pkg/updater/priority/{update_priority_calculator,priority_processor}.go, 1.7.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

LONG_LIFE = 12 * 3600.0
LEAST_CHANGE = 0.1
QUICK_OOM = 600.0

Amounts = Mapping[str, int]
"""Thousandths by resource."""


class Asked(NamedTuple):
    """One container: what it asks for, and what is recommended, in thousandths."""

    requests: Amounts
    target: Amounts
    lower: Amounts
    upper: Amounts


class Urgency(NamedTuple):
    """How much a pod needs an update: outside its range, the sum of its relative changes, and whether it grows."""

    outside_range: bool
    difference: float
    grows: bool

    @property
    def rank(self) -> tuple[bool, float]:
        """The greater goes first: pods that grow before those that shrink, then those that differ most."""
        return (self.grows, self.difference)


def urgency(containers: Iterable[Asked]) -> Urgency:
    """How much a pod of these containers needs an update."""
    held = list(containers)
    names = dict.fromkeys(name for one in held for name in one.target)
    totals = {name: _totals(held, name) for name in names}
    return Urgency(
        any(_is_outside(one, name) for one in held for name in one.target),
        sum(abs(asked - wanted) / asked for asked, wanted in totals.values()),
        any(wanted > one.requests.get(name, -1) for one in held for name, wanted in one.target.items()),
    )


def is_due(urgency: Urgency, age: float | None, killed_after: float | None = None) -> bool:
    """Whether a pod is changed now: its age, and how long a container had run that was killed for memory (seconds).

    `age` is None for a pod that hasn't started.
    """
    if killed_after is not None and killed_after < QUICK_OOM:
        return urgency.difference > 0
    if urgency.outside_range:
        return True
    return age is not None and age >= LONG_LIFE and urgency.difference >= LEAST_CHANGE


def _totals(containers: Iterable[Asked], name: str) -> tuple[float, float]:
    pairs = [(one.requests.get(name, 0), one.target[name]) for one in containers if name in one.target]
    return max(float(sum(asked for asked, _ in pairs)), 1.0), float(sum(wanted for _, wanted in pairs))


def _is_outside(one: Asked, name: str) -> bool:
    asked = one.requests.get(name)
    if asked is None:
        return True
    return asked < one.lower.get(name, asked) or asked > one.upper.get(name, asked)

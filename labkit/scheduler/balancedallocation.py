"""NodeResourcesBalancedAllocation: cpu and memory should fill up evenly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from labkit.scheduler.coded import Ints, gathered
from labkit.scheduler.columns import STORAGE
from labkit.scheduler.plugin import MAX_SCORE, Cycle

LEVEL = 150
"""Twice what a node gets whose balance doesn't change."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NodeResourcesBalancedAllocation:
    """Prefers nodes whose cpu and memory would be used more evenly with the pod than without it.

    Does: a node's balance is (1 - standard deviation of the requested fractions, each at most 1)*100, in whole points.
    The score is (150 + balance with the pod - balance without it)/2: 75 where the pod changes nothing, 50 at worst,
    100 at best. A pod that asks for none of the resources is left out.
    `resources` may name others than cpu and memory; an extended one counts if the pod asks for it.
    Reads: the node's allocatable resources, and true requests (no assumed 100m and 200Mi).
    Writes: nothing.
    Runs again when: never, it only scores.
    Source: plugins/noderesources/balanced_allocation.go, v1.36 (before, only the balance with the pod counted).
    Left out: devices of dynamic resource allocation.
    """

    resources: tuple[str, ...] = ("cpu", "memory")

    name: ClassVar[str] = "NodeResourcesBalancedAllocation"

    def score(self, cycle: Cycle, rows: Ints) -> Ints | None:
        """How much the pod evens out or unbalances each node."""
        if not any(cycle.info.request.get(name) for name in self.resources):
            return None
        asked, used, room = amounts(cycle, rows, self.counted(cycle))
        return score_of(deviation(used, room), deviation(used + asked, room))

    def score_terms(self, cycle: Cycle, row: int) -> list[str]:
        """The fractions and the deviation, without the pod and with it."""
        names = self.counted(cycle)
        asked, used, room = amounts(cycle, np.array([row]), names)
        before, after = deviation(used, room), deviation(used + asked, room)
        return [
            f"without the pod {_fractions(names, used[0], room[0])}: balance {balance(before)[0]}",
            f"with the pod {_fractions(names, (used + asked)[0], room[0])}: balance {balance(after)[0]}",
            f"({LEVEL} + {balance(after)[0]} - {balance(before)[0]})/2 = {score_of(before, after)[0]}",
        ]

    def counted(self, cycle: Cycle) -> list[str]:
        """The resources that count for this pod: those of the nodes, and extended ones that it asks for."""
        columns, request = cycle.columns.resources, cycle.info.request
        known = (name for name in self.resources if name in columns)
        return [name for name in known if columns[name] <= STORAGE or request.get(name)]


def amounts(cycle: Cycle, rows: Ints, names: list[str]) -> tuple[Ints, Ints, Ints]:
    """What the pod asks of these resources, and by row what is requested and what is allocatable."""
    columns = cycle.columns
    asked = np.array([cycle.info.request.get(name, 0) for name in names], np.int64)
    places = [columns.resources[name] for name in names]
    return asked, gathered(columns.requested, rows, places), gathered(columns.allocatable, rows, places)


def deviation(used: Ints, room: Ints) -> Floats:
    """Per row, the standard deviation of the used fractions; resources that a node lacks don't count."""
    there = room > 0
    fractions = np.minimum(used / np.maximum(room, 1), 1.0)
    if room.shape[1] == 2:
        two = np.abs(fractions[:, 0] - fractions[:, 1]) / 2
        return np.where(there.all(axis=1), two, 0.0)
    count = np.maximum(there.sum(axis=1), 1)
    mean = np.where(there, fractions, 0.0).sum(axis=1) / count
    squares = np.where(there, (fractions - mean[:, None]) ** 2, 0.0)
    deviations: Floats = np.sqrt(squares.sum(axis=1) / count)
    return deviations


def balance(deviations: Floats) -> Ints:
    """How even that is, 50 to 100, in whole points."""
    return ((1 - deviations) * MAX_SCORE).astype(np.int64)


def score_of(before: Floats, after: Floats) -> Ints:
    """75 for no change, 50 for the worst, 100 for the best."""
    return (LEVEL + balance(after) - balance(before)) // 2


def _fractions(names: list[str], used: Ints, room: Ints) -> str:
    pairs = zip(names, used, room, strict=True)
    return ", ".join(f"{name} {taken}/{has} = {min(taken / has, 1):.4f}" for name, taken, has in pairs if has)

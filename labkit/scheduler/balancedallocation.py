"""NodeResourcesBalancedAllocation: cpu and memory should fill up evenly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labkit.scheduler.coded import Ints
from labkit.scheduler.columns import CPU, MEMORY
from labkit.scheduler.plugin import MAX_SCORE, Cycle

SCORED = {"cpu": CPU, "memory": MEMORY}
LEVEL = 150
"""Twice what a node gets whose balance doesn't change."""

Floats = NDArray[np.float64]


class NodeResourcesBalancedAllocation:
    """Prefers nodes whose cpu and memory would be used more evenly with the pod than without it.

    Does: a node's balance is (1 - standard deviation of the requested fractions, each at most 1)*100, in whole points.
    The score is (150 + balance with the pod - balance without it)/2: 75 where the pod changes nothing, 50 at worst,
    100 at best. A pod that asks for neither cpu nor memory is left out.
    Reads: the node's allocatable cpu and memory, and true requests (no assumed 100m and 200Mi).
    Writes: nothing.
    Runs again when: never, it only scores.
    Source: plugins/noderesources/balanced_allocation.go, v1.36 (before, only the balance with the pod counted).
    Left out: other resources than cpu and memory.
    """

    name = "NodeResourcesBalancedAllocation"

    def score(self, cycle: Cycle, rows: Ints) -> Ints | None:
        """How much the pod evens out or unbalances each node."""
        pod = request_of(cycle)
        if not pod.any():
            return None
        room = cycle.columns.allocatable[rows, : len(SCORED)]
        used = cycle.columns.requested[rows, : len(SCORED)]
        return score_of(deviation(used, room), deviation(used + pod, room))

    def score_terms(self, cycle: Cycle, row: int) -> list[str]:
        """The fractions and the deviation, without the pod and with it."""
        pod = request_of(cycle)
        room = cycle.columns.allocatable[[row], : len(SCORED)]
        used = cycle.columns.requested[[row], : len(SCORED)]
        before, after = deviation(used, room), deviation(used + pod, room)
        return [
            f"without the pod {_fractions(used[0], room[0])}: balance {balance(before)[0]}",
            f"with the pod {_fractions((used + pod)[0], room[0])}: balance {balance(after)[0]}",
            f"({LEVEL} + {balance(after)[0]} - {balance(before)[0]})/2 = {score_of(before, after)[0]}",
        ]


def request_of(cycle: Cycle) -> Ints:
    """What the pod asks of cpu and memory."""
    return np.array([cycle.info.request.get(name, 0) for name in SCORED], np.int64)


def deviation(used: Ints, room: Ints) -> Floats:
    """Per row, the standard deviation of the used fractions; resources that a node lacks don't count."""
    there = room > 0
    fractions = np.minimum(used / np.maximum(room, 1), 1.0)
    two = np.abs(fractions[:, CPU] - fractions[:, MEMORY]) / 2
    return np.where(there.all(axis=1), two, 0.0)


def balance(deviations: Floats) -> Ints:
    """How even that is, 50 to 100, in whole points."""
    return ((1 - deviations) * MAX_SCORE).astype(np.int64)


def score_of(before: Floats, after: Floats) -> Ints:
    """75 for no change, 50 for the worst, 100 for the best."""
    return (LEVEL + balance(after) - balance(before)) // 2


def _fractions(used: Ints, room: Ints) -> str:
    pairs = zip(SCORED, used, room, strict=True)
    return ", ".join(f"{name} {taken}/{has} = {min(taken / has, 1):.4f}" for name, taken, has in pairs if has)

"""How NodeResourcesFit rates a node: by what stays free, by what is taken, or by a curve.

Each strategy looks at some resources, each with a weight. Amounts come as nodes by resources, the pod included; a
resource that a node lacks (room 0) plays no part there.
Source: plugins/noderesources/{least_allocated,most_allocated,requested_to_capacity_ratio}.go,
plugins/helper/shape_score.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from labkit.scheduler.coded import Ints
from labkit.scheduler.plugin import MAX_SCORE

HIGHEST_POINT = 10
"""The highest score of a point in a configuration; it means 100."""


class Weighted(NamedTuple):
    """A resource, and what it counts among the others, 1 to 100."""

    name: str
    weight: int = 1


class Point(NamedTuple):
    """One point of a curve: `utilization` in percent, `score` 0 to 10."""

    utilization: int
    score: int


CPU_AND_MEMORY = (Weighted("cpu"), Weighted("memory"))


@dataclass(frozen=True)
class LeastAllocated:
    """The more stays free, the better: the mean of (room - taken)*100/room, in integers."""

    resources: tuple[Weighted, ...] = CPU_AND_MEMORY

    def score(self, taken: Ints, room: Ints) -> Ints:
        """Rows' scores, 0 to 100."""
        shares = np.where(taken <= room, (room - taken) * MAX_SCORE // np.maximum(room, 1), 0)
        return weighted_mean(shares, room, self.resources)

    def terms(self, taken: Sequence[int], room: Sequence[int]) -> list[str]:
        """One node's shares and their mean."""
        pairs = list(zip(taken, room, strict=True))
        shares = [(has - used) * MAX_SCORE // has if 0 < has >= used else 0 for used, has in pairs]
        words = [f"({has}-{used})*100/{has} = {share}" for (used, has), share in zip(pairs, shares, strict=True)]
        return [*lines(self.resources, words, room), mean_term(self.resources, shares, room)]


@dataclass(frozen=True)
class MostAllocated:
    """The more is taken, the better: the mean of taken*100/room, in integers. It packs nodes one after another."""

    resources: tuple[Weighted, ...] = CPU_AND_MEMORY

    def score(self, taken: Ints, room: Ints) -> Ints:
        """Rows' scores, 0 to 100."""
        return weighted_mean(utilization(taken, room), room, self.resources)

    def terms(self, taken: Sequence[int], room: Sequence[int]) -> list[str]:
        """One node's shares and their mean."""
        shares = utilization(np.array(taken, np.int64), np.array(room, np.int64)).tolist()
        words = [_used(used, has, share) for used, has, share in zip(taken, room, shares, strict=True)]
        return [*lines(self.resources, words, room), mean_term(self.resources, shares, room)]


@dataclass(frozen=True)
class RequestedToCapacityRatio:
    """A curve over utilization, straight between its points; the mean of the resources that score above 0, rounded."""

    shape: tuple[Point, ...]
    resources: tuple[Weighted, ...] = CPU_AND_MEMORY

    @cached_property
    def curve(self) -> Ints:
        """The score at each whole percent of utilization, 0 to 100."""
        return np.array([self._at(percent) for percent in range(MAX_SCORE + 1)], np.int64)

    def score(self, taken: Ints, room: Ints) -> Ints:
        """Rows' scores, 0 to 100."""
        rated = self._rated(taken, room)
        weights = (rated > 0) * _weights(self.resources)
        total, count = (rated * weights).sum(axis=1), weights.sum(axis=1)
        rounded: Ints = (2 * total + count) // np.maximum(2 * count, 1)
        return rounded

    def terms(self, taken: Sequence[int], room: Sequence[int]) -> list[str]:
        """One node's utilization, what the curve gives for it, and the mean."""
        used, has = np.array([taken], np.int64), np.array([room], np.int64)
        percents, rated = utilization(used, has)[0].tolist(), self._rated(used, has)[0].tolist()
        words = [
            f"{_used(one, all_of, percent)} % → {score}"
            for one, all_of, percent, score in zip(taken, room, percents, rated, strict=True)
        ]
        return [*lines(self.resources, words, room), f"mean of those above 0, rounded: {self.score(used, has)[0]}"]

    def _rated(self, taken: Ints, room: Ints) -> Ints:
        return np.where(room > 0, self.curve[utilization(taken, room)], 0)

    def _at(self, percent: int) -> int:
        points = [Point(at, score * (MAX_SCORE // HIGHEST_POINT)) for at, score in self.shape]
        for before, after in pairwise(points):
            if before.utilization < percent <= after.utilization:
                rise = (after.score - before.score) * (percent - before.utilization)
                # Go divides towards zero, Python downwards.
                return before.score + int(rise / (after.utilization - before.utilization))
        return points[0].score if percent <= points[0].utilization else points[-1].score


LEAST_ALLOCATED = LeastAllocated()
"""What the default profile uses."""

Strategy = LeastAllocated | MostAllocated | RequestedToCapacityRatio


def utilization(taken: Ints, room: Ints) -> Ints:
    """Percent taken, in integers, at most 100; 0 where there is no room."""
    return np.where(room > 0, np.minimum(taken, room) * MAX_SCORE // np.maximum(room, 1), 0)


def weighted_mean(shares: Ints, room: Ints, resources: Sequence[Weighted]) -> Ints:
    """The mean of each row over the resources there are, rounded down; `shares` are 0 where there is no room."""
    there = room > 0
    if any(one.weight != 1 for one in resources):
        weights = there * _weights(resources)
        shares, counted = shares * weights, weights.sum(axis=1)
    else:
        counted = there.sum(axis=1)
    mean: Ints = shares.sum(axis=1) // np.maximum(counted, 1)
    return mean


def lines(resources: Sequence[Weighted], words: Sequence[str], room: Sequence[int]) -> list[str]:
    """A line for each resource that the node has."""
    return [f"{one.name} {word}" for one, word, has in zip(resources, words, room, strict=True) if has]


def mean_term(resources: Sequence[Weighted], shares: Sequence[int], room: Sequence[int]) -> str:
    """The weighted mean in words: `(68+75)/2 = 71`."""
    there = [(share, one.weight) for one, share, has in zip(resources, shares, room, strict=True) if has]
    if not there:
        return "nothing to share: 0"
    plain = all(weight == 1 for _, weight in there)
    parts = "+".join(str(share) if plain else f"{share}*{weight}" for share, weight in there)
    count = sum(weight for _, weight in there)
    return f"({parts})/{count} = {sum(share * weight for share, weight in there) // count}"


def _weights(resources: Sequence[Weighted]) -> Ints:
    return np.array([one.weight for one in resources], np.int64)


def _used(taken: int, room: int, share: int) -> str:
    return f"min({taken}, {room})*100/{room} = {share}" if taken > room else f"{taken}*100/{room} = {share}"

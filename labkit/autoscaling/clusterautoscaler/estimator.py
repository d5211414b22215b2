"""How many nodes of a group pending pods need: first fit, the largest first.

Alike pods go together. A group of them first fills the nodes that were added already, looked at in turn, then adds
nodes; a pod that doesn't fit an empty node ends its group.
Source: cluster-autoscaler estimator/{binpacking_estimator,decreasing_pod_orderer}.go, 1.36.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Bins(Protocol):
    """Nodes that are thought up, counted from 0."""

    def add(self) -> None:
        """One node more, empty but for its daemons."""

    def first_fit(self, pod: Any, places: Sequence[int]) -> int | None:
        """The first of the nodes on which the pod fits."""

    def put(self, pod: Any, place: int) -> None:
        """Put the pod there."""


class Estimate(NamedTuple):
    """How many nodes get a pod, and for each group how many of its pods found room."""

    nodes: int
    scheduled: tuple[int, ...]


class Alike(NamedTuple):
    """Pods that are alike, with the share of a node that one asks for: cpu's plus memory's."""

    pods: Sequence[Any]
    share: float


def estimate(groups: Sequence[Alike], bins: Bins, most: int = 0) -> Estimate:
    """How many new nodes the groups need; `most` bounds how many are tried (0: no bound).

    Groups are taken by falling share of a node, equal ones in the given order.
    """
    packing = _Packing(bins, most)
    scheduled = [0] * len(groups)
    for place in sorted(range(len(groups)), key=lambda place: -groups[place].share):
        scheduled[place] = packing.fill(groups[place].pods)
    return Estimate(len(packing.used), tuple(scheduled))


class _Packing:
    def __init__(self, bins: Bins, most: int) -> None:
        self.bins, self.most = bins, most
        self.count = self.turn = 0
        self.used: set[int] = set()

    def fill(self, pods: Sequence[Any]) -> int:
        done = 0
        while done < len(pods) and self.put_anywhere(pods[done]):
            done += 1
        while done < len(pods) and (self.put_on_last(pods[done]) or (self.grow() and self.put_on_last(pods[done]))):
            done += 1
        return done

    def put_anywhere(self, pod: Any) -> bool:
        order = [(self.turn + step) % self.count for step in range(self.count)]
        place = self.bins.first_fit(pod, order)
        if place is None:
            return False
        self.turn = (place + 1) % self.count
        return self.put(pod, place)

    def put_on_last(self, pod: Any) -> bool:
        place = self.bins.first_fit(pod, [self.count - 1]) if self.count else None
        return place is not None and self.put(pod, place)

    def put(self, pod: Any, place: int) -> bool:
        self.bins.put(pod, place)
        self.used.add(place)
        return True

    def grow(self) -> bool:
        is_last_idle = self.count > 0 and self.count - 1 not in self.used
        if is_last_idle or 0 < self.most <= self.count:
            return False
        self.bins.add()
        self.count += 1
        return True

"""How many nodes of a group pending pods need: first fit, the largest first.

Alike pods go together. A group of them first fills the nodes that were added already, looked at in turn, then adds
nodes; a pod that doesn't fit an empty node ends its group.
Source: cluster-autoscaler estimator/{binpacking_estimator,decreasing_pod_orderer}.go, 1.36.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol


class Bin(Protocol):
    """A node that was thought up."""

    def fits(self, pod: Any) -> bool:
        """Whether the pod may be put on it."""

    def put(self, pod: Any) -> None:
        """Put it there."""


class Estimate(NamedTuple):
    """How many nodes get a pod, and for each group how many of its pods found room."""

    nodes: int
    scheduled: tuple[int, ...]


class Alike(NamedTuple):
    """Pods that are alike, with the share of a node that one asks for: cpu's plus memory's."""

    pods: Sequence[Any]
    share: float


class _Bins:
    def __init__(self, new_bin: Callable[[], Bin], most: int) -> None:
        self.new_bin, self.most = new_bin, most
        self.bins: list[Bin] = []
        self.used: set[int] = set()
        self.turn = 0

    def put(self, pod: Any, place: int) -> None:
        self.bins[place].put(pod)
        self.used.add(place)

    def put_anywhere(self, pod: Any) -> bool:
        order = [(self.turn + step) % len(self.bins) for step in range(len(self.bins))]
        place = next((place for place in order if self.bins[place].fits(pod)), None)
        if place is None:
            return False
        self.turn = (place + 1) % len(self.bins)
        self.put(pod, place)
        return True

    def put_on_last(self, pod: Any) -> bool:
        if not self.bins or not self.bins[-1].fits(pod):
            return False
        self.put(pod, len(self.bins) - 1)
        return True

    def grow(self) -> bool:
        is_last_idle = bool(self.bins) and len(self.bins) - 1 not in self.used
        if is_last_idle or 0 < self.most <= len(self.bins):
            return False
        self.bins.append(self.new_bin())
        return True


def estimate(groups: Sequence[Alike], new_bin: Callable[[], Bin], most: int = 0) -> Estimate:
    """How many new nodes the groups need; `new_bin` makes an empty one, `most` bounds how many are tried (0: no bound).

    Groups are taken by falling share of a node, equal ones in the given order.
    """
    bins = _Bins(new_bin, most)
    scheduled = [0] * len(groups)
    for place in sorted(range(len(groups)), key=lambda place: -groups[place].share):
        scheduled[place] = _fill(bins, groups[place].pods)
    return Estimate(len(bins.used), tuple(scheduled))


def _fill(bins: _Bins, pods: Sequence[Any]) -> int:
    done = 0
    while done < len(pods) and bins.put_anywhere(pods[done]):
        done += 1
    while done < len(pods) and (bins.put_on_last(pods[done]) or (bins.grow() and bins.put_on_last(pods[done]))):
        done += 1
    return done

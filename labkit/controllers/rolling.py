"""How big each ReplicaSet of a Deployment is to be: rolling update, Recreate, proportional scaling. All pure.

Source: pkg/controller/deployment/{sync,rolling,recreate}.go and util/deployment_util.go, v1.36. A list of sizes has the
ReplicaSets oldest first; the new one, if there is one, is passed apart and counted last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from labkit.fields import intstr
from labkit.kinds.workloads import Strategy


class Size(NamedTuple):
    """One ReplicaSet: wanted and available pods, and the Deployment's size when it was last scaled."""

    name: str
    replicas: int
    available: int = 0
    desired: int | None = None
    maximum: int | None = None


class Bounds(NamedTuple):
    """What an update may do to `replicas` pods: so many more, so many not available."""

    replicas: int
    surge: int
    unavailable: int
    rolling: bool = True

    @property
    def total(self) -> int:
        """The most pods there may be at once."""
        return self.replicas + self.surge

    @property
    def available(self) -> int:
        """The fewest pods that must be available."""
        return self.replicas - self.unavailable


class Scaling(NamedTuple):
    """One ReplicaSet that is written; in a proportional scaling the size may stay, only annotations change."""

    name: str
    before: int
    after: int

    def __str__(self) -> str:
        way = "up" if self.after > self.before else "down"
        return f"Scaled {way} replica set {self.name} from {self.before} to {self.after}"


def sizes_after(sizes: Sequence[Size], scalings: Sequence[Scaling]) -> list[Size]:
    """The sizes once the scalings, in their order, are done."""
    final = {one.name: one.after for one in scalings}
    return [one._replace(replicas=final.get(one.name, one.replicas)) for one in sizes]


def bounds(strategy: Strategy, replicas: int) -> Bounds:
    """The limits of a strategy for that many replicas; Recreate has none to keep."""
    if strategy.type != "RollingUpdate" or strategy.rolling_update is None:
        return Bounds(replicas, 0, 0, strategy.type == "RollingUpdate")
    rolling = strategy.rolling_update
    surge, unavailable = intstr.resolve_fenceposts(rolling.max_surge, rolling.max_unavailable, replicas)
    return Bounds(replicas, surge, min(unavailable, replicas))


def new_replicas(limits: Bounds, old: Sequence[Size], new: Size) -> int:
    """How big the new ReplicaSet may be now (NewRSNewReplicas)."""
    if not limits.rolling:
        return limits.replicas
    room = limits.total - _pods(old) - new.replicas
    if room <= 0:
        return new.replicas
    return new.replicas + min(room, limits.replicas - new.replicas)


def step(limits: Bounds, old: Sequence[Size], new: Size) -> tuple[str, list[Scaling]]:
    """One sync of a rolling update: ("new" | "old" | "none", the scalings in order)."""
    if new.replicas != limits.replicas:
        size = limits.replicas if new.replicas > limits.replicas else new_replicas(limits, old, new)
        if size != new.replicas:
            return "new", [Scaling(new.name, new.replicas, size)]
    changes = shrink_old(limits, old, new)
    return ("old" if changes else "none"), changes


def shrink_old(limits: Bounds, old: Sequence[Size], new: Size) -> list[Scaling]:
    """Which old ReplicaSets shrink, to what: first pods that aren't available, then what the limits allow."""
    spare = _pods(old) + new.replicas - limits.available - (new.replicas - new.available)
    if not _pods(old) or spare <= 0:
        return []
    unhealthy = _shrink([(one, one.replicas - one.available) for one in old], spare)
    smaller = sizes_after(old, unhealthy)
    surplus = sum(one.available for one in smaller) + new.available - limits.available
    healthy = _shrink([(one, one.replicas) for one in smaller], surplus)
    return unhealthy + healthy


def _shrink(candidates: list[tuple[Size, int]], budget: int) -> list[Scaling]:
    """Take at most `budget` pods, each candidate at most its own number, in order."""
    scalings = []
    for one, most in candidates:
        taken = min(max(budget, 0), most, one.replicas)
        if taken > 0:
            scalings.append(Scaling(one.name, one.replicas, one.replicas - taken))
            budget -= taken
    return scalings


def _pods(sizes: Sequence[Size]) -> int:
    return sum(one.replicas for one in sizes)


def scale(limits: Bounds, old: Sequence[Size], new: Size | None, status_replicas: int = 0) -> list[Scaling]:
    """What happens when the Deployment itself was scaled.

    One active ReplicaSet takes it all; a finished update empties the old ones; in mid-update each gets its share and
    the biggest what is left over.
    """
    everyone = [*old, *([new] if new else [])]
    active = [one for one in everyone if one.replicas > 0]
    if len(active) <= 1:
        only = active[0] if active else new or (old[-1] if old else None)
        resize = only is not None and only.replicas != limits.replicas
        return [Scaling(only.name, only.replicas, limits.replicas)] if only and resize else []
    if new and is_saturated(limits, new):
        return [Scaling(one.name, one.replicas, 0) for one in active if one is not new]
    return proportional(limits, active, status_replicas) if limits.rolling else []


def is_saturated(limits: Bounds, new: Size) -> bool:
    """Whether the new ReplicaSet has every pod the Deployment wants, all available."""
    return new.replicas == limits.replicas == new.available == new.desired


def proportional(limits: Bounds, active: Sequence[Size], status_replicas: int = 0) -> list[Scaling]:
    """Each active ReplicaSet's share of a scaling in mid-update; the biggest gets the rounding's leftover."""
    allowed = limits.total if limits.replicas > 0 else 0
    to_add = allowed - _pods(active)
    newest_first = list(reversed(active)) if to_add > 0 else list(active)
    ordered = sorted(newest_first, key=lambda one: -one.replicas)
    sizes: dict[str, int] = {}
    added = 0
    for one in ordered:
        share = proportion(one, limits, to_add, added, status_replicas)
        sizes[one.name] = one.replicas + share
        added += share
    biggest = ordered[0].name
    sizes[biggest] = max(sizes[biggest] + to_add - added, 0)
    return [Scaling(one.name, one.replicas, sizes[one.name]) for one in ordered]


def proportion(one: Size, limits: Bounds, to_add: int, added: int, status_replicas: int = 0) -> int:
    """How many of `to_add` pods this ReplicaSet gets when `added` are given already (GetReplicaSetProportion)."""
    if one.replicas == 0 or to_add == 0 or to_add == added:
        return 0
    share, left = _fraction(one, limits, status_replicas), to_add - added
    return min(share, left) if to_add > 0 else max(share, left)


def _fraction(one: Size, limits: Bounds, status_replicas: int) -> int:
    if limits.replicas == 0:
        return -one.replicas
    before = one.maximum or status_replicas
    if before == 0:
        return 0
    exact = one.replicas * limits.total / before
    # Go rounds halves away from zero.
    return int(exact + 0.5) - one.replicas if exact >= 0 else int(exact - 0.5) - one.replicas

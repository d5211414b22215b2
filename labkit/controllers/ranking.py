"""Which pods of a ReplicaSet go first when it shrinks. All pure.

Source: pkg/controller/controller_utils.go ActivePodsWithRanks, pkg/controller/replicaset/replica_set.go, v1.36.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cmp_to_key
from typing import NamedTuple, TypeVar

from labkit.clock import Clock
from labkit.kinds.pod import Pod

T = TypeVar("T")

COST = "controller.kubernetes.io/pod-deletion-cost"
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}
_INSERTION_LIMIT = 12


class Ranked(NamedTuple):
    """What the order looks at. Ages in seconds; `crowd` = active related pods on the same node."""

    uid: str
    node: str
    phase: str
    ready: bool
    ready_age: float
    age: float
    restarts: int = 0
    sidecar_restarts: int = 0
    cost: int = 0
    crowd: int = 0


def goes_before(a: Ranked, b: Ranked) -> bool:
    """Whether `a` is deleted before `b`: each rule decides if the two differ in it, else the next one does.

    Unassigned, pending, not ready, lower deletion cost, more siblings on the node, ready for less time, more restarts,
    younger; times count by the whole part of log2 of the age in nanoseconds, ties by uid.
    """
    for x, y in _plain_rules(a, b):
        if x != y:
            return bool(x < y)
    if a.ready and b.ready and a.ready_age != b.ready_age:
        return _younger(a, b, a.ready_age, b.ready_age)
    for x, y in ((-a.restarts, -b.restarts), (-a.sidecar_restarts, -b.sidecar_restarts)):
        if x != y:
            return x < y
    return a.age != b.age and _younger(a, b, a.age, b.age)


def _plain_rules(a: Ranked, b: Ranked) -> tuple[tuple[float, float], ...]:
    return (
        (bool(a.node), bool(b.node)),
        (_PHASES.get(a.phase, 0), _PHASES.get(b.phase, 0)),
        (a.ready, b.ready),
        (a.cost, b.cost),
        (-a.crowd, -b.crowd),
    )


def _younger(a: Ranked, b: Ranked, age_a: float, age_b: float) -> bool:
    scale_a, scale_b = _magnitude(age_a), _magnitude(age_b)
    return a.uid < b.uid if scale_a == scale_b else scale_a < scale_b


def _magnitude(age: float) -> int:
    nanoseconds = round(age * 1e9)
    return int(math.log2(nanoseconds)) if nanoseconds > 0 else -1


def in_order(items: Sequence[T], before: Callable[[T, T], bool]) -> list[T]:
    """Sort as Go's sort.Sort does below twelve elements: by insertion, since `before` need not be a strict order."""

    def compared(a: T, b: T) -> int:
        return -1 if before(a, b) else int(before(b, a))

    if len(items) > _INSERTION_LIMIT:
        return sorted(items, key=cmp_to_key(compared))
    ordered = list(items)
    for end in range(1, len(ordered)):
        place = end
        while place > 0 and before(ordered[place], ordered[place - 1]):
            ordered[place], ordered[place - 1] = ordered[place - 1], ordered[place]
            place -= 1
    return ordered


def pods_to_delete(pods: Sequence[Pod], count: int, related: Iterable[Pod], clock: Clock) -> list[Pod]:
    """The `count` pods that go, in order. `related`: the active pods of the owner's other sets and its own."""
    if count >= len(pods):
        return list(pods)
    crowds = Counter(pod.spec.node_name for pod in related if pod.is_active)
    ranks = {pod.metadata.uid: ranked(pod, crowds[pod.spec.node_name], clock) for pod in pods}
    ordered = in_order(pods, lambda a, b: goes_before(ranks[a.metadata.uid], ranks[b.metadata.uid]))
    return ordered[:count]


def ranked(pod: Pod, crowd: int, clock: Clock) -> Ranked:
    """What the order looks at, of one pod."""
    ready = pod.status.condition("Ready")
    since = clock.seconds(ready.last_transition_time) if ready and ready.last_transition_time else clock.now
    made = clock.seconds(pod.metadata.creation_timestamp) if pod.metadata.creation_timestamp else clock.now
    sidecars = {one.name for one in pod.spec.init_containers if one.is_sidecar}
    return Ranked(
        uid=pod.metadata.uid,
        node=pod.spec.node_name,
        phase=pod.status.phase or "Pending",
        ready=pod.is_ready,
        ready_age=clock.now - since,
        age=clock.now - made,
        restarts=max((one.restart_count for one in pod.status.container_statuses), default=0),
        sidecar_restarts=max(
            (one.restart_count for one in pod.status.init_container_statuses if one.name in sidecars), default=0
        ),
        cost=deletion_cost(pod.metadata.annotations.get(COST, "")),
        crowd=crowd,
    )


def deletion_cost(text: str) -> int:
    """The cost an annotation gives; what isn't a 32-bit number (or is written like 007 or +1) counts as 0."""
    try:
        number = int(text)
    except ValueError:
        return 0
    return number if str(number) == text and -(2**31) <= number < 2**31 else 0

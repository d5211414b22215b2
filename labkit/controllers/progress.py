"""A Deployment's status: counts, and the conditions Available, Progressing and ReplicaFailure. All pure.

Source: pkg/controller/deployment/{progress,sync}.go and util/deployment_util.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from labkit.clock import Clock
from labkit.controllers.rolling import Bounds
from labkit.kinds.conditions import condition, put, without

Dict = dict[str, Any]

AVAILABLE = "NewReplicaSetAvailable"
TIMED_OUT = "ProgressDeadlineExceeded"
PAUSED = "DeploymentPaused"
_NO_DEADLINE = 2**31 - 1

_DONE = {
    "complete": ("True", AVAILABLE, "has successfully progressed."),
    "progressing": ("True", "ReplicaSetUpdated", "is progressing."),
    "timed out": ("False", TIMED_OUT, "has timed out progressing."),
}


class Group(NamedTuple):
    """What is counted of one ReplicaSet: wanted pods and those its status reports; `failure` is its ReplicaFailure."""

    replicas: int = 0
    actual: int = 0
    ready: int = 0
    available: int = 0
    terminating: int | None = None
    failure: Dict | None = None


class Facts(NamedTuple):
    """What the status is made from. `new_name` is "" while there is no new ReplicaSet."""

    name: str
    generation: int
    limits: Bounds
    deadline: int
    new_name: str
    new: Group | None
    old: Sequence[Group]


def status_of(facts: Facts, previous: Dict, clock: Clock) -> Dict:
    """The status with its counts and the condition Available (calculateStatus)."""
    groups = [*facts.old, *([facts.new] if facts.new else [])]
    available = sum(one.available for one in groups)
    counts = {
        "replicas": sum(one.actual for one in groups),
        "updatedReplicas": facts.new.actual if facts.new else 0,
        "readyReplicas": sum(one.ready for one in groups),
        "availableReplicas": available,
        "unavailableReplicas": max(sum(one.replicas for one in groups) - available, 0),
    }
    status: Dict = {"observedGeneration": facts.generation} | {name: count for name, count in counts.items() if count}
    if all(one.terminating is not None for one in groups):
        status["terminatingReplicas"] = sum(one.terminating or 0 for one in groups)
    conditions = put(previous.get("conditions", ()), _availability(available >= facts.limits.available, clock))
    collisions = {"collisionCount": previous["collisionCount"]} if "collisionCount" in previous else {}
    return status | {"conditions": conditions} | collisions


def _availability(enough: bool, clock: Clock) -> Dict:
    if enough:
        text = "Deployment has minimum availability."
        return condition("Available", "True", "MinimumReplicasAvailable", text, clock.stamp(), updated=True)
    text = "Deployment does not have minimum availability."
    return condition("Available", "False", "MinimumReplicasUnavailable", text, clock.stamp(), updated=True)


def rollout_status(facts: Facts, previous: Dict, clock: Clock) -> Dict:
    """The status with Progressing and ReplicaFailure too (syncRolloutStatus)."""
    status = status_of(facts, previous, clock)
    conditions = status["conditions"]
    current = _of(previous, "Progressing")
    if not _has_deadline(facts):
        conditions = without(conditions, "Progressing")
    elif not (current and current["reason"] == AVAILABLE and _count(status) == _count(status, "updatedReplicas")):
        conditions = _progressed(facts, status, previous, clock)
    failure = _failure(facts)
    conditions = put(conditions, failure) if failure else without(conditions, "ReplicaFailure")
    return status | {"conditions": conditions}


def _progressed(facts: Facts, status: Dict, previous: Dict, clock: Clock) -> list[Dict]:
    conditions: list[Dict] = status["conditions"]
    current = _of(previous, "Progressing")
    how = _how(facts, status, previous, clock)
    if not how:
        return conditions
    new = progressing(facts, *_DONE[how], clock)
    if how == "progressing" and current:
        # Always written anew, so that the deadline counts from now; the transition time stays while it is True.
        kept = {"lastTransitionTime": current["lastTransitionTime"]} if current["status"] == "True" else {}
        return [*without(conditions, "Progressing"), new | kept]
    return put(conditions, new)


def _how(facts: Facts, status: Dict, previous: Dict, clock: Clock) -> str:
    if is_complete(facts, status):
        return "complete"
    if _has_moved(status, previous):
        return "progressing"
    return "timed out" if is_timed_out(facts, previous, clock) else ""


def progressing(facts: Facts, status: str, reason: str, ending: str, clock: Clock) -> Dict:
    """The condition Progressing, about the new ReplicaSet or, while there is none, the Deployment."""
    about = f'ReplicaSet "{facts.new_name}"' if facts.new_name else f'Deployment "{facts.name}"'
    return condition("Progressing", status, reason, f"{about} {ending}", clock.stamp(), updated=True)


def is_complete(facts: Facts, status: Dict) -> bool:
    """Whether every wanted pod is of the new template and available, and no other is left."""
    wanted = facts.limits.replicas
    counts = ("replicas", "updatedReplicas", "availableReplicas")
    seen = _count(status, "observedGeneration") >= facts.generation
    return seen and all(_count(status, name) == wanted for name in counts)


def _has_moved(new: Dict, old: Dict) -> bool:
    growing = ("updatedReplicas", "readyReplicas", "availableReplicas")
    more = any(_count(new, name) > _count(old, name) for name in growing)
    left = _count(new) - _count(new, "updatedReplicas") < _count(old) - _count(old, "updatedReplicas")
    return more or left


def is_timed_out(facts: Facts, previous: Dict, clock: Clock) -> bool:
    """Whether the progress deadline has passed since Progressing was last written."""
    current = _of(previous, "Progressing")
    if current is None or current["reason"] == AVAILABLE or not _has_deadline(facts):
        return False
    if current["reason"] == TIMED_OUT:
        return True
    return clock.seconds(current["lastUpdateTime"]) + facts.deadline < clock.now


def has_arrived(previous: Dict) -> bool:
    """Whether the rollout came to its end once: from then on its deadline can't pass, whatever becomes of the pods.

    The real controller looks again all the same, with growing pauses, and finds nothing to do.
    """
    current = _of(previous, "Progressing")
    return current is not None and current["reason"] == AVAILABLE


def recheck_after(facts: Facts, status: Dict, previous: Dict, clock: Clock) -> float | None:
    """When nothing changed: seconds until the deadline must be looked at again; None if it needn't be."""
    current = _of(previous, "Progressing")
    if current is None or not _has_deadline(facts):
        return None
    if is_complete(facts, status) or current["reason"] == TIMED_OUT:
        return None
    left = clock.seconds(current["lastUpdateTime"]) + facts.deadline - clock.now
    return 0 if left < 1 else left + 1


def _failure(facts: Facts) -> Dict | None:
    groups = [*([facts.new] if facts.new else []), *facts.old]
    found = next((one.failure for one in groups if one.failure), None)
    if found is None:
        return None
    stamp = found.get("lastTransitionTime")
    times = {"lastUpdateTime": stamp, "lastTransitionTime": stamp}
    return {"type": found["type"], "status": found["status"]} | times | {
        "reason": found["reason"], "message": found["message"],
    }  # fmt: skip


def _has_deadline(facts: Facts) -> bool:
    return facts.deadline != _NO_DEADLINE


def _of(status: Dict, kind: str) -> Dict | None:
    return next((one for one in status.get("conditions") or () if one["type"] == kind), None)


def _count(status: Dict, name: str = "replicas") -> int:
    return int(status.get(name, 0))

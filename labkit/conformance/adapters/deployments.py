"""Adapters of the table deployment: labkit.controllers.rolling and progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from labkit.clock import Clock
from labkit.controllers import progress, revisions, rolling
from labkit.controllers.rolling import Bounds, Scaling, Size
from labkit.kinds.workloads import RollingUpdate, Strategy

Row = dict[str, Any]

_NEVER = 9223372036  # how the table writes the age of a time that isn't set
_NOW = 10_000_000.0
_COUNTS = {
    "replicas": "replicas",
    "updated": "updatedReplicas",
    "ready": "readyReplicas",
    "available": "availableReplicas",
}


def limits(row: Row) -> Bounds:
    """The bounds of the row's Deployment."""
    rolling_update = RollingUpdate(max_surge=row.get("maxSurge", 0), max_unavailable=row.get("maxUnavailable", 0))
    return rolling.bounds(Strategy(row.get("strategy", "RollingUpdate"), rolling_update), row["replicas"])


def new_replicas(row: Row) -> int:
    """NewRSNewReplicas."""
    old = [Size(f"old-{index}", replicas) for index, replicas in enumerate(row["old_rs"])]
    return rolling.new_replicas(limits(row), old, Size("new", row["new_rs"]))


def proportion(row: Row) -> int:
    """GetReplicaSetProportion."""
    one = Size("one", row["rs_replicas"], maximum=revisions.number(row["max_replicas_annotation"]))
    return rolling.proportion(one, limits(row), row["to_add"], row["added"], row["status_replicas"])


def scale(row: Row) -> Row:
    """One scaling event."""
    sizes = _sizes(row)
    return _scaled(sizes, rolling.scale(limits(row), sizes[:-1], sizes[-1], row.get("status_replicas", 0)))


def rollout_step(row: Row) -> Row:
    """One sync of a rolling update."""
    sizes = _sizes(row)
    acted, scalings = rolling.step(limits(row), sizes[:-1], sizes[-1])
    return {"acted": acted} | _scaled(sizes, scalings)


def rollout_trace(row: Row) -> Row:
    """Syncs until nothing changes."""
    old, new = Size("old", row["replicas"], row["replicas"]), Size("new", 0)
    events: list[str] = []
    trace: list[list[int]] = []
    while True:
        acted, scalings = rolling.step(limits(row), [old], new)
        if acted == "none":
            return {"events": events, "old_spec_old_available_new_spec_new_available": trace}
        events += _events(scalings)
        old, new = rolling.sizes_after([old, new], scalings)
        old = old._replace(available=min(old.available, old.replicas))
        new = new._replace(available=new.replicas if row["new_pods_become_available"] else 0)
        trace.append([old.replicas, old.available, new.replicas, new.available])


def _sizes(row: Row) -> list[Size]:
    return [
        Size(
            one["name"],
            one["replicas"],
            one["available"],
            revisions.number(one.get("desired_annotation")),
            revisions.number(one.get("max_annotation")),
        )
        for one in row["replica_sets_oldest_first_last_is_new"]
    ]


def _scaled(sizes: Sequence[Size], scalings: Sequence[Scaling]) -> Row:
    after = rolling.sizes_after(sizes, scalings)
    return {"events": _events(scalings), "sizes": {one.name: one.replicas for one in after}}


def _events(scalings: Sequence[Scaling]) -> list[str]:
    return [f"Normal ScalingReplicaSet {one}" for one in scalings if one.before != one.after]


def rollout_status(row: Row) -> Row:
    """One writing of the status: counts, conditions, and when to look again if nothing changed."""
    clock = Clock()
    clock.advance(_NOW)
    facts, previous = _facts(row), _previous(row, clock)
    status = progress.rollout_status(facts, previous, clock)
    again = progress.recheck_after(facts, status, previous, clock) if _unchanged(status, previous) else None
    return {name: status.get(field, 0) for name, field in _COUNTS.items()} | {
        "unavailable": status.get("unavailableReplicas", 0),
        "conditions": {one["type"]: _shown(one, clock) for one in status["conditions"]},
        "requeue_after_s": again,
    }


def _facts(row: Row) -> progress.Facts:
    failure = row.get("new_rs_failure")
    condition = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": failure}
    new = _group(row["new_rs"])._replace(failure=condition if failure else None)
    return progress.Facts(
        "web", 0, limits(row), row["progressDeadlineSeconds"], row["new_rs"]["name"], new, [_group(row["old_rs"])]
    )


def _group(one: Row) -> progress.Group:
    return progress.Group(one["replicas"], one["replicas"], one["available"], one["available"])


def _previous(row: Row, clock: Clock) -> Row:
    counts = {field: row["previous_status"][name] for name, field in _COUNTS.items()}
    conditions = [
        _condition(name, message, row[key], clock)
        for name, key, message in (
            ("Available", "previous_available", _availability(row["previous_available"])),
            ("Progressing", "previous_progressing", "(previous)"),
        )
        if row[key]
    ]
    return counts | {"conditions": conditions}


def _availability(given: Row | None) -> str:
    return f"Deployment {'has' if given and given['status'] == 'True' else 'does not have'} minimum availability."


def _condition(name: str, message: str, given: Row, clock: Clock) -> Row:
    stamp = clock.stamp(clock.now - given["updated_ago"])
    kept = {"status": given["status"], "reason": given["reason"], "message": message}
    return {"type": name, "lastUpdateTime": stamp, "lastTransitionTime": stamp} | kept


def _unchanged(status: Row, previous: Row) -> bool:
    counted = all(status.get(field, 0) == previous[field] for field in _COUNTS.values())
    return counted and status["conditions"] == previous["conditions"]


def _shown(condition: Row, clock: Clock) -> Row:
    return {name: condition[name] for name in ("status", "reason", "message")} | {
        "transition_ago": _ago(condition["lastTransitionTime"], clock),
        "update_ago": _ago(condition["lastUpdateTime"], clock),
    }


def _ago(stamp: str | None, clock: Clock) -> float:
    return round(clock.now - clock.seconds(stamp)) if stamp else _NEVER


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("deployment", "NewRSNewReplicas"): new_replicas,
    ("deployment", "GetReplicaSetProportion"): proportion,
    ("deployment", "scale"): scale,
    ("deployment", "rollout_step"): rollout_step,
    ("deployment", "rollout_trace"): rollout_trace,
    ("deployment", "syncRolloutStatus"): rollout_status,
}

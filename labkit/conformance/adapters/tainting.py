"""Adapters of taint eviction (table tolerations) and of node_lifecycle: labkit.controllers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from labkit.controllers import nodelifecycle, tolerating
from labkit.kinds.node import Taint
from labkit.kinds.pod import Toleration

Row = dict[str, Any]

_NEGATIVE = -1e-09  # how the table writes "for ever": one nanosecond less than none


def shortest_toleration(row: Row) -> float:
    """Seconds that the tolerations used allow."""
    seconds = tolerating.shortest(msgspec.convert(row["tolerations"], list[Toleration]))
    return _NEGATIVE if seconds == tolerating.FOREVER else seconds


def eviction(row: Row) -> Row:
    """When a pod is deleted from a node whose NoExecute taints change."""
    tolerations = msgspec.convert(row["tolerations"], list[Toleration])
    due: float | None = None
    for change in row["node_taint_changes"]:
        now = change["t"]
        if due is not None and due <= now:
            break
        taints = msgspec.convert(change["noexecute_taints"], list[Taint])
        stay = tolerating.stays_for(taints, tolerations, due is not None)
        if stay == 0:
            return {"deleted_at": now}
        if stay is not None:
            due = None if stay == tolerating.FOREVER else now + stay
    return {"deleted_at": due}


def no_schedule_taints(row: Row) -> Row:
    """The taints of a node after one pass over its conditions."""
    taints = nodelifecycle.no_schedule(row["conditions"], row["unschedulable"], list(map(_taint, row["taints"])))
    return {"taints": sorted(map(_written, taints))}


def _taint(text: str) -> Row:
    named, _, effect = text.rpartition(":")
    key, _, value = named.partition("=")
    return {"key": key, "effect": effect} | ({"value": value} if value else {})


def _written(taint: Row) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint['key']}{value}:{taint['effect']}"


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("tolerations", "getMinTolerationTime"): shortest_toleration,
    ("tolerations", "processPodOnNode"): eviction,
    ("node_lifecycle", "doNoScheduleTaintingPass"): no_schedule_taints,
}

"""Adapters of taint eviction (table tolerations) and of node_lifecycle: labkit.controllers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from labkit import heartbeats
from labkit.controllers import nodelifecycle, tolerating, zones
from labkit.kinds.conditions import condition
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


def zone_state(row: Row) -> Row:
    """The state of a zone, from how many of its nodes are not ready."""
    lost = row["not_ready"]
    ready = [False] * lost + [True] * (row["nodes"] - lost)
    return {"not_ready": lost, "state": zones.state(ready, row["unhealthy_zone_threshold"])}


def eviction_rates(row: Row) -> dict[str, float]:
    """How many nodes a second may be given up, by the state of the zone."""
    return {state: zones.rate(state, row["nodes_in_zone"]) for state in (zones.NORMAL, zones.PARTIAL)}


def node_health(row: Row) -> Row:
    """When a silent node is given up, and what its conditions say then."""
    looks = {"first": row["first_monitor_at"], "every": row["monitor_every_s"]}
    if row["kubelet_ever_posted"]:
        moment = heartbeats.unknown_at(row["last_lease_at"], grace=row["grace_s"], **looks)
    else:
        moment = heartbeats.never_seen_at(0, grace=row["startup_grace_s"], **looks)
    posted = [condition(*told, "") for told in _POSTED] if row["kubelet_ever_posted"] else []
    found = nodelifecycle.unknown(posted, "later")
    told = {one["type"]: [one["status"], one["reason"], one["message"]] for one in found}
    return {"conditions": told, "unknown_at": moment}


_POSTED = [(kind, "False", "", "") for kind in ("MemoryPressure", "DiskPressure", "PIDPressure")]
_POSTED += [("Ready", "True", "KubeletReady", "")]

TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("tolerations", "getMinTolerationTime"): shortest_toleration,
    ("tolerations", "processPodOnNode"): eviction,
    ("node_lifecycle", "doNoScheduleTaintingPass"): no_schedule_taints,
    ("node_lifecycle", "ComputeZoneState"): zone_state,
    ("node_lifecycle", "eviction_rate_per_second"): eviction_rates,
    ("node_lifecycle", "tryUpdateNodeHealth"): node_health,
}

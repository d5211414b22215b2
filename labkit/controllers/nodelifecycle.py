"""Keeps a node's built-in taints in step with its conditions and with cordoning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labkit.cluster import Cluster
from labkit.controllers.watching import alive
from labkit.kinds.registry import Key

Dict = dict[str, Any]

PREFIX = "node.kubernetes.io/"
UNSCHEDULABLE = f"{PREFIX}unschedulable"
NOT_READY = f"{PREFIX}not-ready"
UNREACHABLE = f"{PREFIX}unreachable"

_BY_CONDITION = {
    ("Ready", "False"): NOT_READY,
    ("Ready", "Unknown"): UNREACHABLE,
    ("MemoryPressure", "True"): f"{PREFIX}memory-pressure",
    ("DiskPressure", "True"): f"{PREFIX}disk-pressure",
    ("PIDPressure", "True"): f"{PREFIX}pid-pressure",
    ("NetworkUnavailable", "True"): f"{PREFIX}network-unavailable",
}
_OURS = {*_BY_CONDITION.values(), UNSCHEDULABLE}
_OLD_NAMES = {"kubernetes.io/os": "beta.kubernetes.io/os", "kubernetes.io/arch": "beta.kubernetes.io/arch"}


def no_schedule(conditions: Mapping[str, str], unschedulable: bool, taints: Sequence[Dict]) -> list[Dict]:
    """The taints with the NoSchedule ones that conditions (type -> status) and cordoning ask for, and no others."""
    wanted = [key for told, key in _BY_CONDITION.items() if conditions.get(told[0]) == told[1]]
    wanted += [UNSCHEDULABLE] if unschedulable else []
    kept = [one for one in taints if one["effect"] != "NoSchedule" or one["key"] not in _OURS or one["key"] in wanted]
    held = {one["key"] for one in kept if one["effect"] == "NoSchedule"}
    return [*kept, *({"key": key, "effect": "NoSchedule"} for key in wanted if key not in held)]


def no_execute(ready: str, taints: Sequence[Dict], stamp: str) -> list[Dict]:
    """The taints with the NoExecute one that the Ready condition asks for: not-ready, unreachable or neither."""
    wanted = {"False": NOT_READY, "Unknown": UNREACHABLE}.get(ready)
    ours = {NOT_READY, UNREACHABLE} - {wanted}
    kept = [one for one in taints if one["effect"] != "NoExecute" or one["key"] not in ours]
    if wanted is None or any(one["key"] == wanted and one["effect"] == "NoExecute" for one in kept):
        return kept
    return [*kept, {"key": wanted, "effect": "NoExecute", "timeAdded": stamp}]


def old_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels under their old names, as far as they are missing or differ; manifests still select by them."""
    return {old: labels[new] for new, old in _OLD_NAMES.items() if new in labels and labels.get(old) != labels[new]}


class NodeLifecycleController:
    """Taints nodes by what they report, and labels them.

    Does: labels with the old names of os and arch; NoSchedule taints for spec.unschedulable and for conditions that are not as they should be; NoExecute taints
    not-ready and unreachable by the Ready condition, which the taint eviction controller then acts on.
    Reads: Node. Writes: labels, spec.taints.
    Runs again: when a node changes.
    Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go, v1.36.
    Left out: leases and the turn to Unknown, zones' eviction rates (heartbeats are not simulated yet).
    """

    name = "node-lifecycle-controller"
    kind = "Node"

    def __init__(self) -> None:
        self.watches = {"Node": alive}

    def reconcile(self, cluster: Cluster, key: Key) -> None:
        """One sync."""
        node = cluster.get(key)
        if node is None:
            return
        conditions = {one["type"]: one["status"] for one in (node.get("status") or {}).get("conditions") or ()}
        spec = node.get("spec") or {}
        taints = no_schedule(conditions, bool(spec.get("unschedulable")), spec.get("taints") or [])
        taints = no_execute(conditions.get("Ready", ""), taints, cluster.clock.stamp())
        change: Dict = {"spec": {"taints": taints or None}} if taints != (spec.get("taints") or []) else {}
        if labels := old_labels(node["metadata"].get("labels") or {}):
            change["metadata"] = {"labels": labels}
        if change:
            cluster.patch(key, change)

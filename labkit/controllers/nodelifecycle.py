"""Nodes that fall silent, and the built-in taints that keep pods off nodes in trouble or drive them away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.controllers import zones
from labkit.heartbeats import last_renewal, next_look, silence, unknown_at
from labkit.history import Entry
from labkit.kinds.conditions import condition, find_condition, in_place
from labkit.kinds.registry import Key, key_of

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
_NO_EXECUTE = {"False": NOT_READY, "Unknown": UNREACHABLE}
_OURS = {*_BY_CONDITION.values(), UNSCHEDULABLE}

STOPPED = ("NodeStatusUnknown", "Kubelet stopped posting node status.")
NEVER = ("NodeStatusNeverUpdated", "Kubelet never posted node status.")
SOURCE = "node-controller"
_NOTED = {
    "register": ("RegisteredNode", "Registered Node {} in Controller"),
    "remove": ("RemovingNode", "Removing Node {} from Controller"),
}
PASS = 0.1
"""Seconds until the nodes that a look has given up are tainted."""

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
    wanted = _NO_EXECUTE.get(ready)
    ours = {NOT_READY, UNREACHABLE} - {wanted}
    kept = [one for one in taints if one["effect"] != "NoExecute" or one["key"] not in ours]
    if wanted is None or any(one["key"] == wanted and one["effect"] == "NoExecute" for one in kept):
        return kept
    return [*kept, {"key": wanted, "effect": "NoExecute", "timeAdded": stamp}]


def old_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels under their old names, as far as they are missing or differ; manifests still select by them."""
    return {old: labels[new] for new, old in _OLD_NAMES.items() if new in labels and labels.get(old) != labels[new]}


def unknown(conditions: Sequence[Dict], stamp: str) -> list[Dict]:
    """The conditions of a node whose kubelet has fallen silent; those it never posted are NodeStatusNeverUpdated."""
    found = list(conditions)
    for kind in ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure"):
        old = next((one for one in found if one["type"] == kind), None)
        if old is None:
            found = [*found, condition(kind, "Unknown", *NEVER, stamp)]
        elif old["status"] != "Unknown":
            found = in_place(found, {**old, **condition(kind, "Unknown", *STOPPED, stamp)})
    return found


class Duty(NamedTuple):
    """What there is to do beside a node's taints: `register` or `remove` it, `look` at all, `empty` those given up."""

    name: str
    node: Key | None = None


LOOK, EMPTY = Duty("look"), Duty("empty")


def noticed(cluster: Cluster, entry: Entry) -> list[Key | Duty]:
    """The node that changed; all nodes where one came, went, fell silent or changed its readiness."""
    found: list[Key | Duty] = [entry.key] if entry.new is not None else []
    if entry.old is None:
        found.append(Duty("register", entry.key))
    if entry.new is None:
        found.append(Duty("remove", entry.key))
    signs = [one and (_ready(one), silence(one, cluster.clock)) for one in (entry.old, entry.new)]
    return [*found, LOOK] if signs[0] != signs[1] else found


class NodeLifecycleController:
    """Gives up nodes whose kubelets are silent, taints nodes by what they report, and labels them.

    Does: turns the conditions of a silent node Unknown, and its pods not ready, once its last sign of life is 50 s old;
    NoSchedule taints for spec.unschedulable and for conditions that are not as they should be; NoExecute taints
    not-ready and unreachable by the Ready condition, as fast as the state of the zone allows, which the taint eviction
    controller then acts on; none while every zone is gone; labels with the old names of os and arch.
    Reads: Node, its pods. Writes: labels, spec.taints, status of Node and Pod; events.
    Runs again: when a node changes, and every 5 s when a look at all nodes would find something.
    Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go, v1.36.
    Left out: the new grace that silent nodes get when an outage of all zones ends.
    """

    name = "node-lifecycle-controller"
    kind = "Node"

    def __init__(self) -> None:
        self.watches = {"Node": noticed}

    def reconcile(self, cluster: Cluster, key: Key | Duty) -> float | None:
        """A node that changed, or a duty that falls due."""
        if isinstance(key, Key):
            keep_in_step(cluster, key)
        elif key == EMPTY:
            return self._empty(cluster)
        elif key == LOOK:
            return self._look(cluster)
        elif key.node is not None:
            reason, words = _NOTED[key.name]
            text = f"Node {key.node.name} event: {words.format(key.node.name)}"
            cluster.record(key.node, "Normal", reason, text, SOURCE)
        return None

    def _look(self, cluster: Cluster) -> float | None:
        """The monitor looks every 5 s; here only when it may see something new."""
        clock = cluster.clock
        if wait := next_look(clock.now) - clock.now:
            return wait
        dues = []
        for node in cluster.list("Node"):
            if silence(node, clock) is not None and _ready(node) != "Unknown":
                due = unknown_at(last_renewal(node, clock))
                if due > clock.now:
                    dues.append(due)
                else:
                    give_up(cluster, key_of(node))
        _let_be(cluster)
        clock.wake((self.name, EMPTY), PASS)
        return min(dues) - clock.now if dues else None

    def _empty(self, cluster: Cluster) -> float | None:
        """Taint the nodes that are given up, each zone at its own pace; seconds until the next may be."""
        waits = []
        for nodes in _by_zone(cluster).values():
            queue = [node for node in nodes if _lacks_taint(node)]
            pace = zones.rate(_zone_state(nodes), len(nodes))
            if queue and pace and not _all_gone(cluster):
                free = _last_tainted(cluster, nodes) + 1 / pace
                if free <= cluster.clock.now:
                    _retaint(cluster, queue.pop(0))
                    free = cluster.clock.now + 1 / pace
                waits += [free - cluster.clock.now] if queue else []
        return min(waits, default=None)


def keep_in_step(cluster: Cluster, key: Key) -> None:
    """Bring a node's NoSchedule taints and old labels in step with what it reports."""
    node = cluster.get(key)
    if node is None:
        return
    conditions = {one["type"]: one["status"] for one in (node.get("status") or {}).get("conditions") or ()}
    taints = no_schedule(conditions, bool((node.get("spec") or {}).get("unschedulable")), _taints(node))
    change: Dict = {"spec": {"taints": taints or None}} if taints != _taints(node) else {}
    if labels := old_labels(node["metadata"].get("labels") or {}):
        change["metadata"] = {"labels": labels}
    if change:
        cluster.patch(key, change)


def give_up(cluster: Cluster, key: Key) -> None:
    """Turn a node's conditions Unknown and its pods not ready."""
    status, stamp = cluster.require(key).get("status") or {}, cluster.clock.stamp()
    was_ready = cluster.read(key).is_ready
    cluster.set_status(key, {**status, "conditions": unknown(status.get("conditions") or [], stamp)})
    if was_ready:
        cluster.record(key, "Normal", "NodeNotReady", f"Node {key.name} status is now: NodeNotReady", SOURCE)
        for pod in [one for one in cluster.into(key, "runs-on") if one.kind == "Pod"]:
            _mark_not_ready(cluster, pod)


def _mark_not_ready(cluster: Cluster, pod: Key) -> None:
    status = cluster.require(pod).get("status") or {}
    held = next((one for one in status.get("conditions") or () if one["type"] == "Ready"), None)
    if held is not None and held["status"] != "False":
        new = {**held, "status": "False", "lastTransitionTime": cluster.clock.stamp()}
        cluster.set_status(pod, {**status, "conditions": in_place(status["conditions"], new)})
        cluster.record(pod, "Warning", "NodeNotReady", "Node is not ready", SOURCE)


def _let_be(cluster: Cluster) -> None:
    """Take the NoExecute taints off nodes that are ready again, and off all nodes while every zone is gone."""
    spared = _all_gone(cluster)
    for node in cluster.list("Node"):
        if spared or _ready(node) not in _NO_EXECUTE:
            _retaint(cluster, node, "True")


def _retaint(cluster: Cluster, node: Dict, ready: str | None = None) -> None:
    taints = no_execute(ready or _ready(node), _taints(node), cluster.clock.stamp())
    if taints != _taints(node):
        cluster.patch(key_of(node), {"spec": {"taints": taints or None}})


def _lacks_taint(node: Dict) -> bool:
    wanted = _NO_EXECUTE.get(_ready(node))
    return wanted is not None and not any(_evicts(one) and one["key"] == wanted for one in _taints(node))


def _last_tainted(cluster: Cluster, nodes: Sequence[Dict]) -> float:
    """When the last node of a zone was given up: its taints say so."""
    stamps = [one["timeAdded"] for node in nodes for one in _taints(node) if _evicts(one) and one.get("timeAdded")]
    return max(map(cluster.clock.seconds, stamps), default=-inf)


def _evicts(taint: Dict) -> bool:
    return taint["effect"] == "NoExecute" and taint["key"] in _NO_EXECUTE.values()


def _by_zone(cluster: Cluster) -> dict[tuple[str, str], list[Dict]]:
    found: dict[tuple[str, str], list[Dict]] = {}
    for node in cluster.list("Node"):
        found.setdefault(zones.zone_of(node), []).append(node)
    return found


def _zone_state(nodes: Sequence[Dict]) -> str:
    return zones.state([_ready(node) == "True" for node in nodes])


def _all_gone(cluster: Cluster) -> bool:
    return all(_zone_state(nodes) == zones.FULL for nodes in _by_zone(cluster).values())


def _ready(node: Dict) -> str:
    held = find_condition(node, "Ready")
    return held["status"] if held else ""


def _taints(node: Dict) -> list[Dict]:
    return (node.get("spec") or {}).get("taints") or []

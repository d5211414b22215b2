"""Heartbeats of nodes, worked out instead of written: a kubelet renews its Lease every 10 s, and no history holds that.

A node whose kubelet is silent says so by an annotation with the moment of silence; everything else follows from it.
All pure. Source: pkg/kubelet/nodelease, pkg/kubelet/kubelet.go, component-helpers apimachinery/lease/controller.go, and
pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth, v1.36.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from labkit.clock import Clock

Object = dict[str, Any]

FAILED = "labkit.dev/failed"
"""Annotation: since when the machine is off; what ran on it is lost."""
CUT = "labkit.dev/cut"
"""Annotation: since when the machine has no network; what runs on it runs on."""

LEASE_SECONDS = 40
RENEWAL = 10.0
STATUS = 300.0
"""How often a kubelet renews its Lease, and how often it posts a status in which nothing has changed."""

MONITOR = 5.0
"""How often the node lifecycle controller looks at every node."""
GRACE = 50.0
STARTUP_GRACE = 60.0
"""How long it waits after the last sign of life that it has seen; or after the creation of a node that gave none."""


class Silence(NamedTuple):
    """Since when a kubelet is silent, in seconds since the lab's start, and whether its machine is off."""

    since: float
    machine_off: bool


def silence(node: Object, clock: Clock) -> Silence | None:
    """Since when the kubelet of a node is silent, None if it isn't."""
    notes = node["metadata"].get("annotations") or {}
    return next((Silence(clock.seconds(notes[name]), name == FAILED) for name in (FAILED, CUT) if name in notes), None)


def last_renewal(node: Object, clock: Clock, every: float = RENEWAL) -> float:
    """When the kubelet gave its last sign of life of those that it gives every so many seconds."""
    began = clock.seconds(node["metadata"]["creationTimestamp"])
    silent = silence(node, clock)
    until = clock.now if silent is None else silent.since
    return began + max(until - began, 0.0) // every * every


def next_look(after: float, first: float = 0.0, every: float = MONITOR) -> float:
    """When the monitor, which looks every so many seconds from `first` on, looks next: at `after` or later."""
    return first + math.ceil((after - first) / every) * every


def unknown_at(last: float, first: float = 0.0, every: float = MONITOR, grace: float = GRACE) -> float:
    """When the monitor gives up a node whose last sign of life came at `last`.

    The grace counts from the look at which the sign was seen, and must be over, not just up.
    """
    return _later(next_look(last, first, every) + grace, first, every)


def never_seen_at(created: float, first: float = 0.0, every: float = MONITOR, grace: float = STARTUP_GRACE) -> float:
    """When the monitor gives up a node that has never given a sign of life."""
    return _later(created + grace, first, every)


def _later(moment: float, first: float, every: float) -> float:
    look = next_look(moment, first, every)
    return look if look > moment else look + every


def new_lease(node: Object, stamp: str) -> Object:
    """The Lease that a kubelet takes for its node."""
    meta = node["metadata"]
    owner = {"apiVersion": "v1", "kind": "Node", "name": meta["name"], "uid": meta["uid"]}
    spec = {"holderIdentity": meta["name"], "leaseDurationSeconds": LEASE_SECONDS, "renewTime": precise(stamp)}
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": meta["name"], "namespace": "kube-node-lease", "ownerReferences": [owner]},
        "spec": spec,
    }


def precise(stamp: str) -> str:
    """A moment as Leases write it, with microseconds."""
    return stamp.replace("Z", ".000000Z")


def shown(obj: Object, node: Object | None, clock: Clock) -> Object:
    """A Node or Lease as it would be read now: with the heartbeats that aren't written. `node` is the Lease's node."""
    if obj["kind"] == "Lease" and node is not None and obj["metadata"].get("namespace") == "kube-node-lease":
        renewed = precise(clock.stamp(last_renewal(node, clock)))
        return {**obj, "spec": {**(obj.get("spec") or {}), "renewTime": renewed}}
    if obj["kind"] == "Node" and (obj.get("status") or {}).get("conditions"):
        beat = clock.stamp(last_renewal(obj, clock, STATUS))
        conditions = [_beaten(one, beat) for one in obj["status"]["conditions"]]
        return {**obj, "status": {**obj["status"], "conditions": conditions}}
    return obj


def _beaten(condition: Object, beat: str) -> Object:
    held = condition.get("lastHeartbeatTime")
    return {**condition, "lastHeartbeatTime": max(held, beat)} if held else condition

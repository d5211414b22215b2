"""Evicts pods from nodes with a NoExecute taint that they don't tolerate, or no longer."""

from __future__ import annotations

from typing import NamedTuple

from labkit.cluster import Cluster
from labkit.controllers.tolerating import FOREVER, stays_for
from labkit.controllers.watching import pods_on
from labkit.history import Entry
from labkit.kinds.conditions import condition, in_place
from labkit.kinds.node import Taint
from labkit.kinds.registry import Key


class Eviction(NamedTuple):
    """A timer: the pod of that uid is to go."""

    pod: Key
    uid: str


def tainted(cluster: Cluster, entry: Entry) -> list[Key]:
    """The pods on a node whose taints changed."""
    before, after = ((obj or {}).get("spec", {}).get("taints") or [] for obj in (entry.old, entry.new))
    return list(pods_on(cluster, entry)) if before != after else []


def placed(cluster: Cluster, entry: Entry) -> list[Key]:
    """A pod that was bound, or whose tolerations changed."""
    if entry.new is None:
        return []
    before, after = ((obj or {}).get("spec") or {} for obj in (entry.old, entry.new))
    same = all(before.get(field) == after.get(field) for field in ("nodeName", "tolerations"))
    return [] if same or not after.get("nodeName") else [entry.key]


class TaintEvictionController:
    """Deletes pods that a NoExecute taint drives off their node.

    Does: at once where a taint isn't tolerated, else after the shortest tolerationSeconds of the tolerations used; for
    each taint the first matching toleration of the list counts. Once the time runs it runs on; it is called off when
    the pod tolerates everything that is left for ever.
    Reads: Node, its pods. Writes: condition DisruptionTarget, deletion; event TaintManagerEviction.
    Runs again: when a node's taints, a pod's node or its tolerations change, and when a pod's time is up.
    Source: pkg/controller/tainteviction/taint_eviction.go, v1.36.
    """

    name = "taint-eviction-controller"
    kind = "Pod"

    def __init__(self) -> None:
        self.watches = {"Node": tainted, "Pod": placed}

    def reconcile(self, cluster: Cluster, key: Key | Eviction) -> None:
        """A pod to look at, or one whose time is up."""
        if isinstance(key, Eviction):
            pod = cluster.get(key.pod)
            if pod is not None and pod["metadata"]["uid"] == key.uid:
                self._evict(cluster, key.pod)
        elif cluster.get(key) is not None:
            self._weigh(cluster, key)

    def _weigh(self, cluster: Cluster, key: Key) -> None:
        pod = cluster.read(key)
        call = (self.name, Eviction(key, pod.metadata.uid))
        waiting = cluster.clock.has(call)
        stay = stays_for(no_execute(cluster, pod.spec.node_name), pod.spec.tolerations, waiting)
        if stay == 0:
            cluster.clock.cancel(call)
            self._evict(cluster, key)
        elif stay == FOREVER and waiting:
            cluster.clock.cancel(call)
            self._tell(cluster, key, f"Cancelling deletion of Pod {key.namespace}/{key.name}")
        elif stay is not None and stay != FOREVER:
            cluster.clock.wake(call, float(stay))

    def _evict(self, cluster: Cluster, key: Key) -> None:
        pod = cluster.require(key)
        if "deletionTimestamp" in pod["metadata"]:
            return
        self._tell(cluster, key, f"Marking for deletion Pod {key.namespace}/{key.name}")
        why = "Taint manager: deleting due to NoExecute taint"
        target = condition("DisruptionTarget", "True", "DeletionByTaintManager", why, cluster.clock.stamp())
        status = pod.get("status") or {}
        cluster.set_status(key, {**status, "conditions": in_place(status.get("conditions") or (), target)})
        cluster.delete(key)

    def _tell(self, cluster: Cluster, key: Key, message: str) -> None:
        cluster.record(key, "Normal", "TaintManagerEviction", message, self.name)


def no_execute(cluster: Cluster, node: str) -> list[Taint]:
    """The NoExecute taints of a node."""
    found = cluster.read(Key("Node", "", node))
    return [taint for taint in found.spec.taints if taint.effect == "NoExecute"] if found else []

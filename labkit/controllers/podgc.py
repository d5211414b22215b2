"""Pods whose node is gone: collected after a while."""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.controllers.watching import pods_on
from labkit.history import Entry
from labkit.kinds.conditions import condition, in_place
from labkit.kinds.registry import Key

PERIOD = 20.0
QUARANTINE = 40.0


def stranded(cluster: Cluster, entry: Entry) -> list[Key]:
    """The pods on a node that is gone."""
    return list(pods_on(cluster, entry)) if entry.new is None else []


def leaving_unbound(cluster: Cluster, entry: Entry) -> list[Key]:
    """A pod that is being deleted or was made for a node that isn't there."""
    node = ((entry.new or {}).get("spec") or {}).get("nodeName")
    return [entry.key] if node and cluster.get(Key("Node", "", node)) is None else []


class PodGarbageCollector:
    """Fails and deletes pods whose node no longer exists.

    Does: looks every 20 s, waits 40 s in case the node comes back, then ends the pod at once.
    Reads: Pod, Node. Writes: the pod's phase Failed, condition DisruptionTarget, its deletion.
    Runs again: when a node goes, when such a pod changes, and when its quarantine is over.
    Source: pkg/controller/podgc/gc_controller.go, v1.36.
    Left out: the threshold of 12,500 ended pods; pods of nodes with the out-of-service taint.
    """

    name = "pod-garbage-collector-controller"
    kind = "Pod"

    def __init__(self) -> None:
        self.watches = {"Node": stranded, "Pod": leaving_unbound}

    def reconcile(self, cluster: Cluster, key: Key | tuple[str, Key, str]) -> None:
        """A pod without a node, or the end of its quarantine."""
        if isinstance(key, Key):
            pod = cluster.get(key)
            call = (self.name, ("quarantine", key, pod["metadata"]["uid"] if pod else ""))
            if pod is not None and not cluster.clock.has(call):
                cluster.clock.wake(call, PERIOD - cluster.clock.now % PERIOD + QUARANTINE)
            return
        _, target, uid = key
        pod = cluster.get(target)
        if pod is None or pod["metadata"]["uid"] != uid:
            return
        if cluster.get(Key("Node", "", pod["spec"].get("nodeName", ""))) is None:
            _collect(cluster, target)


def _collect(cluster: Cluster, key: Key) -> None:
    why = ("DeletionByPodGC", "PodGC: node no longer exists")
    target = condition("DisruptionTarget", "True", *why, cluster.clock.stamp())
    status = cluster.require(key).get("status") or {}
    conditions = in_place(status.get("conditions") or (), target)
    ended = status.get("phase") in ("Succeeded", "Failed")
    cluster.set_status(key, {**status, "phase": status["phase"] if ended else "Failed", "conditions": conditions})
    cluster.delete(key, grace=0)

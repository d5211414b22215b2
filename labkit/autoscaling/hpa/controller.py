"""HorizontalPodAutoscalers: each looks at its metrics every 15 s and sets the size of its workload."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labkit.autoscaling.hpa import spec, sync
from labkit.autoscaling.hpa.memory import SOURCE, State, autoscalers
from labkit.autoscaling.hpa.sources import LabMetrics, Sources
from labkit.cluster import Cluster
from labkit.history import Entry
from labkit.kinds.registry import Key
from labkit.kubelet import behaviour

Dict = dict[str, Any]

PERIOD = 15.0
"""--horizontal-pod-autoscaler-sync-period; the first sync comes so long after the autoscaler too."""


class HorizontalPodAutoscalers:
    """Sets the size of workloads by their metrics.

    Does: every 15 s, what each metric proposes; the largest counts; normalised by stabilisation, policies and bounds.
    Reads: HorizontalPodAutoscaler, the workload's scale, Pod, metrics. Writes: the workload's spec.replicas, status,
    events. Runs again: 15 s after its last run. What it remembers stands beside the graph: see `memory`.
    Source and version: pkg/controller/podautoscaler/horizontal.go, v1.36, gates at their defaults.
    Left out: HPAScaleToZero (off by default).
    """

    name = SOURCE
    kind = "HorizontalPodAutoscaler"

    def __init__(self, sources: Sources | None = None) -> None:
        self.sources: Sources = sources or LabMetrics()
        self.watches = {
            "HorizontalPodAutoscaler": came, "Pod": changed_pod, "Node": changed_node, "ConfigMap": redeclared,
        }  # fmt: skip

    def reconcile(self, cluster: Cluster, key: Key) -> float | None:
        """One sync, if it is time for one."""
        held = autoscalers(cluster)
        obj, now = cluster.get(key), cluster.clock.now
        if obj is None:
            held.states.pop(key, None)
            held.forget_all()
            return None
        state = held.states.setdefault(key, State())
        if state.next < 0:
            state.next = now + PERIOD
        if now < state.next:
            return state.next - now
        state.next = now + PERIOD
        self.sync(cluster, key, obj, state)
        return PERIOD

    def sync(self, cluster: Cluster, key: Key, obj: Dict, state: State) -> None:
        """Look at the metrics, rescale, and write the status."""
        if state.spec is None or state.spec[0] is not obj["spec"]:
            state.spec = (obj["spec"], spec.read(obj["spec"]))
            state.forget_pods()
        sync.run(cluster, key, obj, state, self.sources)


# Whom a write concerns


def came(cluster: Cluster, entry: Entry) -> Iterable[Key]:
    """An autoscaler that is new, or gone; its own timer does the rest."""
    return (entry.key,) if entry.old is None or entry.new is None else ()


def changed_pod(cluster: Cluster, entry: Entry) -> Iterable[Key]:
    """Nobody; the autoscalers of the pod look at their pods anew when their time comes."""
    if SOURCE in cluster.beside:
        labels = [(obj or {"metadata": {}})["metadata"].get("labels") or {} for obj in (entry.old, entry.new)]
        is_other = entry.old is None or labels[0] != labels[1]
        autoscalers(cluster).forget_pod(entry.key, labels[1] if is_other else None)
    return ()


def changed_node(cluster: Cluster, entry: Entry) -> Iterable[Key]:
    """Nobody; a node that fell silent or came back has its pods looked at anew."""
    old, new = entry.old, entry.new
    if (
        SOURCE in cluster.beside
        and old is not None
        and (new is None or old["metadata"].get("annotations") != new["metadata"].get("annotations"))
    ):
        autoscalers(cluster).forget_all()
    return ()


def redeclared(cluster: Cluster, entry: Entry) -> Iterable[Key]:
    """Nobody; where it is declared anew what containers use, pods are looked at anew."""
    if entry.key == behaviour.TABLE and SOURCE in cluster.beside:
        autoscalers(cluster).forget_all()
    return ()

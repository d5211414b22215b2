"""HorizontalPodAutoscalers: each looks at its metrics every 15 s and sets the size of its workload."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from labkit.autoscaling.hpa import spec, sync
from labkit.autoscaling.hpa.memory import SOURCE, Autoscalers, State, autoscalers
from labkit.autoscaling.hpa.sources import LabMetrics, Sources
from labkit.cluster import Cluster
from labkit.history import Entry
from labkit.kinds.registry import Key
from labkit.kubelet import behaviour

Dict = dict[str, Any]

PERIOD = 15.0
"""--horizontal-pod-autoscaler-sync-period; the first sync comes so long after the autoscaler too."""


class Due(NamedTuple):
    """The syncs that fall due so many seconds after each multiple of the period."""

    offset: float


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

    def reconcile(self, cluster: Cluster, due: Due) -> float | None:
        """The syncs of all autoscalers that came at such a moment."""
        held, now = autoscalers(cluster), cluster.clock.now
        self._register(cluster, held, due)
        coming = []
        for key, state in list(held.states.items()):
            if state.due == due:
                if state.next <= now:
                    state.next = now + PERIOD
                    self.sync(cluster, key, cluster.require(key), state)
                coming.append(state.next - now)
        return min(coming, default=None)

    def _register(self, cluster: Cluster, held: Autoscalers, due: Due) -> None:
        """Note the autoscalers that have come, forget those that are gone."""
        keys = cluster.keys(self.kind)
        if gone := held.states.keys() - set(keys):
            for key in gone:
                del held.states[key]
            held.forget_all()
        for key in keys:
            state = held.states.setdefault(key, State()) if key not in held.states else held.states[key]
            if state.due is None:
                state.due, state.next = due, cluster.clock.now + PERIOD

    def sync(self, cluster: Cluster, key: Key, obj: Dict, state: State) -> None:
        """Look at the metrics, rescale, and write the status."""
        if state.spec is None or state.spec[0] is not obj["spec"]:
            state.spec = (obj["spec"], spec.read(obj["spec"]))
            state.forget_pods()
        sync.run(cluster, key, obj, state, self.sources)


# Whom a write concerns


def came(cluster: Cluster, entry: Entry) -> Iterable[Due]:
    """The moment at which an autoscaler came or went; what becomes of its spec is seen at its next sync."""
    return (Due(round(cluster.clock.now % PERIOD, 6)),) if entry.old is None or entry.new is None else ()


def changed_pod(cluster: Cluster, entry: Entry) -> Iterable[Due]:
    """Nobody; the autoscalers of the pod look at their pods anew when their time comes."""
    if SOURCE in cluster.beside:
        labels = [(obj or {"metadata": {}})["metadata"].get("labels") or {} for obj in (entry.old, entry.new)]
        is_other = entry.old is None or labels[0] != labels[1]
        held = autoscalers(cluster)
        held.forget_pod(entry.key, labels[1] if is_other else None)
        if entry.new is None:
            held.counting.pop(entry.key, None)
    return ()


def changed_node(cluster: Cluster, entry: Entry) -> Iterable[Due]:
    """Nobody; a node that fell silent or came back has its pods looked at anew."""
    old, new = entry.old, entry.new
    if (
        SOURCE in cluster.beside
        and old is not None
        and (new is None or old["metadata"].get("annotations") != new["metadata"].get("annotations"))
    ):
        autoscalers(cluster).forget_all()
    return ()


def redeclared(cluster: Cluster, entry: Entry) -> Iterable[Due]:
    """Nobody; where it is declared anew what containers use, pods are looked at anew."""
    if entry.key == behaviour.TABLE and SOURCE in cluster.beside:
        autoscalers(cluster).forget_all()
    return ()

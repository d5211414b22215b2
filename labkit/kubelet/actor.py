"""The kubelets of all nodes, as one actor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.heartbeats import silence
from labkit.history import Entry
from labkit.kinds.registry import Key
from labkit.kubelet import behaviour
from labkit.kubelet.nodes import register
from labkit.kubelet.outage import Returned, come_back, hold_lease, report, turned
from labkit.kubelet.pressure import Strain, look
from labkit.kubelet.resuming import redeclared, resumed
from labkit.kubelet.shortages import strains
from labkit.kubelet.stages import STAGES, stopping
from labkit.kubelet.timing import Timing
from labkit.kubelet.visit import SOURCE, Next, PodStage, Visit


class Starting(NamedTuple):
    """A kubelet that has registered its node and is not ready yet."""

    node: Key


class Redeclared(NamedTuple):
    """A pod of which it was declared anew what its containers do."""

    pod: Key


def declared(cluster: Cluster, entry: Entry) -> list[Redeclared]:
    """The pods that the newest entry of the table is about."""
    if entry.key != behaviour.TABLE or not (entries := behaviour.table(cluster)):
        return []
    return [Redeclared(key) for key in cluster.keys("Pod") if entries[-1].concerns(cluster.read(key))]


def annotated(cluster: Cluster, entry: Entry) -> list[Redeclared]:
    """A pod whose annotations of labkit's changed."""
    if entry.old is None or entry.new is None:
        return []
    notes = [obj["metadata"].get("annotations") or {} for obj in (entry.old, entry.new)]
    before, after = ({name: text for name, text in one.items() if name.startswith(behaviour.PREFIX)} for one in notes)
    return [Redeclared(entry.key)] if before != after else []


def stirred(cluster: Cluster, entry: Entry) -> list[Key | Redeclared]:
    """What a change of a pod asks of the kubelet."""
    return [*taken_up(cluster, entry), *annotated(cluster, entry)]


def taken_up(cluster: Cluster, entry: Entry) -> list[Key]:
    """A pod that is new on its node, or that is being deleted there, or sooner than before."""
    old, new = entry.old, entry.new
    if new is None or not (new.get("spec") or {}).get("nodeName"):
        return []
    if old is None or not (old.get("spec") or {}).get("nodeName"):
        return [entry.key]
    marks = ("deletionTimestamp", "deletionGracePeriodSeconds")
    return [entry.key] if any(old["metadata"].get(mark) != new["metadata"].get(mark) for mark in marks) else []


def new_node(cluster: Cluster, entry: Entry) -> list[Key]:
    """A node that has just come."""
    return [entry.key] if entry.old is None else []


class Kubelet:
    """Brings bound pods to life and ends those that are deleted, stage by stage.

    Does: see the table in `stages`; fills in a new node's status and takes its Lease. Where the kubelet is silent
    nothing happens until it is back: see `outage`.
    Reads: Pod, Node, ConfigMap, Secret. Writes: status of Pod and Node, Lease, the final deletion of a Pod, events.
    Runs again: when a pod is bound or deleted, a node comes, fails or returns, or a stage falls due. What is to come
    waits in the clock as `PodStage` values; when one falls due it counts only for a pod of the same uid.
    Source and version: see `stages`. Left out: see there.
    """

    name = SOURCE
    kind = "Pod"

    def __init__(self, timing: Timing | None = None) -> None:
        self.timing = timing or Timing()
        self.watches: dict[str, Callable[[Cluster, Entry], Iterable[Any]]] = {
            "Pod": stirred,
            "Node": turned,
            "ConfigMap": declared,
        }

    def reconcile(
        self, cluster: Cluster, key: Key | PodStage | Starting | Returned | Redeclared | Strain
    ) -> float | None:
        """A stage that falls due, a node that came, is up, fell silent or is back, or a pod that was taken up."""
        if isinstance(key, Strain):
            node = cluster.get(key.node)
            return look(cluster, key.node) if node and silence(node, cluster.clock) is None else None
        if isinstance(key, PodStage):
            self._enter(cluster, key)
        elif isinstance(key, Returned):
            self._come_back(cluster, key)
        elif isinstance(key, Starting):
            self._get_up(cluster, key.node)
        elif isinstance(key, Redeclared):
            self._follow(cluster, key.pod)
        elif cluster.get(key) is not None:
            if key.kind == "Node":
                self._attend(cluster, key)
            else:
                self._take_up(cluster, Visit(cluster, key, self.timing))
        return None

    def _follow(self, cluster: Cluster, pod: Key) -> None:
        obj = cluster.get(pod)
        if obj is None or "deletionTimestamp" in obj["metadata"] or not obj["spec"].get("nodeName"):
            return
        visit = Visit(cluster, pod, self.timing)
        if visit.is_attended and not visit.pod.is_terminal:
            self._plan(visit, redeclared(visit))
            cluster.clock.wake((self.name, Strain(visit.node_key)))

    def _attend(self, cluster: Cluster, node: Key) -> None:
        if silence(cluster.require(node), cluster.clock) is None:
            is_up = cluster.clock.now == 0  # a lab begins with nodes that have long been up
            register(cluster, node, is_up)
            if not is_up:
                cluster.clock.wake((self.name, Starting(node)), self.timing.node_up)
        hold_lease(cluster, node)

    def _get_up(self, cluster: Cluster, node: Key) -> None:
        obj = cluster.get(node)
        if obj is not None and silence(obj, cluster.clock) is None:
            report(cluster, node)

    def _come_back(self, cluster: Cluster, returned: Returned) -> None:
        node = cluster.get(returned.node)
        if node is not None and silence(node, cluster.clock) is None:
            for pod in come_back(cluster, returned):
                self._take_up(cluster, Visit(cluster, pod, self.timing))

    def _take_up(self, cluster: Cluster, visit: Visit) -> None:
        pod = visit.pod
        if not visit.is_attended:
            return
        if pod.metadata.deletion_timestamp is not None:
            self._plan(visit, self._stopping(visit))
        elif pod.status.start_time is None and not pod.is_terminal:
            self._plan(visit, [Next("accept", self.timing.accept)])
        elif pod.status.container_statuses and not pod.is_terminal:
            self._plan(visit, resumed(visit))

    def _stopping(self, visit: Visit) -> list[Next]:
        pod = visit.pod
        held = [*pod.status.container_statuses, *pod.status.init_container_statuses]
        alive = [one.name for one in held if "running" in one.state]
        grace = float(pod.metadata.deletion_grace_period_seconds or 0)
        stops = [stopping(replace(visit, container=name), f"Stopping container {name}", grace) for name in alive]
        return [Next("stopped", max(stops, default=0.0))]

    def _enter(self, cluster: Cluster, stage: PodStage) -> None:
        obj = cluster.get(stage.pod)
        if obj is None or obj["metadata"]["uid"] != stage.uid:
            return
        if "deletionTimestamp" in obj["metadata"] and stage.stage != "stopped":
            return
        visit = Visit(cluster, stage.pod, self.timing, stage.container, stage.number)
        if not visit.is_attended or (visit.pod.is_terminal and not _may_still_come(stage.stage, visit)):
            return
        self._plan(visit, STAGES[stage.stage](visit))
        if stage.stage == "start" and strains(visit.behaviour):
            cluster.clock.wake((self.name, Strain(visit.node_key)), visit.answers_after)

    def _plan(self, visit: Visit, coming: list[Next]) -> None:
        uid = visit.pod.metadata.uid if coming else ""
        for one in coming:
            call = (self.name, PodStage(visit.key, uid, one.stage, one.container, one.number))
            visit.cluster.clock.wake(call, one.delay)


def _may_still_come(stage: str, visit: Visit) -> bool:
    """Whether a stage concerns a pod that has ended: it goes, or its sidecars are stopped."""
    return stage == "stopped" or (stage == "killed" and visit.is_init)

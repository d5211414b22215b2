"""The scheduler at work: it watches, keeps the queue, decides, binds. The only module here that writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.errors import LabError
from labkit.history import Entry
from labkit.kinds.conditions import in_place
from labkit.kinds.registry import Key
from labkit.scheduler.claims import SELECTED_NODE
from labkit.scheduler.columns import Columns
from labkit.scheduler.decision import Decision
from labkit.scheduler.events import WATCHED, events_of, is_waiting
from labkit.scheduler.explain import Why, explain
from labkit.scheduler.framework import decide
from labkit.scheduler.memory import Memory
from labkit.scheduler.messages import assigned
from labkit.scheduler.preemption import BY_SCHEDULER
from labkit.scheduler.profile import DEFAULT, Profile
from labkit.scheduler.queue import SchedulingQueue, Waiting
from labkit.scheduler.volumebinding import bindings_on

QUEUE = "queue"
"""The one key the scheduler is woken by: look into the queue."""


class Attempt(NamedTuple):
    """When a pod was last decided: how many entries the history had, and where the visit of nodes began."""

    entries: int
    start: int


class Scheduler:
    """Gives every waiting pod a node, one pod at a time, most important first.

    Does: decides with the profile that the pod's schedulerName asks for; binds the pod, or tells why not and lets it
    wait for an event that a refusing plugin named; where preemption found a node, deletes the victims and nominates it.
    Reads: pods, nodes, and what the plugins read.
    Writes: binding, the condition PodScheduled, nominatedNodeName; events Scheduled, FailedScheduling, Preempted.
    Runs again when: a pod waits, something changes that may help one, a back-off or five minutes end.
    Source: pkg/scheduler/{scheduler,schedule_one}.go, v1.36.
    Left out: assumed pods and asynchronous binding, since a write here takes no time.
    """

    kind = "Pod"

    def __init__(self, profiles: Iterable[Profile] = (DEFAULT,), random_ties: bool = False) -> None:
        self.profiles: Mapping[str, Profile] = {profile.name: profile for profile in profiles}
        self.name = next(iter(self.profiles))
        self.random_ties = random_ties
        self.watches = dict.fromkeys(WATCHED, self.notice)
        self.queue = SchedulingQueue()
        self.attempts: dict[str, Attempt] = {}
        self.start = 0
        self._noticed = 0
        self._columns: tuple[Cluster, Columns] | None = None
        self._memories: dict[str, Memory] = {}

    # Watching

    def notice(self, cluster: Cluster, entry: Entry) -> tuple[str, ...]:
        """Bring the queue up to date with one write; wakes the scheduler if somebody's turn has come."""
        self._noticed = len(cluster.history)
        if entry.key.kind == "Pod":
            self._notice_pod(cluster, entry)
        for event in events_of(entry):
            self.queue.stir(partial(may_help, self._asking_for(event)), cluster.clock.now)
        return (QUEUE,) if self.queue.is_ready(cluster.clock.now) else ()

    def _notice_pod(self, cluster: Cluster, entry: Entry) -> None:
        if not is_waiting(entry.new):
            self.queue.remove(entry.key)
            if entry.new is None and entry.old is not None:
                self.attempts.pop(entry.old["metadata"]["uid"], None)
        elif entry.old is None or not is_waiting(entry.old) or changed(entry.old, entry.new):
            self._enqueue(cluster, entry.key)

    def _enqueue(self, cluster: Cluster, key: Key) -> None:
        pod = cluster.read(key)
        if pod.spec.scheduler_name not in self.profiles or pod.spec.scheduling_gates:
            self.queue.remove(key)
            return
        known = self.queue.find(key) or Waiting(key)
        self.queue.add(known._replace(priority=pod.spec.priority, since=cluster.clock.now))

    def _asking_for(self, event: str) -> frozenset[str]:
        plugins = (plugin for profile in self.profiles.values() for plugin in profile.plugins)
        return frozenset(one.name for one in plugins if event in getattr(one, "events", ()))

    # Acting

    def reconcile(self, cluster: Cluster, key: Any) -> float | None:
        """Schedule the pod whose turn it is; seconds until the next one may be due."""
        now = cluster.clock.now
        waiting = self.queue.pop(now)
        if waiting is not None and is_waiting(cluster.get(waiting.key)):
            self._schedule(cluster, waiting)
        if self.queue.is_ready(now):
            return 0.0
        due = self.queue.next_time()
        return None if due is None else max(due - now, 0.0)

    def _schedule(self, cluster: Cluster, waiting: Waiting) -> None:
        pod = cluster.read(waiting.key)
        profile = self.profiles[pod.spec.scheduler_name]
        rng = cluster.rng if self.random_ties else None
        self.attempts[pod.metadata.uid] = Attempt(len(cluster.history), self.start)
        columns = self._fresh_columns(cluster)
        memory = self._memories.setdefault(profile.name, Memory())
        decision = decide(cluster, waiting.key, columns, profile, self.start, rng, memory)
        self.start = decision.next_start
        if decision.node is not None:
            bind(cluster, decision, profile.name)
        else:
            self.queue.failed(waiting, refusing(decision), cluster.clock.now)
            report_failure(cluster, decision, profile.name)

    def _fresh_columns(self, cluster: Cluster) -> Columns:
        if self._columns is None or self._columns[0] is not cluster:
            self._columns = cluster, Columns(cluster)
            self._memories.clear()
        return self._columns[1].refresh(cluster)

    # Asking and branching

    def why(self, cluster: Cluster, key: Key) -> Why:
        """The pod's last decision, made again on the world as it was then; NotFound if there is no such pod.

        LabError for a pod that waits for a scheduler that there isn't.
        """
        obj = cluster.require(key)
        name = cluster.read(key).spec.scheduler_name
        if name not in self.profiles and is_waiting(obj):
            hint = f"There is {', '.join(self.profiles)}."
            raise LabError(f"no scheduler is called {name}: the pod waits, and nobody looks at it", hint)
        profile = self.profiles.get(name, DEFAULT)
        attempt = self.attempts.get(obj["metadata"].get("uid", ""))
        if attempt is not None and attempt.entries <= len(cluster.history):
            return explain(cluster.as_of(attempt.entries), key, None, profile, attempt.start)
        return explain(cluster, key, without(cluster, key), profile, self.start)

    def fork(self, cluster: Cluster) -> Scheduler:
        """A scheduler that goes on by itself over a forked cluster; over a past one it takes up who waited then."""
        twin = Scheduler(self.profiles.values(), self.random_ties)
        twin.attempts, twin.start = dict(self.attempts), self.start
        if len(cluster.history) >= self._noticed:
            twin.queue, twin._noticed = self.queue.fork(), self._noticed
            return twin
        for key in cluster.keys("Pod"):
            if is_waiting(cluster.get(key)):
                twin._enqueue(cluster, key)
        if twin.queue.active:
            cluster.clock.wake((twin.name, QUEUE))
        return twin


def may_help(plugins: frozenset[str], pod: Waiting) -> bool:
    """Whether one of the plugins refused the pod; a pod that met no nodes at all is helped by anything."""
    return not pod.refused_by or not plugins.isdisjoint(pod.refused_by)


def changed(old: Any, new: Any) -> bool:
    """Whether a waiting pod itself changed in what may decide where it goes."""
    before, after = old["metadata"], new["metadata"]
    described = any(before.get(part) != after.get(part) for part in ("labels", "annotations"))
    return described or bool(old["spec"] != new["spec"])


def refusing(decision: Decision) -> set[str]:
    """The plugins that had a part in the refusal."""
    return {one.plugin for one in decision.refused} | set(decision.prefiltered_by)


def without(cluster: Cluster, key: Key) -> Columns:
    """The columns as they would be if the pod weren't there."""
    columns = Columns(cluster)
    for row, placed in enumerate(columns.placed):
        if key in placed:
            columns.take_off(row, placed[key])
    return columns


def bind(cluster: Cluster, decision: Decision, source: str) -> None:
    """Give the pod its node."""
    key, node = decision.pod, str(decision.node)
    reserve_volumes(cluster, key, node)
    status = cluster.bind(key, node).get("status") or {}
    if "nominatedNodeName" in status:
        cluster.set_status(key, {name: part for name, part in status.items() if name != "nominatedNodeName"})
    cluster.record(key, "Normal", "Scheduled", assigned(key.namespace, key.name, node), source)


def reserve_volumes(cluster: Cluster, key: Key, node: str) -> None:
    """Reserve the volumes that a pod's waiting claims get on its node, or ask for them to be made there.

    The controller of PersistentVolumes completes it. Source: plugins/volumebinding/binder.go BindPodVolumes, v1.36.
    """
    for claim, volume in bindings_on(cluster, key, node):
        if volume is None:
            cluster.patch(claim, {"metadata": {"annotations": {SELECTED_NODE: node}}})
            continue
        reference = {"apiVersion": "v1", "kind": claim.kind, "namespace": claim.namespace, "name": claim.name}
        reference["uid"] = cluster.require(claim)["metadata"]["uid"]
        cluster.patch(Key("PersistentVolume", "", volume), {"spec": {"claimRef": reference}})


def report_failure(cluster: Cluster, decision: Decision, source: str) -> None:
    """Tell why the pod got no node; make room for it where preemption found some."""
    key = decision.pod
    if decision.nominated:
        preempt(cluster, decision, source)
    cluster.record(key, "Warning", "FailedScheduling", decision.message, source)
    obj = cluster.require(key)
    status = dict(obj.get("status") or {})
    told = {
        "type": "PodScheduled",
        "status": "False",
        "lastTransitionTime": cluster.clock.stamp(),
        "reason": "Unschedulable",
        "message": decision.message,
        "observedGeneration": obj["metadata"].get("generation", 1),
    }
    status["conditions"] = in_place(status.get("conditions") or (), told)
    if decision.nominated:
        status["nominatedNodeName"] = decision.nominated
    elif not decision.keeps_nomination:
        status.pop("nominatedNodeName", None)
    cluster.set_status(key, status)


def preempt(cluster: Cluster, decision: Decision, source: str) -> None:
    """Delete the victims; pods of lower priority lose their nomination for the node."""
    preemptor = cluster.read(decision.pod)
    text = f"{source}: preempting to accommodate a higher priority pod"
    for victim in decision.victims:
        status = cluster.require(victim).get("status") or {}
        target = {"type": "DisruptionTarget", "status": "True", "lastTransitionTime": cluster.clock.stamp()}
        target |= {"reason": BY_SCHEDULER, "message": text}
        cluster.set_status(victim, {**status, "conditions": in_place(status.get("conditions") or (), target)})
        told = f"Preempted by pod {preemptor.metadata.uid} on node {decision.nominated}"
        cluster.record(victim, "Normal", "Preempted", told, source)
        cluster.delete(victim)
    for key in outranked(cluster, decision, preemptor.spec.priority):
        cluster.patch(key, {"nominatedNodeName": None}, status=True)


def outranked(cluster: Cluster, decision: Decision, priority: int) -> list[Key]:
    """Pods of lower priority that were nominated for the same node."""
    waiting = ((key, cluster.read(key)) for key in cluster.keys("Pod"))
    nominated = ((key, pod) for key, pod in waiting if pod.status.nominated_node_name == decision.nominated)
    return [key for key, pod in nominated if not pod.spec.node_name and pod.spec.priority < priority]

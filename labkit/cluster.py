"""The world: one graph of objects, and its sole writer.

A node of the graph is a `Key`; its attribute `obj` is the manifest as the learner sees it, treated as immutable: a
change makes a new dict. Edges are derived (see `relations`). Every write goes through `Cluster._write`, which keeps
graph, edges, the index by kind, history and watchers in step. Events stand beside the graph, in the index alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import networkx as nx

from labkit import admission
from labkit.clock import Clock
from labkit.errors import ApiError, LabError
from labkit.eventlog import EventLog
from labkit.fields import Selector, selectors
from labkit.graphcopy import copied
from labkit.history import Entry, History
from labkit.kinds import KINDS, Key, decode, key_of
from labkit.lifecycle import (
    check_preconditions,
    check_version,
    desires_other,
    finalizers_for,
    goes_at_once,
    grace_period,
    has_spec_finalizers,
    is_finished_deletion,
    kept_metadata,
    marked,
    merged,
    named,
    nanoseconds,
    new_event,
    relates_anew,
    similarity,
    topology_labels,
)
from labkit.relations import Edge, relations, selector_of

Object = dict[str, Any]
Objects = list[Object]
Keys = list[Key]
Structs = list[Any]
Watcher = Callable[[Entry], None]

WITH_GENERATION = frozenset((
    "CronJob", "DaemonSet", "Deployment", "EndpointSlice", "HorizontalPodAutoscaler", "Ingress", "IngressClass", "Job",
    "NetworkPolicy", "Pod", "PodDisruptionBudget", "PriorityClass", "ReplicaSet", "ReplicationController",
    "StatefulSet",
))  # fmt: skip

UNRELATED = frozenset({"Event", "Lease"})
"""Kinds that stand beside the graph: nothing relates to them, and they would be most of its nodes."""


class Cluster:
    """Objects, their relations, their history, and the clock they live by."""

    def __init__(self, clock: Clock | None = None, seed: int = 0) -> None:
        self.graph: nx.MultiDiGraph[Key] = nx.MultiDiGraph()
        self.clock = clock or Clock()
        self.rng, self.traffic_rng = random.Random(seed), random.Random(f"traffic/{seed}")
        self.history = History()
        self.version = 0
        self.read_only = False
        self.beside: dict[str, Any] = {}  # samples, in no history: by name, what has fork() and until(time)
        self._objects: dict[str, dict[Key, Object]] = {}
        self._structs: dict[Key, Any] = {}
        self._selectors: dict[str, dict[Key, Selector]] = {}
        self._log = EventLog()
        self._watchers: list[Watcher] = []

    # Reading

    def get(self, key: Key) -> Object | None:
        """The object of that key, or None."""
        return self._objects.get(key.kind, {}).get(key)

    def require(self, key: Key) -> Object:
        """The object of that key; ApiError NotFound if it isn't there."""
        obj = self.get(key)
        if obj is None:
            row = KINDS[key.kind]
            raise ApiError.not_found(row.plural, key.name, row.group)
        return obj

    def read(self, key: Key) -> Any:
        """The object decoded into its struct, or None; decoded once per version."""
        if key not in self._structs:
            obj = self.get(key)
            if obj is None:
                return None
            self._structs[key] = decode(obj, key.kind)
        return self._structs[key]

    def keys(self, kind: str, namespace: str | None = None) -> Keys:
        """The keys of a kind in order of creation, of one namespace or of all."""
        keys = self._objects.get(kind, {})
        return [key for key in keys if namespace is None or key.namespace == namespace]

    def list(self, kind: str, namespace: str | None = None, selector: Object | None = None) -> Objects:
        """The objects of a kind in order of creation; `selector` is a label selector as manifests have it."""
        held = self._objects.get(kind, {})
        objects = [obj for key, obj in held.items() if namespace is None or key.namespace == namespace]
        if selector is None:
            return objects
        chosen = selectors.compile(selector)
        return [obj for obj in objects if chosen.matches(obj["metadata"].get("labels", {}))]

    def items(self, kind: str, namespace: str | None = None) -> Structs:
        """The decoded objects of a kind in order of creation."""
        return [self.read(key) for key in self.keys(kind, namespace)]

    def out(self, key: Key, relation: str) -> Keys:
        """What `key` has that relation to: `out(pod, "runs-on")` is its node."""
        return [target for target, edges in self.graph.succ.get(key, {}).items() if relation in edges]

    def into(self, key: Key, relation: str) -> Keys:
        """What has that relation to `key`: `into(pod, "owns")` are its owners."""
        return [source for source, edges in self.graph.pred.get(key, {}).items() if relation in edges]

    def objects(self) -> dict[Key, Object]:
        """Every object by key, in order of creation within a kind."""
        return {key: obj for held in self._objects.values() for key, obj in held.items()}

    # Writing

    def create(self, obj: Object) -> Object:
        """Store a new object as the API server does: admitted, named, stamped. Returns it as stored.

        Raises ApiError: AlreadyExists, NotFound for a missing namespace, Forbidden or Invalid from admission.
        """
        self._check_writable()
        obj = admission.admit(self, named(obj, self.rng), None)
        key = key_of(obj)
        if self.get(key) is not None:
            row = KINDS[key.kind]
            raise ApiError.already_exists(row.plural, key.name, row.group)
        self._charge(obj, None)
        return self._store("create", key, None, self._stamped(key, obj))

    def update(self, obj: Object) -> Object:
        """Replace all of an object but its status. An update that changes nothing writes nothing.

        Raises ApiError: NotFound, Conflict where metadata.resourceVersion is given and not the newest.
        """
        key = key_of(obj)
        old = self.require(key)
        check_version(key, obj, old)
        new = dict(obj)
        if "status" in old:
            new["status"] = old["status"]
        new = admission.admit(self, new, old)
        self._charge(new, old)
        return self._replace("update", key, old, new | {"metadata": kept_metadata(new["metadata"], old["metadata"])})

    def patch(self, key: Key, change: Object, status: bool = False) -> Object:
        """Apply a JSON merge patch (RFC 7386): None deletes. With `status` only the status changes, else all but it."""
        old = self.require(key)
        if status:
            return self.set_status(key, merged(old.get("status") or {}, change.get("status", change)))
        return self.update({**merged(old, change), "metadata": merged(old["metadata"], change.get("metadata", {}))})

    def set_status(self, key: Key, status: Object) -> Object:
        """Replace the status, as a write to the status subresource does."""
        old = self.require(key)
        return self._replace("status", key, old, {**old, "status": status})

    def bind(self, key: Key, node: str) -> Object:
        """Bind a pod to a node: sets spec.nodeName and the condition PodScheduled.

        The pod also gets the node's zone and region as labels. A binding doesn't count as a new generation.
        Source: pkg/registry/core/pod/storage/storage.go, plugin/pkg/admission/podtopologylabels, v1.36.
        """
        old = self.require(key)
        scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": self.clock.stamp()}
        scheduled["observedGeneration"] = old["metadata"].get("generation", 1)
        status = old.get("status") or {}
        others = [one for one in status.get("conditions", ()) if one["type"] != "PodScheduled"]
        new = {**old, "spec": {**old["spec"], "nodeName": node}}
        new["status"] = {**status, "conditions": [*others, scheduled]}
        if place := topology_labels(self.get(Key("Node", "", node))):
            new["metadata"] = {**old["metadata"], "labels": {**old["metadata"].get("labels", {}), **place}}
        return self._replace("bind", key, old, new)

    def delete(
        self, key: Key, grace: int | None = None, propagation: str = "Background", preconditions: Object | None = None
    ) -> Object:
        """Delete as the API server does: finalizers and grace periods first mark the object, `remove` ends it.

        `grace` is in seconds, for pods; `propagation` is Background, Foreground or Orphan.
        Source: apiserver pkg/registry/generic/registry/store.go and rest/delete.go, v1.36.
        """
        old = self.require(key)
        check_preconditions(key, old, preconditions or {})
        meta = old["metadata"]
        finalizers = finalizers_for(meta.get("finalizers", ()), propagation)
        grace = grace_period(old, grace)
        if "deletionTimestamp" in meta and grace >= meta.get("deletionGracePeriodSeconds", 0):
            return old
        if not finalizers and not grace and not has_spec_finalizers(old):
            return self.remove(key)
        return self._replace("update", key, old, marked(old, grace, self.clock, finalizers))

    def delete_together(self, keys: Sequence[Key]) -> None:
        """Delete several side by side: all are marked before the first of those that go at once is gone."""
        at_once = [key for key in keys if goes_at_once(self.require(key))]
        for key in at_once:
            self._store("update", key, self.require(key), marked(self.require(key), 0, self.clock))
        for key in keys:
            self.remove(key) if key in at_once else self.delete(key)

    def put(self, key: Key, obj: Object) -> Object:
        """Store an object as it is, new or in place of the old: for kinds that are not the API server's, as ECS's.

        Nobody admits or stamps it. What changes nothing writes nothing.
        """
        old = self.get(key)
        return obj if old == obj else self._store("create" if old is None else "update", key, old, obj)

    def remove(self, key: Key) -> Object:
        """Take an object out at once, as the last step of a deletion. Returns what it was."""
        old = self.require(key)
        self._write("delete", key, old, None)
        return old

    def record(self, about: Key, type: str, reason: str, message: str, source: str) -> Object:
        """Record an Event about an object; a repeated one is counted up instead, a flood of similar ones combined.

        Source: client-go tools/record/events_cache.go, v1.36. Left out: the limit of 25 events at once for an object.
        """
        obj = self.get(about)
        similar = similarity(about, obj, type, reason, source)
        for expired in self._log.expired(self.clock.now, self._last_written):
            self.remove(expired)
        told, now = self._log.hear(similar, message, self.clock.now), self.clock.stamp()
        if told.event is not None and (old := self.get(told.event)) is not None:
            counted = {"message": told.message, "count": old["count"] + 1, "lastTimestamp": now}
            return self._replace("update", told.event, old, {**old, **counted})
        event = new_event(about, obj, type, reason, told.message, source, now)
        event["metadata"]["name"] = f"{about.name}.{nanoseconds(self.clock.now) + self.version:x}"
        key = key_of(event)
        self._log.note(told.kind, key, self.clock.now)
        return self._store("create", key, None, self._stamped(key, event))

    def _last_written(self, event: Key) -> float | None:
        obj = self.get(event)
        return self.clock.seconds(obj["lastTimestamp"]) if obj else None

    # Branching and looking back

    def fork(self) -> Cluster:
        """A cluster that goes on by itself from here. Objects are shared, since they never change."""
        twin = Cluster(self.clock.fork())
        twin.rng.setstate(self.rng.getstate())
        twin.traffic_rng.setstate(self.traffic_rng.getstate())
        twin.graph = copied(self.graph)
        twin.history = self.history.fork()
        twin.version = self.version
        twin._objects = {kind: dict(held) for kind, held in self._objects.items()}
        twin._structs = dict(self._structs)
        twin._selectors = {namespace: dict(held) for namespace, held in self._selectors.items()}
        twin._log = self._log.fork()
        twin.beside = {name: held.fork() for name, held in self.beside.items()}
        return twin

    def at(self, time: float) -> Cluster:
        """The cluster as it was at `time` (seconds since the start), to read only."""
        return self.as_of(self.history.index_at(time), time)

    def as_of(self, index: int, time: float | None = None) -> Cluster:
        """The cluster as it was after the first `index` entries of its history, to read only."""
        past = Cluster()
        past.clock.now = self.history[index - 1].time if time is None and index else time or 0.0
        for key, obj in self.history.undo(self.objects(), index).items():
            past._put(key, None, obj)
        past.history = History(self.history[:index])
        past.version = self.version
        past.read_only = True
        past.beside = {name: held.until(past.clock.now) for name, held in self.beside.items()}
        return past

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with the entry of every write from now on."""
        self._watchers.append(watcher)

    # The one write path

    def _charge(self, obj: Object, old: Object | None) -> None:
        for quota, status in admission.charges(self, obj, old):
            self.set_status(quota, status)

    def _store(self, verb: str, key: Key, old: Object | None, new: Object) -> Object:
        self._write(verb, key, old, new)
        return new

    def _write(self, verb: str, key: Key, old: Object | None, new: Object | None) -> None:
        self._check_writable()
        self._put(key, old, new)
        entry = Entry(self.clock.now, verb, key, old, new)
        self.history.append(entry)
        for watcher in self._watchers:
            watcher(entry)

    def _put(self, key: Key, old: Object | None, new: Object | None) -> None:
        held = self._objects.setdefault(key.kind, {})
        if new is not None:
            held[key] = new
        else:
            del held[key]
        self._structs.pop(key, None)
        if key.kind not in UNRELATED:
            self.graph.add_node(key, obj=new)
            if old is None or new is None or relates_anew(old, new):
                self._relate(key, old, new)

    def _relate(self, key: Key, old: Object | None, new: Object | None) -> None:
        before = dict.fromkeys(self._edges(key, old))
        self._index_selector(key, new)
        after = dict.fromkeys(self._edges(key, new))
        gone = [edge for edge in before if edge not in after]
        for source, relation, target in gone:
            self.graph.remove_edge(source, target, key=relation)
        for source, relation, target in after:
            if (source, relation, target) not in before:
                self._add_edge(source, relation, target)
        self._drop_unseen([key, *chain.from_iterable((edge.source, edge.target) for edge in gone)])

    def _edges(self, key: Key, obj: Object | None) -> Iterator[Edge]:
        if obj is None:
            return
        yield from relations(key, obj)
        if key.kind == "Pod":
            labels = obj["metadata"].get("labels", {})
            for source, selector in self._selectors.get(key.namespace, {}).items():
                if selector.matches(labels):
                    yield Edge(source, "selects", key)
        elif (chosen := selector_of(key, obj)) is not None:
            for pod in self.keys("Pod", key.namespace):
                if chosen.matches(self.require(pod)["metadata"].get("labels", {})):
                    yield Edge(key, "selects", pod)

    def _add_edge(self, source: Key, relation: str, target: Key) -> None:
        for end in (source, target):
            if end not in self.graph:
                self.graph.add_node(end, obj=None)
        self.graph.add_edge(source, target, key=relation)

    def _index_selector(self, key: Key, obj: Object | None) -> None:
        selector = selector_of(key, obj) if obj is not None else None
        if selector is not None:
            self._selectors.setdefault(key.namespace, {})[key] = selector
        else:
            self._selectors.get(key.namespace, {}).pop(key, None)

    def _drop_unseen(self, keys: Any) -> None:
        for key in keys:
            if key in self.graph and self.get(key) is None and not self.graph.degree(key):
                self.graph.remove_node(key)

    def _replace(self, verb: str, key: Key, old: Object, new: Object) -> Object:
        if new == old:
            return old
        self._check_writable()
        meta = {**new["metadata"], "resourceVersion": self._next_version()}
        if verb == "update" and "generation" in meta and desires_other(old, new):
            meta["generation"] = old["metadata"]["generation"] + 1
        new = {**new, "metadata": meta}
        if is_finished_deletion(new):
            self._write("delete", key, old, None)
            return new
        return self._store(verb, key, old, new)

    # Stamps and checks

    def _stamped(self, key: Key, obj: Object) -> Object:
        stamps: Object = {"creationTimestamp": self.clock.stamp(), "resourceVersion": self._next_version()}
        stamps["uid"] = obj["metadata"].get("uid") or str(UUID(int=self.rng.getrandbits(128), version=4))
        if key.namespace:
            stamps["namespace"] = key.namespace
        if key.kind in WITH_GENERATION:
            stamps["generation"] = 1
        return {**obj, "metadata": {**obj["metadata"], **stamps}}

    def _next_version(self) -> str:
        self.version += 1
        return str(self.version)

    def _check_writable(self) -> None:
        if self.read_only:
            raise LabError("this cluster is a moment of the past", "To change it, fork the lab: lab.fork().")

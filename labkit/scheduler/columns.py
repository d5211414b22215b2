"""The nodes as numpy columns: a cache of the world, good for deciding over thousands of nodes at once.

A row is a node, in order of creation. `refresh` reads the history since the last time and touches only the rows that
it names; refreshed columns are always equal to rebuilt ones.
Source: pkg/scheduler/framework/types.go NodeInfo, backend/cache/cache.go, v1.36.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from labkit.cluster import Cluster
from labkit.history import Entry
from labkit.kinds.node import Node, Taint
from labkit.kinds.pod import Pod
from labkit.kinds.podrequest import read
from labkit.kinds.registry import Key
from labkit.scheduler.coded import Bools, Coded, Ints
from labkit.scheduler.images import Images
from labkit.scheduler.order import visiting_order, zone_of
from labkit.scheduler.podinfo import HostPort, PodInfo, in_units
from labkit.scheduler.podterms import PodTerm, Tie

CPU, MEMORY, STORAGE = 0, 1, 2
BASIC_RESOURCES = ("cpu", "memory", "ephemeral-storage")
ARRAYS = ("allocatable", "requested", "scored", "count", "allowed", "changed", "unschedulable")

MOST_TERMS = 256
"""More conjunctions of terms than that aren't kept at once."""

Terms = tuple[PodTerm, ...]


class Columns:
    """One value per node and thing to know.

    `allocatable`, `requested`: nodes by resources (`resources[name]` is the column; cpu in milli, else whole units).
    `scored`: nodes by (cpu, memory) requested as NodeResourcesFit's score counts. `count`, `allowed`: pods on the node
    and room for pods. `taints`: Coded tuples of Taint. `labels(key)`: Coded values of a label.
    `matching(terms)`: pods on each node that a conjunction of terms means; `ties`: pods on each node per tie they have.
    `placed[row]`: the pods there; `nominated[row]`: pods that wait for victims to leave there.
    `changed[row]`: the `version` at which the row last changed; `nodes_version`: when a node itself last did.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.seen = 0
        self.version = self.nodes_version = 0
        self._reset()
        self.refresh(cluster)

    def _reset(self) -> None:
        self.names: list[str] = []
        self.row: dict[str, int] = {}
        self.nodes: list[Node] = []
        self.resources = {name: column for column, name in enumerate(BASIC_RESOURCES)}
        self.allocatable: Ints = np.zeros((0, len(BASIC_RESOURCES)), np.int64)
        self.requested: Ints = np.zeros((0, len(BASIC_RESOURCES)), np.int64)
        self.scored: Ints = np.zeros((0, 2), np.int64)
        self.count: Ints = np.zeros(0, np.int64)
        self.allowed: Ints = np.zeros(0, np.int64)
        self.changed: Ints = np.zeros(0, np.int64)
        self.unschedulable: Bools = np.zeros(0, np.bool_)
        self.taints = Coded()
        self.zones = Coded()
        self.images = Images()
        self.placed: list[dict[Key, PodInfo]] = []
        self.nominated: dict[int, dict[Key, PodInfo]] = {}
        self.ports: dict[int, Counter[HostPort]] = {}
        self.ties: dict[Tie, Ints] = {}
        self._matching: dict[Terms, Ints] = {}
        self.asked: dict[Any, Any] = {}
        self._labels: dict[str, Coded] = {}
        self._where: dict[Key, int] = {}
        self._waits: dict[Key, int] = {}
        self._serials: dict[Key, int] = {}
        self._counter = 0
        self._order: Ints | None = None

    def __len__(self) -> int:
        return len(self.names)

    # Keeping in step with the world

    def refresh(self, cluster: Cluster) -> Columns:
        """Catch up with everything written since the last time. Returns itself."""
        entries = cluster.history[self.seen :] if self.seen else []
        if not entries and self.seen:
            return self
        self.version += 1
        if not self.seen or any(_is_gone(entry) for entry in entries):
            self._rebuild(cluster)
        else:
            self._catch_up(cluster, entries)
        self.seen = len(cluster.history)
        return self

    def _rebuild(self, cluster: Cluster) -> None:
        self._reset()
        self.nodes_version = self.version
        self._add_rows(cluster.keys("Node"))
        for key in cluster.keys("Node"):
            self._read_node(cluster, key)
        for key in cluster.keys("Pod"):
            self._read_pod(key, cluster.read(key))

    def _catch_up(self, cluster: Cluster, entries: Iterable[Entry]) -> None:
        touched = dict.fromkeys(entry.key for entry in entries)
        fresh = [key for key in touched if key.kind == "Node" and key.name not in self.row]
        if fresh:
            self._add_rows(fresh)
        for key in (key for key in touched if key.kind == "Node"):
            self._read_node(cluster, key)
        for key in (key for key in touched if key.kind == "Pod"):
            self._read_pod(key, cluster.read(key))
        for key in (pod for node in fresh for pod in cluster.into(node, "runs-on") if pod not in self._where):
            self._read_pod(key, cluster.read(key))

    def _add_rows(self, keys: list[Key]) -> None:
        self.row.update((key.name, len(self) + place) for place, key in enumerate(keys))
        self.names += [key.name for key in keys]
        self.nodes += [Node()] * len(keys)
        self.placed += [{} for _ in keys]
        for name in ARRAYS:
            old = getattr(self, name)
            grown = np.concatenate([old, np.zeros((len(keys), *old.shape[1:]), old.dtype)])
            setattr(self, name, np.asfortranarray(grown))
        blank = np.zeros(len(keys), np.int64)
        self.ties = {tie: np.concatenate([counts, blank]) for tie, counts in self.ties.items()}
        self._matching = {terms: np.concatenate([counts, blank]) for terms, counts in self._matching.items()}
        for column in (self.taints, self.zones, *self._labels.values()):
            column.grow(len(keys))
        self._order = None

    def add(self, node: Node) -> int:
        """Count a node that isn't in the world, to try things on; its row."""
        key = Key("Node", "", node.metadata.name)
        self._add_rows([key])
        self._set_node(self.row[key.name], node)
        return self.row[key.name]

    def _read_node(self, cluster: Cluster, key: Key) -> None:
        self._set_node(self.row[key.name], cluster.read(key))

    def _set_node(self, row: int, node: Node) -> None:
        self.nodes[row] = node
        self.nodes_version = self.version
        self._set_allocatable(row, node)
        self.unschedulable[row] = node.spec.unschedulable
        self.taints.put(row, node.spec.taints)
        self._set_zone(row, zone_of(node.metadata.labels))
        for label, column in self._labels.items():
            column.put(row, node.metadata.labels.get(label))
        self.images.put(row, node.status.images)
        self.changed[row] = self.version

    def _set_zone(self, row: int, zone: str) -> None:
        if self.zones.value(row) != zone:
            self._order = None
        self.zones.put(row, zone)

    def _set_allocatable(self, row: int, node: Node) -> None:
        room = in_units(read(node.status.allocatable))
        self.allowed[row] = room.pop("pods", 0)
        self._widen(room)
        self.allocatable[row] = [room.get(name, 0) for name in self.resources]

    def _widen(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self.resources:
                self.resources[name] = len(self.resources)
                blank = np.zeros((len(self), 1), np.int64)
                self.allocatable = np.hstack([self.allocatable, blank])
                self.requested = np.hstack([self.requested, blank])

    def _read_pod(self, key: Key, pod: Pod | None) -> None:
        self._take_off(key)
        if pod is None:
            self._serials.pop(key, None)
            return
        serial = self._serials.setdefault(key, self._count_up())
        row = self.row.get(pod.spec.node_name or pod.status.nominated_node_name)
        if row is None or pod.is_terminal:
            return
        info = PodInfo.of(key, pod, serial)
        if pod.spec.node_name:
            self._where[key] = row
            self.put_on(row, info)
        else:
            self._waits[key] = row
            self.nominated.setdefault(row, {})[key] = info
            self.changed[row] = self.version

    def _count_up(self) -> int:
        self._counter += 1
        return self._counter

    def _take_off(self, key: Key) -> None:
        row = self._where.pop(key, None)
        if row is not None:
            self.take_off(row, self.placed[row][key])
        waits = self._waits.pop(key, None)
        if waits is not None:
            del self.nominated[waits][key]
            self.changed[waits] = self.version
            if not self.nominated[waits]:
                del self.nominated[waits]

    # One pod more or less on a node

    def put_on(self, row: int, info: PodInfo) -> None:
        """Count a pod on the node of that row."""
        self._widen(info.request)
        self._count(row, info, 1)
        self.placed[row][info.key] = info
        if info.ports:
            self.ports.setdefault(row, Counter()).update(info.ports)

    def take_off(self, row: int, info: PodInfo) -> None:
        """Count a pod on the node of that row no more."""
        self._count(row, info, -1)
        del self.placed[row][info.key]
        if info.ports:
            self.ports[row] = self.ports[row] - Counter(info.ports)
            if not self.ports[row]:
                del self.ports[row]

    def _count(self, row: int, info: PodInfo, sign: int) -> None:
        for name, amount in info.request.items():
            self.requested[row, self.resources[name]] += sign * amount
        self.scored[row, 0] += sign * info.scored[0]
        self.scored[row, 1] += sign * info.scored[1]
        self.count[row] += sign
        for tie in info.ties:
            if tie not in self.ties:
                self.ties[tie] = np.zeros(len(self), np.int64)
            self.ties[tie][row] += sign
        for terms, counts in self._matching.items():
            counts[row] += sign * all(term.matches(info.key, info.pod) for term in terms)
        self.changed[row] = self.version

    # Reading

    @property
    def order(self) -> Ints:
        """The rows in the order in which nodes are visited: the zones take turns."""
        if self._order is None:
            self._order = visiting_order([self.zones.value(row) for row in range(len(self))])
        return self._order

    def labels(self, key: str) -> Coded:
        """The values of a label, node by node; made when first asked for, then kept in step."""
        if key not in self._labels:
            self._labels[key] = Coded(node.metadata.labels.get(key) for node in self.nodes)
        return self._labels[key]

    def matching(self, terms: Terms) -> Ints:
        """How many pods on each node are meant by all the terms, whose namespaces must be plain names."""
        if terms not in self._matching:
            if len(self._matching) >= MOST_TERMS:
                self._matching.clear()
            self._matching[terms] = np.array([self._met(placed, terms) for placed in self.placed], np.int64)
        return self._matching[terms]

    @staticmethod
    def _met(placed: dict[Key, PodInfo], terms: Terms) -> int:
        return sum(all(term.matches(key, info.pod) for term in terms) for key, info in placed.items())

    def demand(self, info: PodInfo) -> Ints:
        """What a pod asks for as one row of `requested`; resources no node has ever had get a column."""
        self._widen(info.request)
        wanted = np.zeros(len(self.resources), np.int64)
        for name, amount in info.request.items():
            wanted[self.resources[name]] = amount
        return wanted

    def is_placed(self, key: Key) -> bool:
        """Whether a pod counts on some node."""
        return key in self._where

    def taints_of(self, row: int) -> tuple[Taint, ...]:
        """The taints of a node."""
        return self.nodes[row].spec.taints

    def copy(self) -> Columns:
        """A copy to try things on: nodes added, pods put on or taken off change nothing here."""
        twin = Columns.__new__(Columns)
        twin.__dict__ |= self.__dict__
        twin.names, twin.nodes, twin.row = list(self.names), list(self.nodes), dict(self.row)
        for name in ARRAYS:
            setattr(twin, name, getattr(self, name).copy(order="F"))
        twin.resources, twin.asked = dict(self.resources), {}
        twin.taints, twin.zones = self.taints.copy(), self.zones.copy()
        twin._labels = {key: column.copy() for key, column in self._labels.items()}
        twin.ties = {tie: counts.copy() for tie, counts in self.ties.items()}
        twin._matching = {terms: counts.copy() for terms, counts in self._matching.items()}
        twin.placed = [dict(placed) for placed in self.placed]
        twin.nominated = {row: dict(held) for row, held in self.nominated.items()}
        twin.ports = {row: Counter(held) for row, held in self.ports.items()}
        return twin

    def only(self, row: int) -> Columns:
        """A copy of one node, to try things on: its row is 0, and putting pods on or off changes nothing here."""
        twin = Columns.__new__(Columns)
        twin.__dict__ |= self.__dict__
        twin.names, twin.nodes, twin.row = [self.names[row]], [self.nodes[row]], {self.names[row]: 0}
        for name in ARRAYS:
            setattr(twin, name, getattr(self, name)[row : row + 1].copy())
        twin.resources, twin.asked = dict(self.resources), {}
        twin.taints, twin.zones = self.taints.only(row), self.zones.only(row)
        twin._labels = {key: column.only(row) for key, column in self._labels.items()}
        twin.ties = {tie: counts[row : row + 1].copy() for tie, counts in self.ties.items()}
        twin._matching = {terms: counts[row : row + 1].copy() for terms, counts in self._matching.items()}
        twin.placed = [dict(self.placed[row])]
        twin.nominated = {0: self.nominated[row]} if row in self.nominated else {}
        twin.ports = {0: Counter(self.ports[row])} if row in self.ports else {}
        twin._order = np.zeros(1, np.int64)
        return twin


def _is_gone(entry: Entry) -> bool:
    return entry.key.kind == "Node" and entry.new is None

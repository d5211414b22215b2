"""Nodes and pods of a moment, to try things on: pods moved, nodes thought up. Nothing of it reaches the world.

What an autoscaler asks: would this pod fit here, with the filters that the scheduler has?
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from labkit.cluster import Cluster
from labkit.kinds import decode
from labkit.kinds.node import Node
from labkit.kinds.registry import Key
from labkit.scheduler.coded import Ints
from labkit.scheduler.columns import Columns
from labkit.scheduler.filtering import Filtered, plain_filters
from labkit.scheduler.framework import run_prefilters
from labkit.scheduler.plugin import Cycle
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.profile import DEFAULT, Profile


class Room(NamedTuple):
    """Whether a pod fits on a node, and what the filter that refuses it says."""

    fits: bool
    reasons: tuple[str, ...] = ()


class Snapshot:
    """The nodes of a cluster and the pods on them; rows are nodes, as in the scheduler's columns.

    `columns`: fresh ones, if there are any; they are copied.
    """

    def __init__(self, cluster: Cluster, profile: Profile = DEFAULT, columns: Columns | None = None) -> None:
        self.world = cluster
        self.profile = profile
        self.columns = Columns(cluster) if columns is None else columns.copy()

    def __len__(self) -> int:
        return len(self.columns)

    def row(self, name: str) -> int | None:
        """The row of a node; None if there is none of that name."""
        return self.columns.row.get(name)

    def add(self, node: dict[str, Any] | Node) -> int:
        """Think up a node; its row."""
        struct = node if isinstance(node, Node) else decode(node)
        return self.columns.add(struct)

    def info(self, pod: Key) -> PodInfo:
        """A pod of the world as one that is to be placed, wherever it is now."""
        held = self.world.read(pod)
        free = msgspec.structs.replace(held, spec=msgspec.structs.replace(held.spec, node_name=""))
        return PodInfo.of(pod, free)

    def pods(self, row: int) -> list[PodInfo]:
        """The pods on a node."""
        return list(self.columns.placed[row].values())

    def move(self, pods: Sequence[PodInfo], home: int, rows: Sequence[int]) -> bool:
        """Move every one of the pods from their node to the first of the rows with room; none if one finds no room."""
        was = self.pods(home)
        for info in pods:
            self.take(self.columns.placed[home][info.key], home)
        gone: list[tuple[PodInfo, int]] = []
        for info in pods:
            row = self.first_fit(info, rows)
            if row is None:
                break
            self.put(info, row)
            gone.append((info, row))
        if len(gone) == len(pods):
            return True
        for info, row in gone:
            self.take(info, row)
        for info in was:
            if info.key not in self.columns.placed[home]:
                self.put(info, home)
        return False

    def put(self, info: PodInfo, row: int) -> None:
        """Put a pod on a node."""
        self.columns.put_on(row, info)

    def take(self, info: PodInfo, row: int) -> None:
        """Take a pod off a node."""
        self.columns.take_off(row, info)

    def first_fit(self, info: PodInfo, rows: Sequence[int]) -> int | None:
        """The first of the rows on which the pod fits."""
        fitting = set(self.filtered(info, rows).rows.tolist())
        return next((row for row in rows if row in fitting), None)

    def room(self, info: PodInfo, row: int) -> Room:
        """Whether the pod fits on that node, and why not."""
        found = self.filtered(info, [row])
        refused = next(iter(found.refused), None)
        if refused is None:
            return Room(bool(len(found.rows)))
        return Room(False, refused.texts(int(refused.reasons[0])))

    def filtered(self, info: PodInfo, rows: Iterable[int]) -> Filtered:
        """The rows on which the pod fits, and who refused the others."""
        cycle = Cycle(info, self.columns, self.world)
        ready = run_prefilters(cycle, self.profile)
        wanted: Ints = np.fromiter(rows, np.int64)
        if ready.refusal:
            return Filtered(wanted[:0], ())
        if ready.nodes is not None:
            wanted = np.array([row for row in wanted.tolist() if self.columns.names[row] in ready.nodes], np.int64)
        return plain_filters(cycle, self.profile.filters, wanted)

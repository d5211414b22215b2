"""NodeResourcesFit: requests must fit into what is left; the emptier the node, the better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from labkit.scheduler.coded import Bools, Ints, gathered
from labkit.scheduler.columns import STORAGE, Columns
from labkit.scheduler.plugin import SUCCESS, UNRESOLVABLE, UNSCHEDULABLE, Cycle, Prepared, Verdict
from labkit.scheduler.scoringstrategy import LEAST_ALLOCATED, Strategy

TOO_MANY = "Too many pods"
MOST_KEPT = 4096
SCORED = ("cpu", "memory")
"""The resources whose amounts in the score differ from what is requested; the first columns of all."""


class Asked(NamedTuple):
    """What the pod asks for, without zeros: resource names, their columns, and the amounts."""

    names: tuple[str, ...]
    columns: Ints
    amounts: Ints


@dataclass(frozen=True)
class NodeResourcesFit:
    """Keeps the sum of requests within what a node has to give, and prefers emptier nodes.

    Does: refuses nodes with no room for another pod or for one of the pod's requests; a request above the whole
    allocatable amount can't be helped by removing pods. The score is the strategy's: by default the mean over cpu and
    memory of (allocatable - requested)*100/allocatable in integers, the pod included; there a container without a
    request counts 100m and 200Mi. Limits play no part. `ignored` resources, and those of `ignored_groups` (what stands
    before the slash), are not filtered.
    Reads: the node's allocatable resources and the requests of its pods; the pod's requests, see `podrequest`.
    Writes: nothing.
    Runs again when: a pod leaves a node or asks for less, a node is added or gets more to give.
    Source: plugins/noderesources/{fit,resource_allocation}.go, v1.36.
    Left out: devices of dynamic resource allocation.
    """

    strategy: Strategy = LEAST_ALLOCATED
    ignored: frozenset[str] = frozenset()
    ignored_groups: frozenset[str] = frozenset()

    name: ClassVar[str] = "NodeResourcesFit"
    events: ClassVar[tuple[str, ...]] = ("Pod/Delete", "Pod/ScaleDown", "Node/Add", "Node/UpdateAllocatable")

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Add up what the pod asks for."""
        return Prepared(state=asked(cycle, self.ignores if self.ignored or self.ignored_groups else None))

    def ignores(self, resource: str) -> bool:
        """Whether the filter leaves a resource out; cpu, memory and other resources of the cluster itself never are."""
        group, _, short = resource.partition("/")
        native = not short or group == "kubernetes.io" or group.endswith(".kubernetes.io")
        return not native and (resource in self.ignored or group in self.ignored_groups)

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse nodes that lack something. The reasons' number has a bit for the count and one per resource."""
        wanted: Asked = cycle.states[self.name]
        columns = cycle.columns
        room = gathered(columns.allocatable, rows, wanted.columns)
        lacking: Bools = wanted.amounts > room - gathered(columns.requested, rows, wanted.columns)
        full = columns.count[rows] + 1 > columns.allowed[rows]
        bits: Ints = full.astype(np.int64)
        for place in range(len(wanted.names)):
            bits += lacking[:, place] * (2 << place)
        codes = np.where(bits > 0, UNSCHEDULABLE, SUCCESS)
        codes[(wanted.amounts > room).any(axis=1)] = UNRESOLVABLE
        texts = (TOO_MANY, *(f"Insufficient {name}" for name in wanted.names))
        return Verdict(codes, bits, lambda found: tuple(text for bit, text in enumerate(texts) if found >> bit & 1))

    def score(self, cycle: Cycle, rows: Ints) -> Ints:
        """What the strategy makes of taken and allocatable."""
        names = tuple(one.name for one in self.strategy.resources)
        return self.strategy.score(*(plain(cycle, rows) if names == SCORED else chosen(cycle, rows, names)))

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """Each thing that is lacking, with the subtraction behind it."""
        columns, wanted = cycle.columns, cycle.states[self.name]
        found = []
        if columns.count[row] + 1 > columns.allowed[row]:
            found.append(f"pods {columns.count[row]} + 1 > {columns.allowed[row]}")
        for name, column, amount in zip(*wanted, strict=True):
            has, used = columns.allocatable[row, column], columns.requested[row, column]
            if amount > has - used:
                found.append(f"{name} {amount} > {has} - {used} = {has - used}")
        return found

    def score_terms(self, cycle: Cycle, row: int) -> list[str]:
        """The share of each resource, and their mean."""
        taken, room = chosen(cycle, np.array([row]), tuple(one.name for one in self.strategy.resources))
        return self.strategy.terms(taken[0].tolist(), room[0].tolist())


def plain(cycle: Cycle, rows: Ints) -> tuple[Ints, Ints]:
    """Taken with the pod, and allocatable, of cpu and memory by row."""
    columns = cycle.columns
    both = range(len(SCORED))
    room = gathered(columns.allocatable, rows, both)
    return gathered(columns.scored, rows, both) + np.array(cycle.info.scoring), room


def chosen(cycle: Cycle, rows: Ints, names: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Taken with the pod, and allocatable, of these resources by row.

    An extended resource that the pod doesn't ask for counts as one that the nodes lack.
    """
    columns, request = cycle.columns, cycle.info.request
    taken, room = np.zeros((2, len(rows), len(names)), np.int64)
    for place, name in enumerate(names):
        column = columns.resources.get(name)
        if column is None or (column > STORAGE and not request.get(name)):
            continue
        room[:, place] = columns.allocatable[rows, column]
        if name in SCORED:
            taken[:, place] = columns.scored[rows, column] + cycle.info.scoring[column]
        else:
            taken[:, place] = columns.requested[rows, column] + request.get(name, 0)
    return taken, room


def asked(cycle: Cycle, ignores: Callable[[str], bool] | None = None) -> Asked:
    """The pod's requests that aren't zero or ignored, cpu, memory and storage first, then by name.

    Kept with the columns: a resource has the same column for good, so equal requests ask for the same.
    """
    kept, same = cycle.columns.asked, (tuple(cycle.info.request.items()), ignores)
    if same not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[same] = _asked(cycle, ignores)
    found: Asked = kept[same]
    return found


def _asked(cycle: Cycle, ignores: Callable[[str], bool] | None) -> Asked:
    columns: Columns = cycle.columns
    columns.demand(cycle.info)
    request = {name: amount for name, amount in cycle.info.request.items() if amount > 0}
    request = {name: amount for name, amount in request.items() if not ignores(name)} if ignores else request
    names = sorted(request, key=lambda name: (min(columns.resources[name], STORAGE + 1), name))
    numbers = [[columns.resources[name] for name in names], [request[name] for name in names]]
    return Asked(tuple(names), *np.array(numbers, np.int64).reshape(2, -1))

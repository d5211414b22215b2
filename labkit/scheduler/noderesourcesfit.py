"""NodeResourcesFit: requests must fit into what is left; the emptier the node, the better."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from labkit.scheduler.coded import Bools, Ints
from labkit.scheduler.columns import CPU, MEMORY, STORAGE, Columns
from labkit.scheduler.plugin import MAX_SCORE, SUCCESS, UNRESOLVABLE, UNSCHEDULABLE, Cycle, Prepared, Verdict

TOO_MANY = "Too many pods"
SCORED = {"cpu": CPU, "memory": MEMORY}


class Asked(NamedTuple):
    """What the pod asks for, without zeros: resource names, their columns, and the amounts."""

    names: tuple[str, ...]
    columns: Ints
    amounts: Ints


class NodeResourcesFit:
    """Keeps the sum of requests within what a node has to give, and prefers emptier nodes.

    Does: refuses nodes with no room for another pod or for one of the pod's requests; a request above the whole
    allocatable amount can't be helped by removing pods. The score (LeastAllocated) is the mean over cpu and memory of
    (allocatable - requested)*100/allocatable in integers, the pod included; there a container without a request
    counts 100m and 200Mi. Limits play no part.
    Reads: the node's allocatable resources and the requests of its pods; the pod's requests, see `podrequest`.
    Writes: nothing.
    Runs again when: a pod leaves a node or asks for less, a node is added or gets more to give.
    Source: plugins/noderesources/{fit,least_allocated}.go, v1.36.
    Left out: MostAllocated and RequestedToCapacityRatio, ignoredResources, devices of dynamic resource allocation.
    """

    name = "NodeResourcesFit"
    events = ("Pod/Delete", "Pod/ScaleDown", "Node/Add", "Node/UpdateAllocatable")

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Add up what the pod asks for."""
        return Prepared(state=asked(cycle))

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse nodes that lack something. The reasons' number has a bit for the count and one per resource."""
        wanted: Asked = cycle.states[self.name]
        columns = cycle.columns
        room = columns.allocatable[rows[:, None], wanted.columns]
        lacking: Bools = wanted.amounts > room - columns.requested[rows[:, None], wanted.columns]
        full = columns.count[rows] + 1 > columns.allowed[rows]
        bits: Ints = full.astype(np.int64) + lacking @ (2 << np.arange(len(wanted.names)))
        codes = np.where(bits > 0, UNSCHEDULABLE, SUCCESS)
        codes[(wanted.amounts > room).any(axis=1)] = UNRESOLVABLE
        texts = (TOO_MANY, *(f"Insufficient {name}" for name in wanted.names))
        return Verdict(codes, bits, lambda found: tuple(text for bit, text in enumerate(texts) if found >> bit & 1))

    def score(self, cycle: Cycle, rows: Ints) -> Ints:
        """The mean share of cpu and memory that stays free; a node that has neither gets 0."""
        room = cycle.columns.allocatable[rows, : len(SCORED)]
        taken = cycle.columns.scored[rows] + np.array(cycle.info.scoring)
        there = room > 0
        shares = np.where(there & (taken <= room), (room - taken) * MAX_SCORE // np.maximum(room, 1), 0)
        mean: Ints = shares.sum(axis=1) // np.maximum(there.sum(axis=1), 1)
        return mean

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
        found, shares = [], []
        for name, column in SCORED.items():
            has = int(cycle.columns.allocatable[row, column])
            taken = int(cycle.columns.scored[row, column]) + cycle.info.scoring[column]
            if has:
                shares.append((has - taken) * MAX_SCORE // has if taken <= has else 0)
                found.append(f"{name} ({has}-{taken})*100/{has} = {shares[-1]}")
        mean = sum(shares) // max(len(shares), 1)
        return [*found, f"({'+'.join(map(str, shares))})/{len(shares)} = {mean}"] if shares else ["nothing to share: 0"]


def asked(cycle: Cycle) -> Asked:
    """The pod's requests that aren't zero, cpu, memory and storage first, then by name."""
    columns: Columns = cycle.columns
    columns.demand(cycle.info)
    request = {name: amount for name, amount in cycle.info.request.items() if amount > 0}
    names = sorted(request, key=lambda name: (min(columns.resources[name], STORAGE + 1), name))
    numbers = [[columns.resources[name] for name in names], [request[name] for name in names]]
    return Asked(tuple(names), *np.array(numbers, np.int64).reshape(2, -1))

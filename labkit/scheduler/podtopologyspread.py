"""PodTopologySpread: pods of a kind should lie evenly over zones, nodes or other domains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from labkit.scheduler.coded import ABSENT, Bools, Ints
from labkit.scheduler.plugin import MAX_SCORE, SKIP, SUCCESS, UNRESOLVABLE, UNSCHEDULABLE, Cycle, Prepared, Verdict
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.spreading import (
    HARD,
    HOSTNAME,
    SOFT,
    Constraint,
    Defaults,
    by_domain,
    constraints_for,
    counted_nodes,
    has_all_keys,
)

REASON = "node(s) didn't match pod topology spread constraints"
NO_LABEL = f"{REASON} (missing required label)"
TEXTS = ("", REASON, NO_LABEL)
NO_DOMAIN = 2**31 - 1
"""The lowest count where no domain counts."""


class Domains(NamedTuple):
    """One constraint's domains by code of its label: pods that match, and whether the domain counts for the minimum."""

    constraint: Constraint
    matches: Ints
    counts: Bools
    itself: int

    @property
    def lowest(self) -> int:
        """The fewest matching pods of any domain; 0 while there are fewer domains than minDomains."""
        if self.counts.sum() < self.constraint.min_domains:
            return 0
        return int(self.matches[self.counts].min(initial=NO_DOMAIN))


class Soft(NamedTuple):
    """What scoring works with: per constraint the matching pods and the weight of each feasible row; who is ignored."""

    constraints: list[Constraint]
    numbers: list[Ints]
    weights: list[float]
    known: list[Bools]
    ignored: Bools


@dataclass(frozen=True)
class PodTopologySpread:
    """Spreads matching pods over the domains of a topology.

    Does: for a DoNotSchedule constraint refuses a node if its domain would get ahead of the emptiest by more than
    maxSkew: matching + itself - lowest > maxSkew; a node without the label is refused for good. ScheduleAnyway
    constraints score matching*ln(domains + 2) + (maxSkew - 1), summed and rounded; 100*(max + min - score)/max. Pods
    of a Service, ReplicaSet or StatefulSet without constraints are scored over hosts (maxSkew 3) and zones (5), or get
    the `defaults` instead.
    Reads: node labels and taints, pods of the same namespace that aren't being deleted, Services, the pod's owner.
    Writes: nothing.
    Runs again when: a matching pod comes, goes or changes labels; a node is added or its labels or taints change.
    Source: plugins/podtopologyspread/{filtering,scoring,common}.go, v1.36.
    Left out: nothing.
    """

    defaults: Defaults = None

    name: ClassVar[str] = "PodTopologySpread"
    events: ClassVar[tuple[str, ...]] = (
        "Pod/Add", "Pod/Delete", "Pod/UpdateLabel", "Node/Add", "Node/Delete", "Node/UpdateLabel", "Node/UpdateTaint",
    )  # fmt: skip

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Count matching pods by domain, for each DoNotSchedule constraint; skip a pod that has none."""
        constraints = constraints_for(cycle, HARD, self.defaults)
        if not constraints:
            return SKIP
        complete = has_all_keys(cycle.columns, constraints)
        return Prepared(state=[domains_of(cycle, one, complete) for one in constraints])

    def moved(self, cycle: Cycle, state: list[Domains], info: PodInfo, sign: int) -> list[Domains]:
        """The counts with one pod more or less on the cycle's only node."""
        complete = has_all_keys(cycle.columns, [one.constraint for one in state])[0]
        if info.key.namespace != cycle.info.key.namespace or not complete:
            return state
        return [changed(cycle, one, info, sign) for one in state]

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse nodes whose domain would get too far ahead; of several constraints the first that fails speaks."""
        numbers = np.zeros(len(rows), np.int64)
        for one in cycle.states[self.name]:
            codes = cycle.columns.labels(one.constraint.key).codes[rows]
            skew = one.matches[codes] + one.itself - one.lowest
            found = np.where(codes == ABSENT, 2, np.where(skew > one.constraint.max_skew, 1, 0))
            numbers = np.where(numbers == 0, found, numbers)
        codes = np.array([SUCCESS, UNSCHEDULABLE, UNRESOLVABLE])[numbers]
        return Verdict(codes, numbers, lambda number: (TEXTS[number],))

    def score(self, cycle: Cycle, rows: Ints) -> Ints | None:
        """How full the domains of each node are, over all soft constraints."""
        soft = soft_state(cycle, rows, self.defaults)
        if soft is None:
            return None
        cycle.states[self.name + "/score"] = soft
        total = np.zeros(len(rows))
        for one, numbers, weight, known in zip(soft.constraints, soft.numbers, soft.weights, soft.known, strict=True):
            total += np.where(known, numbers * weight + float(one.max_skew - 1), 0.0)
        return np.where(soft.ignored, 0, np.floor(total + 0.5)).astype(np.int64)

    def normalize(self, cycle: Cycle, raw: Ints) -> Ints:
        """Turned round: the emptier the better; nodes without the labels get 0."""
        ignored = cycle.states[self.name + "/score"].ignored
        valid = raw[~ignored]
        highest, lowest = int(valid.max(initial=0)), int(valid.min(initial=2**62))
        if not highest:
            return np.where(ignored, 0, MAX_SCORE)
        return np.where(ignored, 0, MAX_SCORE * (highest + lowest - raw) // highest)

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """For each constraint the subtraction, or the label that is missing."""
        return [_skew(cycle, one, row) for one in cycle.states[self.name]]

    def score_terms(self, cycle: Cycle, row: int) -> list[str]:
        """For each constraint the count, its weight, and the skew that is free."""
        soft = cycle.states[self.name + "/score"]
        place = int(np.flatnonzero(cycle.states[self.name + "/rows"] == row)[0])
        if soft.ignored[place]:
            return ["a topology label is missing: 0"]
        parts = zip(soft.constraints, soft.numbers, soft.weights, soft.known, strict=True)
        return [_fullness(one, int(numbers[place]), weight) for one, numbers, weight, known in parts if known[place]]


def domains_of(cycle: Cycle, constraint: Constraint, complete: Bools) -> Domains:
    """The domains of a constraint; only nodes with the labels of all constraints count."""
    column = cycle.columns.labels(constraint.key)
    counted = complete & counted_nodes(cycle, constraint)
    numbers = cycle.columns.matching((constraint.term(cycle.info.key.namespace),))
    matches = by_domain(column.codes[counted], numbers[counted], len(column.values) + 1)
    counts = np.zeros(len(column.values) + 1, np.bool_)
    counts[column.codes[counted]] = True
    return Domains(constraint, matches, counts, int(constraint.selector.matches(cycle.pod.metadata.labels)))


def changed(cycle: Cycle, domains: Domains, info: PodInfo, sign: int) -> Domains:
    """The domains of a constraint with one pod more or less on the cycle's only node."""
    constraint = domains.constraint
    if not constraint.selector.matches(info.pod.metadata.labels) or not counted_nodes(cycle, constraint)[0]:
        return domains
    matches = domains.matches.copy()
    matches[cycle.columns.labels(constraint.key).codes[0]] += sign
    return domains._replace(matches=matches)


def soft_state(cycle: Cycle, rows: Ints, defaults: Defaults = None) -> Soft | None:
    """What scoring these rows works with; None if there is no soft constraint."""
    columns, strict = cycle.columns, bool(cycle.pod.spec.topology_spread_constraints) or defaults is not None
    constraints = constraints_for(cycle, SOFT, defaults)
    if not constraints:
        return None
    cycle.states["PodTopologySpread/rows"] = rows
    # The system's constraints don't ask for all labels: a node without a zone still spreads over hosts.
    complete = has_all_keys(columns, constraints) if strict else np.ones(len(columns), np.bool_)
    ready = [soft_numbers(cycle, one, rows, complete) for one in constraints]
    known = [columns.labels(one.key).codes[rows] != ABSENT for one in constraints]
    return Soft(constraints, [one[0] for one in ready], [one[1] for one in ready], known, ~complete[rows])


def soft_numbers(cycle: Cycle, constraint: Constraint, rows: Ints, complete: Bools) -> tuple[Ints, float]:
    """The matching pods in the domain of each row, and what one of them weighs: ln(domains + 2)."""
    columns = cycle.columns
    numbers = columns.matching((constraint.term(cycle.info.key.namespace),))
    scored = complete[rows]
    if constraint.key == HOSTNAME:
        return numbers[rows], float(np.log(int(scored.sum()) + 2))
    column = columns.labels(constraint.key)
    counted = complete & counted_nodes(cycle, constraint)
    summed = by_domain(column.codes[counted], numbers[counted], len(column.values) + 1)
    return summed[column.codes[rows]], float(np.log(len(np.unique(column.codes[rows][scored])) + 2))


def _fullness(one: Constraint, here: int, weight: float) -> str:
    return f"{one.key}: {here}*{weight:.4f} + ({one.max_skew}-1) = {here * weight + one.max_skew - 1:.4f}"


def _skew(cycle: Cycle, one: Domains, row: int) -> str:
    column, key = cycle.columns.labels(one.constraint.key), one.constraint.key
    if column.codes[row] == ABSENT:
        return f"no label {key}"
    here = int(one.matches[column.codes[row]])
    skew = here + one.itself - one.lowest
    most = one.constraint.max_skew
    compared = f"{skew} {'<=' if skew <= most else '>'} maxSkew {most}"
    return f"{key}={column.value(row)}: {here} + {one.itself} - {one.lowest} = {compared}"

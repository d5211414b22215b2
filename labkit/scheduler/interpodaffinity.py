"""InterPodAffinity: near some pods, away from others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from labkit.fields import selectors
from labkit.kinds.registry import Key
from labkit.scheduler.coded import ABSENT, Bools, Ints
from labkit.scheduler.columns import Columns
from labkit.scheduler.plugin import MAX_SCORE, SKIP, SUCCESS, UNRESOLVABLE, UNSCHEDULABLE, Cycle, Prepared, Verdict
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.podterms import PodTerm, Tie
from labkit.scheduler.spreading import by_domain

NOT_NEAR = "node(s) didn't match pod affinity rules"
TOO_NEAR = "node(s) didn't match pod anti-affinity rules"
UNWANTED = "node(s) didn't satisfy existing pods anti-affinity rules"
TEXTS = ("", NOT_NEAR, TOO_NEAR, UNWANTED)


class Pairs(NamedTuple):
    """Pods counted by the value of one topology label: `counts` by code, for the pods that `meant` means."""

    key: str
    counts: Ints
    meant: Callable[[PodInfo], bool]


class State(NamedTuple):
    """Pods to be near, pods to be away from, pods that want to be away from this one."""

    near: list[Pairs]
    away: list[Pairs]
    unwanted: list[Pairs]
    own_kind: bool


@dataclass(frozen=True)
class InterPodAffinity:
    """Places pods by the pods that are there already.

    Does: refuses nodes whose domain lacks a pod that meets all required affinity terms (unless the pod itself meets
    them and no pod does yet: the first of its group), has a pod of a required anti-affinity term, or one whose own
    anti-affinity means this pod. Scores sum the weights of preferred terms, of the pod's and of the others' about it,
    and `hard_weight` for each required affinity about it; 100*(score - min)/(max - min). With `own_terms_only` a pod
    without preferred terms gets no score.
    Reads: labels of nodes, pods and namespaces; the affinity of the pod and of those placed.
    Writes: nothing.
    Runs again when: a pod comes, goes or changes labels; a node is added or its labels change.
    Source: plugins/interpodaffinity/{filtering,scoring}.go, v1.36.
    Left out: nothing.
    """

    hard_weight: int = 1
    own_terms_only: bool = False

    name: ClassVar[str] = "InterPodAffinity"
    events: ClassVar[tuple[str, ...]] = (
        "Pod/Add", "Pod/Delete", "Pod/UpdateLabel", "Node/Add", "Node/UpdateLabel", "Namespace/Update",
    )  # fmt: skip

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Count the pods that matter by domain; skip if neither the pod nor anybody else has a required term."""
        own = [resolved(cycle, tie) for tie in cycle.info.ties if tie.required]
        near, away = [tie for tie in own if tie.sign > 0], [tie for tie in own if tie.sign < 0]
        everyone = tuple(tie.term for tie in near)
        state = State(
            [matching_pairs(cycle.columns, tie.key, everyone) for tie in near],
            [matching_pairs(cycle.columns, tie.key, (tie.term,)) for tie in away],
            unwanted_pairs(cycle),
            all(term.matches(cycle.info.key, cycle.pod) for term in everyone),
        )
        return Prepared(state=state) if own or state.unwanted else SKIP

    def moved(self, cycle: Cycle, state: State, info: PodInfo, sign: int) -> State:
        """The counts with one pod more or less on the cycle's only node."""
        unwanted = [*state.unwanted, *new_pairs(cycle, state, info)]
        near, away, unwanted = (
            [_shifted(cycle.columns, one, info, sign) for one in part] for part in (state.near, state.away, unwanted)
        )
        return State(near, away, unwanted, state.own_kind)

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse nodes that are too far or too near."""
        state, columns = cycle.states[self.name], cycle.columns
        numbers = np.where(_any(columns, state.unwanted, rows), 3, 0)
        numbers = np.where(_any(columns, state.away, rows), 2, numbers)
        numbers = np.where(~is_near(columns, state, rows), 1, numbers)
        codes = np.array([SUCCESS, UNRESOLVABLE, UNSCHEDULABLE, UNSCHEDULABLE])[numbers]
        return Verdict(codes, numbers, lambda number: (TEXTS[number],))

    def score(self, cycle: Cycle, rows: Ints) -> Ints | None:
        """The weights of all terms that hold between the pod and those in each node's domains."""
        if self.own_terms_only and all(tie.required for tie in cycle.info.ties):
            return None
        found = list(weighed(cycle, self.hard_weight))
        if not found:
            return None
        cycle.states[self.name + "/score"] = found
        total = np.zeros(len(rows), np.int64)
        for weight, pairs in found:
            total += weight * _values(cycle.columns, pairs, rows)
        return total

    def normalize(self, cycle: Cycle, raw: Ints) -> Ints:
        """Stretched so that the lowest is 0 and the highest 100; all 0 where they are equal."""
        lowest, span = int(raw.min()), int(raw.max()) - int(raw.min())
        return (MAX_SCORE * ((raw - lowest) / span)).astype(np.int64) if span else np.zeros_like(raw)

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """Per topology label the pods found, against what is asked for."""
        state, columns = cycle.states[self.name], cycle.columns
        asked = [("wanted here", state.near), ("avoided here", state.away), ("here that avoid it", state.unwanted)]
        return [f"{_place(columns, one, row)}: {_values(columns, one, np.array([row]))[0]} pods {what}"
                for what, part in asked for one in part]  # fmt: skip

    def score_terms(self, cycle: Cycle, row: int) -> list[str]:
        """Per term the pods in the node's domain times their weight."""
        columns = cycle.columns
        return [f"{_place(columns, pairs, row)}: {_values(columns, pairs, np.array([row]))[0]} pods * {weight}"
                for weight, pairs in cycle.states[self.name + "/score"]]  # fmt: skip


def resolved(cycle: Cycle, tie: Tie) -> Tie:
    """The pod's own tie with its namespace selector replaced by the namespaces that have such labels now."""
    chosen = tie.term.namespace_selector
    if chosen.nothing:
        return tie
    names = {one.metadata.name for one in cycle.world.items("Namespace") if chosen.matches(one.metadata.labels)}
    term = tie.term._replace(namespaces=tie.term.namespaces | names, namespace_selector=selectors.NOTHING)
    return tie._replace(term=term)


def matching_pairs(columns: Columns, key: str, terms: tuple[PodTerm, ...]) -> Pairs:
    """The pods that all the terms mean, by value of the label."""
    counts = _summed(columns, key, columns.matching(terms))
    return Pairs(key, counts, lambda info: all(term.matches(info.key, info.pod) for term in terms))


def means(cycle: Cycle, tie: Tie) -> bool:
    """Whether another pod's tie means this cycle's pod."""
    key = cycle.info.key
    namespace = cycle.world.read(Key("Namespace", "", key.namespace))
    return tie.term.matches(key, cycle.pod, namespace.metadata.labels if namespace else {})


def unwanted_pairs(cycle: Cycle) -> list[Pairs]:
    """The placed pods whose required anti-affinity means this pod, by term and value of its label."""
    ties = [tie for tie in cycle.columns.ties if tie.required and tie.sign < 0 and means(cycle, tie)]
    found = [_holders(cycle.columns, tie) for tie in ties]
    return [one for one in found if one.counts.any()]


def new_pairs(cycle: Cycle, state: State, info: PodInfo) -> list[Pairs]:
    """Empty counts for the anti-affinity of a pod that isn't counted yet."""
    ties = [tie for tie in info.ties if tie.required and tie.sign < 0 and means(cycle, tie)]
    unknown = [tie for tie in ties if not any(one.key == tie.key and one.meant(info) for one in state.unwanted)]
    return [_holders(cycle.columns, tie)._replace(counts=_blank(cycle.columns, tie.key)) for tie in unknown]


def weighed(cycle: Cycle, hard_weight: int = 1) -> Iterable[tuple[int, Pairs]]:
    """Weight and domains of every preferred term of the pod, and of every term of others that means it."""
    for tie in cycle.info.ties:
        if not tie.required:
            pairs = matching_pairs(cycle.columns, tie.key, (resolved(cycle, tie).term,))
            if pairs.counts.any():
                yield tie.sign * tie.weight, pairs
    for tie in cycle.columns.ties:
        weight = tie.weight if not tie.required else hard_weight if tie.sign > 0 else 0
        if weight and means(cycle, tie):
            pairs = _holders(cycle.columns, tie)
            if pairs.counts.any():
                yield tie.sign * weight, pairs


def is_near(columns: Columns, state: State, rows: Ints) -> Bools:
    """Which rows have pods for every affinity term in their domains, or may get the first of its group."""
    labelled, near = np.ones(len(rows), np.bool_), np.ones(len(rows), np.bool_)
    for one in state.near:
        labelled &= columns.labels(one.key).codes[rows] != ABSENT
        near &= _values(columns, one, rows) > 0
    first = state.own_kind and not any(one.counts.any() for one in state.near)
    return labelled & (near | first)


def _any(columns: Columns, part: list[Pairs], rows: Ints) -> Bools:
    found = np.zeros(len(rows), np.bool_)
    for one in part:
        found |= _values(columns, one, rows) > 0
    return found


def _values(columns: Columns, pairs: Pairs, rows: Ints) -> Ints:
    return pairs.counts[columns.labels(pairs.key).codes[rows]]


def _holders(columns: Columns, tie: Tie) -> Pairs:
    return Pairs(tie.key, _summed(columns, tie.key, columns.ties[tie]), lambda info: tie in info.ties)


def _blank(columns: Columns, key: str) -> Ints:
    return np.zeros(len(columns.labels(key).values) + 1, np.int64)


def _summed(columns: Columns, key: str, numbers: Ints) -> Ints:
    column = columns.labels(key)
    there = (column.codes != ABSENT) & (numbers != 0)
    # One place more than there are values: code -1 (no label) reads the last, which stays 0.
    return by_domain(column.codes[there], numbers[there], len(column.values) + 1)


def _shifted(columns: Columns, pairs: Pairs, info: PodInfo, sign: int) -> Pairs:
    code = columns.labels(pairs.key).codes[0]
    if code == ABSENT or not pairs.meant(info):
        return pairs
    counts = pairs.counts.copy()
    counts[code] += sign
    return pairs._replace(counts=counts)


def _place(columns: Columns, pairs: Pairs, row: int) -> str:
    value = columns.labels(pairs.key).value(row)
    return f"no label {pairs.key}" if value is None else f"{pairs.key}={value}"

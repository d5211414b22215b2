"""NodeAffinity: the nodes a pod needs, and those it likes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from labkit.kinds.pod import NodeAffinity as Affinity
from labkit.kinds.pod import NodeSelector, Pod, PreferredNodeTerm
from labkit.scheduler import nodeterms
from labkit.scheduler.coded import Bools, Ints
from labkit.scheduler.columns import Columns
from labkit.scheduler.plugin import SKIP, SUCCESS, UNRESOLVABLE, Cycle, Prepared, Refusal, Verdict, default_normalize

REASON = "node(s) didn't match Pod's node affinity/selector"
ENFORCED = "node(s) didn't match scheduler-enforced node affinity"
TEXTS = (REASON, ENFORCED)
CONFLICT = "pod affinity terms conflict"


@dataclass(frozen=True)
class NodeAffinity:
    """Sends pods to the nodes they select.

    Does: refuses nodes that lack a pair of `nodeSelector` or satisfy no required term. The score sums the weights of
    the preferred terms that a node satisfies, as 100*sum/highest sum. Terms bound to `metadata.name` narrow the
    nodes before anything else looks at them. `added` is an affinity that holds for every pod besides its own.
    Reads: the node's labels and name, the pod's nodeSelector and nodeAffinity.
    Writes: nothing.
    Runs again when: a node is added or its labels change.
    Source: plugins/nodeaffinity/node_affinity.go, v1.36.
    Left out: nothing.
    """

    added: Affinity | None = None

    name: ClassVar[str] = "NodeAffinity"
    events: ClassVar[tuple[str, ...]] = ("Node/Add", "Node/UpdateLabel")

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Skip a pod that selects nothing; narrow the nodes to the names that the terms are bound to."""
        required = required_of(cycle.pod)
        if required is None and not cycle.pod.spec.node_selector:
            return Prepared() if self.enforced else SKIP
        if required is None or not required.node_selector_terms:
            return Prepared()
        names = nodeterms.names_wanted(required.node_selector_terms)
        if names is not None and not names:
            return Prepared(refusal=Refusal(UNRESOLVABLE, CONFLICT))
        return Prepared(nodes=names)

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse nodes that the pod doesn't select, and first those that the profile keeps all pods from."""
        refused = ~selected(cycle.columns, cycle.pod, rows)
        if self.enforced is None:
            return Verdict.of(refused, UNRESOLVABLE, REASON)
        kept_off = ~nodeterms.matches_any(cycle.columns, self.enforced.node_selector_terms, rows)
        codes = np.where(refused | kept_off, UNRESOLVABLE, SUCCESS)
        return Verdict(codes, kept_off.astype(np.int64), lambda number: (TEXTS[number],))

    def score(self, cycle: Cycle, rows: Ints) -> Ints | None:
        """The weights of the preferred terms that hold, summed."""
        terms = self.liked(cycle)
        if not terms:
            return None
        total = np.zeros(len(rows), np.int64)
        for term in terms:
            total += term.weight * nodeterms.matches(cycle.columns, term.preference, rows)
        return total

    def normalize(self, cycle: Cycle, raw: Ints) -> Ints:
        """100 for the highest sum."""
        return default_normalize(raw)

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """The pairs that are missing, and for each required term what fails."""
        labels = cycle.columns.nodes[row].metadata.labels
        wrong = [pair for pair in cycle.pod.spec.node_selector.items() if labels.get(pair[0]) != pair[1]]
        found = [f"nodeSelector {key}={value} fails: {_has(labels, key)}" for key, value in wrong]
        for number, term in enumerate(self.enforced.node_selector_terms if self.enforced else (), 1):
            found += [f"enforced term {number}: {one}" for one in nodeterms.failures(cycle.columns, term, row)]
        required = required_of(cycle.pod)
        for number, term in enumerate(required.node_selector_terms if required else (), 1):
            found += [f"term {number}: {failed}" for failed in nodeterms.failures(cycle.columns, term, row)]
        return found

    def score_terms(self, cycle: Cycle, row: int) -> list[str]:
        """Each preferred term with its weight, and whether it holds."""
        return [_weighed(cycle.columns, term, row) for term in self.liked(cycle)]

    @property
    def enforced(self) -> NodeSelector | None:
        """The added terms of which one must hold for every pod."""
        return self.added.required if self.added else None

    def liked(self, cycle: Cycle) -> tuple[PreferredNodeTerm, ...]:
        """The added terms and the pod's own that count in the score."""
        return (*(self.added.preferred if self.added else ()), *preferred_of(cycle.pod))


def affinity_of(pod: Pod) -> Affinity | None:
    """The pod's node affinity."""
    return pod.spec.affinity.node_affinity if pod.spec.affinity else None


def required_of(pod: Pod) -> NodeSelector | None:
    """The terms of which one must hold."""
    affinity = affinity_of(pod)
    return affinity.required if affinity else None


def preferred_of(pod: Pod) -> tuple[PreferredNodeTerm, ...]:
    """The terms that count in the score."""
    affinity = affinity_of(pod)
    return affinity.preferred if affinity else ()


def selected(columns: Columns, pod: Pod, rows: Ints) -> Bools:
    """Which of the rows have every pair of nodeSelector and satisfy a required term."""
    matched = np.ones(len(rows), np.bool_)
    for key, wanted in pod.spec.node_selector.items():
        column = columns.labels(key)
        matched &= column.codes[rows] == column.code(wanted)
    required = required_of(pod)
    return matched & nodeterms.matches_any(columns, required.node_selector_terms, rows) if required else matched


def _has(labels: dict[str, str], key: str) -> str:
    return f"{key}={labels[key]}" if key in labels else f"no label {key}"


def _weighed(columns: Columns, term: PreferredNodeTerm, row: int) -> str:
    failed = nodeterms.failures(columns, term.preference, row)
    listed = "; ".join(failed) or ", ".join(map(nodeterms.in_words, term.preference.match_expressions))
    return f"{0 if failed else term.weight} of {term.weight}: {listed}"

"""Node selector terms against nodes.

Terms are ORed, the requirements of a term ANDed; a term without any matches nothing.
Source: component-helpers scheduling/corev1/nodeaffinity/nodeaffinity.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np

from labkit.errors import FieldError
from labkit.fields.requirements import TESTS
from labkit.kinds.meta import Requirement
from labkit.kinds.node import Node
from labkit.kinds.pod import NodeSelectorTerm, PodSpec
from labkit.scheduler.coded import Bools, Ints
from labkit.scheduler.columns import Columns

OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!", "Gt": "gt", "Lt": "lt"}
NAME_FIELD = "metadata.name"


def matches_any(columns: Columns, terms: Iterable[NodeSelectorTerm], rows: Ints) -> Bools:
    """Which of the rows satisfy at least one term."""
    matched = np.zeros(len(rows), np.bool_)
    for term in terms:
        matched |= matches(columns, term, rows)
    return matched


def matches(columns: Columns, term: NodeSelectorTerm, rows: Ints) -> Bools:
    """Which of the rows satisfy every requirement of the term."""
    matched = np.full(len(rows), bool(term.match_expressions or term.match_fields))
    for requirement in term.match_expressions:
        matched &= columns.labels(requirement.key).where(partial(satisfies, requirement), rows)
    for requirement in term.match_fields:
        matched &= named_as(columns, requirement, rows)
    return matched


def named_as(columns: Columns, requirement: Requirement, rows: Ints) -> Bools:
    """Which of the rows satisfy a requirement on the field metadata.name; no other field exists."""
    known = requirement.key == NAME_FIELD
    return np.array([known and satisfies(requirement, columns.names[row]) for row in rows], np.bool_)


def satisfies(requirement: Requirement, value: str | None) -> bool:
    """Whether a label's value (None: no such label) satisfies the requirement; a bound that is no number never does."""
    try:
        return TESTS[OPERATORS[requirement.operator]](value, requirement.values)
    except (FieldError, KeyError):
        return False


def suits(node: Node, spec: PodSpec) -> bool:
    """Whether the node satisfies nodeSelector and required node affinity."""
    labels = node.metadata.labels
    if any(labels.get(name) != value for name, value in spec.node_selector.items()):
        return False
    affinity = spec.affinity.node_affinity if spec.affinity else None
    if affinity is None or affinity.required is None:
        return True
    return any(_satisfied(node, term) for term in affinity.required.node_selector_terms)


def _satisfied(node: Node, term: NodeSelectorTerm) -> bool:
    if not term.match_expressions and not term.match_fields:
        return False
    labels = all(satisfies(one, node.metadata.labels.get(one.key)) for one in term.match_expressions)
    return labels and all(one.key == NAME_FIELD and satisfies(one, node.metadata.name) for one in term.match_fields)


def names_wanted(terms: Iterable[NodeSelectorTerm]) -> frozenset[str] | None:
    """The node names that the terms are bound to; None if some term leaves the name open."""
    wanted: set[str] = set()
    for term in terms:
        fields = [set(one.values) for one in term.match_fields if one.key == NAME_FIELD and one.operator == "In"]
        if not fields:
            return None
        wanted |= set.intersection(*fields)
    return frozenset(wanted)


def in_words(requirement: Requirement) -> str:
    """A requirement as one reads it: `disk in (ssd)`, `!gpu`, `cores > 4`."""
    listed = ", ".join(requirement.values)
    match requirement.operator:
        case "In":
            return f"{requirement.key} in ({listed})"
        case "NotIn":
            return f"{requirement.key} not in ({listed})"
        case "Exists":
            return requirement.key
        case "DoesNotExist":
            return f"!{requirement.key}"
    return f"{requirement.key} {'>' if requirement.operator == 'Gt' else '<'} {listed}"


def failures(columns: Columns, term: NodeSelectorTerm, row: int) -> list[str]:
    """Which requirements of the term the node doesn't satisfy, with what it has instead."""
    labels = columns.nodes[row].metadata.labels
    found = [(one, labels.get(one.key)) for one in term.match_expressions]
    found += [(one, columns.names[row]) for one in term.match_fields]
    failed = [f"{in_words(one)} fails: {_has(one.key, value)}" for one, value in found if not satisfies(one, value)]
    return failed if found else ["an empty term matches nothing"]


def _has(key: str, value: str | None) -> str:
    return f"no label {key}" if value is None else f"{key}={value}"

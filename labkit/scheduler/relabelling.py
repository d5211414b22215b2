"""What may help a pod whose node selector or affinity a node doesn't meet: a label for the node, or asking for less."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.kinds.meta import Requirement
from labkit.kinds.pod import NodeSelectorTerm
from labkit.scheduler.nodeaffinity import required_of
from labkit.scheduler.nodeterms import NAME_FIELD, in_words, satisfies
from labkit.scheduler.plugin import Cycle
from labkit.scheduler.remedy import ON_NODE, Remedy, listed, pod_object, to_node, to_pod

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"

Labels = dict[str, str | None]


def affinity_remedies(cycle: Cycle, row: int) -> Iterator[Remedy]:
    """Remedies against NodeAffinity's refusal of one node."""
    wrong = unmet_pairs(cycle, row)
    if wrong:
        words = listed(f"{key}={value}" for key, value in wrong.items())
        patch = {"spec": {"nodeSelector": dict.fromkeys(wrong)}}
        yield to_pod(cycle, f"drop {words} from the nodeSelector", patch, len(wrong))
    required = required_of(cycle.pod)
    terms = required.node_selector_terms if required else ()
    for number, term in enumerate(terms):
        yield from _asking_less(cycle, row, number, term)
        labels = labels_for(cycle, row, term)
        if labels is not None:
            yield labelled(cycle, row, {**wrong, **labels})
    if wrong and not terms:
        yield labelled(cycle, row, {**wrong})


def unmet_pairs(cycle: Cycle, row: int) -> dict[str, str]:
    """The pairs of the pod's nodeSelector that the node lacks."""
    has = cycle.columns.nodes[row].metadata.labels
    return {key: value for key, value in cycle.pod.spec.node_selector.items() if has.get(key) != value}


def labelled(cycle: Cycle, row: int, labels: Labels) -> Remedy:
    """Other labels for the node; None takes one off."""
    words = listed(f"{key}={value}" if value is not None else f"{key}-" for key, value in labels.items())
    size = ON_NODE + 0.1 * (len(labels) - 1)
    return to_node(cycle, row, f"label it {words}", {"metadata": {"labels": labels}}, size)


def failing(cycle: Cycle, row: int, term: NodeSelectorTerm) -> tuple[list[Requirement], list[Requirement]]:
    """The requirements of a term that the node doesn't meet: on labels, and on its name."""
    has = cycle.columns.nodes[row].metadata.labels
    by_label = [one for one in term.match_expressions if not satisfies(one, has.get(one.key))]
    name = cycle.columns.names[row]
    by_name = [one for one in term.match_fields if one.key != NAME_FIELD or not satisfies(one, name)]
    return by_label, by_name


def labels_for(cycle: Cycle, row: int, term: NodeSelectorTerm) -> Labels | None:
    """Labels with which the node would meet the term; None where labels don't help, or nothing fails."""
    by_label, by_name = failing(cycle, row, term)
    wanted = {one.key: value_for(one) for one in by_label}
    if by_name or not wanted:
        return None
    return wanted


def value_for(one: Requirement) -> str | None:
    """A value that meets a requirement; None for no such label."""
    match one.operator:
        case "In":
            return one.values[0]
        case "Exists":
            return "true"
        case "Gt" | "Lt" if one.values[0].lstrip("-").isdigit():
            return str(int(one.values[0]) + (1 if one.operator == "Gt" else -1))
    return None


def _asking_less(cycle: Cycle, row: int, number: int, term: NodeSelectorTerm) -> Iterator[Remedy]:
    wrong = [one for part in failing(cycle, row, term) for one in part]
    if not wrong:
        return
    affinity = pod_object(cycle)["spec"]["affinity"]["nodeAffinity"]
    terms: list[Any] = affinity[REQUIRED]["nodeSelectorTerms"]
    keys = {(one.key, one.operator, one.values) for one in wrong}
    left = {part: _kept(terms[number], part, keys) for part in ("matchExpressions", "matchFields")}
    left = {part: kept for part, kept in left.items() if kept}
    # A term without requirements matches nothing; dropping the last one means dropping the affinity.
    changed = {"nodeSelectorTerms": [*terms[:number], left, *terms[number + 1 :]]} if left else None
    words = listed(map(in_words, wrong))
    patch = {"spec": {"affinity": {"nodeAffinity": {REQUIRED: changed}}}}
    yield to_pod(cycle, f"drop {words} from the required node affinity", patch, len(wrong))


def _kept(term: dict[str, Any], part: str, dropped: set[tuple[str, str, tuple[str, ...]]]) -> list[Any]:
    listed_there = term.get(part) or ()
    return [one for one in listed_there if (one["key"], one["operator"], tuple(one.get("values") or ())) not in dropped]

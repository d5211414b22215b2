"""What a pod asks of its node's labels, preferences included, and how those are given up one by one.

Source: karpenter pkg/scheduling/requirements.go, pkg/controllers/provisioning/scheduling/preferences.go, 1.14.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from labkit.autoscaling.karpenter.offerings import Size
from labkit.autoscaling.karpenter.requirements import Requirement, Requirements, requirement
from labkit.kinds.pod import Affinity, NodeAffinity, NodeSelector, Pod, Toleration
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.spreading import SOFT

change = msgspec.structs.replace


def size_of(info: PodInfo) -> Size:
    """What a pod asks for."""
    return Size(info.request.get("cpu", 0), info.request.get("memory", 0), 1)


def requirements_of(pod: Pod) -> Requirements:
    """Node selector, first required term and heaviest preference, all taken as required."""
    return Requirements.of(_all(pod))


def _all(pod: Pod) -> Iterator[Requirement]:
    for key, value in pod.spec.node_selector.items():
        yield requirement(key, "In", [value])
    affinity = node_affinity(pod)
    if affinity is None:
        return
    if affinity.preferred:
        heaviest = max(affinity.preferred, key=lambda one: one.weight)
        yield from _of_expressions(heaviest.preference.match_expressions)
    if affinity.required and affinity.required.node_selector_terms:
        yield from _of_expressions(affinity.required.node_selector_terms[0].match_expressions)


def _of_expressions(expressions: Iterable[Any]) -> Iterator[Requirement]:
    return (requirement(one.key, one.operator, one.values) for one in expressions)


def node_affinity(pod: Pod) -> NodeAffinity | None:
    """The pod's affinity to nodes."""
    return pod.spec.affinity.node_affinity if pod.spec.affinity else None


def relaxed(pod: Pod) -> Pod | None:
    """The pod with one preference less; None if there is none left to give up."""
    return next((found for give_up in RELAXATIONS if (found := give_up(pod)) is not None), None)


def _without_required_term(pod: Pod) -> Pod | None:
    affinity = node_affinity(pod)
    terms = affinity.required.node_selector_terms if affinity and affinity.required else ()
    if affinity is None or len(terms) < 2:
        return None
    left = NodeSelector(node_selector_terms=terms[1:])
    return _with(pod, node_affinity=change(affinity, required_during_scheduling_ignored_during_execution=left))


def _without_preferred(side: str) -> Callable[[Pod], Pod | None]:
    def give_up(pod: Pod) -> Pod | None:
        held = getattr(pod.spec.affinity, side) if pod.spec.affinity else None
        if held is None or not held.preferred:
            return None
        heaviest = max(held.preferred, key=lambda one: one.weight)
        left = tuple(one for one in held.preferred if one is not heaviest)
        return _with(pod, **{side: change(held, preferred_during_scheduling_ignored_during_execution=left)})

    return give_up


def _without_soft_spread(pod: Pod) -> Pod | None:
    held = pod.spec.topology_spread_constraints
    soft = next((one for one in held if one.when_unsatisfiable == SOFT), None)
    if soft is None:
        return None
    left = tuple(one for one in held if one is not soft)
    return change(pod, spec=change(pod.spec, topology_spread_constraints=left))


def _tolerating_soft_taints(pod: Pod) -> Pod | None:
    more = Toleration(operator="Exists", effect="PreferNoSchedule")
    if more in pod.spec.tolerations:
        return None
    return change(pod, spec=change(pod.spec, tolerations=(*pod.spec.tolerations, more)))


def _with(pod: Pod, **parts: Any) -> Pod:
    return change(pod, spec=change(pod.spec, affinity=change(pod.spec.affinity or Affinity(), **parts)))


RELAXATIONS: tuple[Callable[[Pod], Pod | None], ...] = (
    _without_required_term,
    _without_preferred("pod_affinity"),
    _without_preferred("pod_anti_affinity"),
    _without_preferred("node_affinity"),
    _without_soft_spread,
    _tolerating_soft_taints,
)
"""In this order: the first that has something to give up is taken."""

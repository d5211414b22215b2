"""Terms about other pods: which pods are meant, by namespace and labels.

Source: kube-scheduler framework/types.go AffinityTerm, k8s.io/api core/v1/types.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from labkit.fields import selectors
from labkit.fields.requirements import Requirement, Selector
from labkit.kinds.pod import Pod, PodAffinity, PodAffinityTerm
from labkit.kinds.registry import Key

NOTHING = selectors.NOTHING


class PodTerm(NamedTuple):
    """The pods of these namespaces (or of namespaces with matching labels) that the selector matches.

    `living`: pods that are being deleted don't count.
    """

    namespaces: frozenset[str]
    selector: Selector
    living: bool = False
    namespace_selector: Selector = NOTHING

    def matches(self, key: Key, pod: Pod, namespace_labels: Mapping[str, str] | None = None) -> bool:
        """Whether a pod is meant; its namespace's labels matter only to a term with a namespace selector."""
        if key.namespace not in self.namespaces and not self.namespace_selector.matches(namespace_labels):
            return False
        if self.living and pod.metadata.deletion_timestamp is not None:
            return False
        return self.selector.matches(pod.metadata.labels)


class Tie(NamedTuple):
    """What binds a pod to others: near (sign +1) or away from (-1) the pods of `term`, within one value of `key`.

    `required` ties are filters; others count `weight` in the score.
    """

    sign: int
    required: bool
    weight: int
    key: str
    term: PodTerm


def ties_of(pod: Pod) -> tuple[Tie, ...]:
    """Every pod affinity and anti-affinity term of a pod."""
    affinity = pod.spec.affinity
    if affinity is None:
        return ()
    return (*_ties(pod, affinity.pod_affinity, 1), *_ties(pod, affinity.pod_anti_affinity, -1))


def _ties(pod: Pod, affinity: PodAffinity | None, sign: int) -> Iterable[Tie]:
    for term in affinity.required if affinity else ():
        yield Tie(sign, True, 1, term.topology_key, term_of(pod, term))
    for weighted in affinity.preferred if affinity else ():
        term = weighted.pod_affinity_term
        yield Tie(sign, False, weighted.weight, term.topology_key, term_of(pod, term))


def term_of(pod: Pod, term: PodAffinityTerm) -> PodTerm:
    """Which pods a pod's affinity term means; without namespaces and namespace selector those of its own namespace."""
    own = {pod.metadata.namespace} if not term.namespaces and term.namespace_selector is None else term.namespaces
    selector = selectors.compile(term.label_selector)
    selector = with_labels(selector, pod, term.match_label_keys, "in")
    selector = with_labels(selector, pod, term.mismatch_label_keys, "notin")
    return PodTerm(frozenset(own), selector, False, selectors.compile(term.namespace_selector))


def with_labels(selector: Selector, pod: Pod, keys: Iterable[str], operator: str) -> Selector:
    """The selector, asking also for (or against) the pod's own value of these labels, as far as it has them."""
    labels = pod.metadata.labels
    own = [Requirement(key, operator, (labels[key],)) for key in keys if key in labels]
    if not own or selector.nothing:
        return selector
    return Selector((*selector.requirements, *own))

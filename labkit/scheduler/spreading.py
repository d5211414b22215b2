"""Spread constraints: what a pod's own say, and what the system assumes for pods that have none.

Source: plugins/podtopologyspread/{common,plugin}.go, plugins/helper/spread.go, v1.36.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from labkit.fields import selectors
from labkit.fields.requirements import Selector
from labkit.kinds.pod import Pod, TopologySpreadConstraint
from labkit.kinds.registry import Key
from labkit.scheduler.coded import ABSENT, Bools, Ints
from labkit.scheduler.columns import Columns
from labkit.scheduler.nodeaffinity import selected
from labkit.scheduler.plugin import Cycle
from labkit.scheduler.podterms import PodTerm, with_labels
from labkit.scheduler.tolerations import first_untolerated

HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
HARD, SOFT = "DoNotSchedule", "ScheduleAnyway"

Defaults = tuple[TopologySpreadConstraint, ...] | None
"""A profile's constraints for pods without any; None: the system's."""


class Constraint(NamedTuple):
    """A spread constraint with its selector made ready."""

    max_skew: int
    key: str
    selector: Selector
    min_domains: int = 1
    honors_affinity: bool = True
    honors_taints: bool = False

    def term(self, namespace: str) -> PodTerm:
        """The pods it counts: of this namespace, not being deleted. An empty selector counts nothing."""
        selector = selectors.NOTHING if self.selector.everything else self.selector
        return PodTerm(frozenset({namespace}), selector, living=True)


def constraints_for(cycle: Cycle, action: str, defaults: Defaults = None) -> list[Constraint]:
    """The pod's constraints of one kind, DoNotSchedule or ScheduleAnyway; the default ones if it has none of any."""
    listed = cycle.pod.spec.topology_spread_constraints
    if listed:
        return [constraint_of(cycle.pod, one) for one in listed if one.when_unsatisfiable == action]
    if defaults is None:
        return system_constraints(cycle) if action == SOFT else []
    wanted = [one for one in defaults if one.when_unsatisfiable == action]
    selector = group_selector(cycle) if wanted else selectors.NOTHING
    if selector.everything:
        return []
    return [constraint_of(cycle.pod, one)._replace(selector=selector) for one in wanted]


def constraint_of(pod: Pod, one: TopologySpreadConstraint) -> Constraint:
    """One constraint; the pod's values of matchLabelKeys are added to its selector."""
    selector = with_labels(selectors.compile(one.label_selector), pod, one.match_label_keys, "in")
    honors = one.node_affinity_policy == "Honor", one.node_taints_policy == "Honor"
    return Constraint(one.max_skew, one.topology_key, selector, one.min_domains or 1, *honors)


def system_constraints(cycle: Cycle) -> list[Constraint]:
    """What holds for a pod without constraints that a Service selects or a workload of replicas owns."""
    selector = group_selector(cycle)
    if selector.everything:
        return []
    return [Constraint(3, HOSTNAME, selector), Constraint(5, ZONE, selector)]


EVERYTHING = selectors.from_labels({})


def group_selector(cycle: Cycle) -> Selector:
    """All that the pod's Services and its owner select by, taken together; empty if there is neither."""
    key, labels = cycle.info.key, cycle.pod.metadata.labels
    pairs: dict[str, str] = {}
    for service in cycle.world.items("Service", key.namespace):
        if service.spec.selector and selectors.matches_set(service.spec.selector, labels):
            pairs |= service.spec.selector
    owner = cycle.pod.metadata.controller
    found = selectors.from_labels(pairs) if pairs else EVERYTHING
    if owner is None or owner.kind not in ("ReplicaSet", "StatefulSet", "ReplicationController"):
        return found
    group = cycle.world.read(Key(owner.kind, key.namespace, owner.name))
    if group is not None and owner.kind == "ReplicationController":
        pairs |= group.spec.selector
        return selectors.from_labels(pairs)
    others = selectors.compile(group.spec.selector).requirements if group else ()
    return Selector((*found.requirements, *others))


def has_all_keys(columns: Columns, constraints: list[Constraint]) -> Bools:
    """Which nodes have the labels of all the constraints."""
    present = np.ones(len(columns), np.bool_)
    for one in constraints:
        present &= columns.labels(one.key).codes != ABSENT
    return present


def counted_nodes(cycle: Cycle, constraint: Constraint) -> Bools:
    """Which nodes' pods count: by default those that the pod selects, tainted or not."""
    columns = cycle.columns
    rows = np.arange(len(columns))
    counted = np.ones(len(columns), np.bool_)
    if constraint.honors_affinity:
        counted &= selected(columns, cycle.pod, rows)
    if constraint.honors_taints:
        tolerations = cycle.pod.spec.tolerations
        counted &= columns.taints.where(lambda taints: not first_untolerated(taints or (), tolerations), rows)
    return counted


def by_domain(codes: Ints, numbers: Ints, domains: int) -> Ints:
    """The numbers of the nodes summed by domain code; `domains` is how many codes there are."""
    summed = np.zeros(domains, np.int64)
    np.add.at(summed, codes, numbers)
    return summed

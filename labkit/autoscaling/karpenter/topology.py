"""Pods that keep apart, together or evenly spread, while their machines are still being chosen.

A machine that isn't bought yet may be in several zones; a pod that minds narrows them to one.
Source: karpenter pkg/controllers/provisioning/scheduling/{topology,topologygroup}.go, 1.14.
Left out: topologies other than zones and single nodes, minDomains, namespace selectors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from labkit.autoscaling.karpenter.offerings import ZONE
from labkit.autoscaling.karpenter.requirements import Requirement, Requirements
from labkit.cluster import Cluster
from labkit.fields import Selector, selectors
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.podterms import PodTerm, ties_of
from labkit.scheduler.snapshot import Snapshot
from labkit.scheduler.spreading import HOSTNAME, constraint_of


class Bond(NamedTuple):
    """How a pod minds others: `spread` within `skew`, `near` them or `away` from them, by the values of `key`."""

    how: str
    key: str
    term: PodTerm
    skew: int = 1


def bonds_of(info: PodInfo) -> Iterator[Bond]:
    """What a pod minds; preferences count as wishes until they are given up."""
    for one in info.pod.spec.topology_spread_constraints:
        constraint = constraint_of(info.pod, one)
        yield Bond("spread", constraint.key, constraint.term(info.key.namespace), constraint.max_skew)
    for tie in ties_of(info.pod):
        yield Bond("near" if tie.sign > 0 else "away", tie.key, tie.term)


class Topology:
    """Where pods are, by zone and by node, those included that are being placed."""

    def __init__(self, cluster: Cluster, snapshot: Snapshot, zones: tuple[str, ...]) -> None:
        self.zones = zones
        self.placed: list[tuple[PodInfo, str, str]] = []
        for row in range(len(snapshot)):
            labels = snapshot.columns.nodes[row].metadata.labels
            for info in snapshot.pods(row):
                self.placed.append((info, labels.get(ZONE, ""), snapshot.columns.names[row]))

    def note(self, info: PodInfo, zone: str, node: str) -> None:
        """A pod is on that node, in that zone ("" while it may be in several)."""
        self.placed.append((info, zone, node))

    def narrowed(self, info: PodInfo, wanted: Requirements, node: str) -> Requirements | None:
        """What is left of the requirements of a machine called `node` if the pod goes there; None if it can't."""
        left = wanted
        for bond in [*bonds_of(info), *self._against(info)]:
            if bond.key == HOSTNAME and not self._may_share(bond, node, info):
                return None
            if bond.key == ZONE:
                zones = self._zones(bond, left, info)
                if not zones:
                    return None
                left = left & Requirements({ZONE: Requirement(ZONE, frozenset(zones))})
        return left

    def counts(self, bond: Bond, side: int) -> Counter[str]:
        """How many of the pods that a bond means are in each zone (side 1) or on each node (side 2)."""
        meant = (one for one in self.placed if bond.term.matches(one[0].key, one[0].pod))
        return Counter(str(one[side]) for one in meant)

    def _against(self, info: PodInfo) -> Iterator[Bond]:
        """Pods already there that keep away from this one: it must then keep away from them."""
        for other, _, _ in self.placed:
            for tie in other.ties:
                if tie.sign < 0 and tie.required and tie.term.matches(info.key, info.pod):
                    yield Bond("away", tie.key, PodTerm(frozenset({other.key.namespace}), _only(other)))

    def _may_share(self, bond: Bond, node: str, info: PodInfo) -> bool:
        counts = self.counts(bond, 2)
        if bond.how == "away":
            return not counts[node]
        if bond.how == "near":
            return bool(counts[node]) or (not counts and bond.term.matches(info.key, info.pod))
        # A machine more is always possible: the least that a node has is nothing.
        return counts[node] + bond.term.matches(info.key, info.pod) <= bond.skew

    def _zones(self, bond: Bond, wanted: Requirements, info: PodInfo) -> list[str]:
        allowed = [zone for zone in self.zones if ZONE not in wanted or wanted[ZONE].has(zone)]
        counts = self.counts(bond, 1)
        if bond.how == "away":
            return [zone for zone in allowed if not counts[zone]]
        if bond.how == "near":
            here = [zone for zone in allowed if counts[zone]]
            return here or (allowed[:1] if not counts and bond.term.matches(info.key, info.pod) else [])
        least = min(counts[zone] for zone in self.zones)
        own = bond.term.matches(info.key, info.pod)
        fair = [zone for zone in allowed if counts[zone] + own - least <= bond.skew]
        return sorted(fair, key=lambda zone: counts[zone])[:1]


def _only(other: PodInfo) -> Selector:
    return selectors.from_labels(other.pod.metadata.labels)

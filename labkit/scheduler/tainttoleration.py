"""TaintToleration: taints repel pods that don't tolerate them."""

from __future__ import annotations

from labkit.kinds.node import Taint
from labkit.kinds.pod import Toleration
from labkit.scheduler.coded import Ints
from labkit.scheduler.plugin import UNRESOLVABLE, Cycle, Verdict, default_normalize
from labkit.scheduler.tolerations import first_untolerated, tolerates_any

REASON = "node(s) had untolerated taint(s)"
SOFT_EFFECT = "PreferNoSchedule"

Taints = tuple[Taint, ...] | None


class TaintToleration:
    """Keeps pods off tainted nodes, or at a distance.

    Does: refuses nodes with a NoSchedule or NoExecute taint that the pod doesn't tolerate, and tells only the first.
    The score counts the untolerated PreferNoSchedule taints; the fewer, the better: 100 - 100*count/highest count.
    Reads: the node's taints, the pod's tolerations.
    Writes: nothing.
    Runs again when: a node is added or its taints change.
    Source: plugins/tainttoleration/taint_toleration.go, v1.36.
    Left out: the operators Gt and Lt (their gate is off).
    """

    name = "TaintToleration"
    events = ("Node/Add", "Node/UpdateTaint")

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse nodes with a taint that isn't tolerated. Taints are tested once per distinct set of them."""
        tolerations = cycle.pod.spec.tolerations
        refused = cycle.columns.taints.where(lambda taints: bool(first_untolerated(taints or (), tolerations)), rows)
        return Verdict.of(refused, UNRESOLVABLE, REASON)

    def score(self, cycle: Cycle, rows: Ints) -> Ints:
        """How many PreferNoSchedule taints aren't tolerated."""
        soft = soft_tolerations(cycle)
        return cycle.columns.taints.count(lambda taints: len(disliked(taints, soft)), rows)

    def normalize(self, cycle: Cycle, raw: Ints) -> Ints:
        """100 for the fewest; 100 for all where nobody has any."""
        return default_normalize(raw, reverse=True)

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """The taint that isn't tolerated."""
        taint = first_untolerated(cycle.columns.taints_of(row), cycle.pod.spec.tolerations)
        return [f"taint {taint} isn't tolerated"] if taint else []

    def score_terms(self, cycle: Cycle, row: int) -> list[str]:
        """The taints that aren't liked."""
        found = disliked(cycle.columns.taints_of(row), soft_tolerations(cycle))
        listed = ", ".join(map(str, found)) or "none"
        return [f"untolerated {SOFT_EFFECT} taints: {listed} = {len(found)}; fewer is better"]


def soft_tolerations(cycle: Cycle) -> list[Toleration]:
    """The pod's tolerations that speak of PreferNoSchedule."""
    return [one for one in cycle.pod.spec.tolerations if one.effect in ("", SOFT_EFFECT)]


def disliked(taints: Taints, tolerations: list[Toleration]) -> list[Taint]:
    """The PreferNoSchedule taints that none of them covers."""
    soft = (taint for taint in taints or () if taint.effect == SOFT_EFFECT)
    return [taint for taint in soft if not tolerates_any(tolerations, taint)]

"""NodeUnschedulable: cordoned nodes."""

from __future__ import annotations

from labkit.kinds.node import Taint
from labkit.scheduler.coded import Ints
from labkit.scheduler.plugin import UNRESOLVABLE, Cycle, Verdict
from labkit.scheduler.tolerations import tolerates_any

REASON = "node(s) were unschedulable"
TAINT = Taint(key="node.kubernetes.io/unschedulable", effect="NoSchedule")


class NodeUnschedulable:
    """Keeps pods off cordoned nodes.

    Does: refuses nodes with `spec.unschedulable`, unless the pod tolerates node.kubernetes.io/unschedulable:NoSchedule
    (as the pods of DaemonSets do).
    Reads: the node's spec.unschedulable, the pod's tolerations.
    Writes: nothing.
    Runs again when: a node is added, uncordoned or its taints change.
    Source: plugins/nodeunschedulable/node_unschedulable.go, v1.36.
    Left out: nothing.
    """

    name = "NodeUnschedulable"
    events = ("Node/Add", "Node/UpdateTaint")

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse the cordoned nodes."""
        cordoned = cycle.columns.unschedulable[rows]
        if tolerates_any(cycle.pod.spec.tolerations, TAINT):
            cordoned = cordoned & False
        return Verdict.of(cordoned, UNRESOLVABLE, REASON)

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """That the node is cordoned."""
        return [f"spec.unschedulable is true: the node is cordoned, and no toleration covers {TAINT}"]

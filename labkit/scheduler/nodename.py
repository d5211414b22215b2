"""NodeName: the node that the pod names."""

from __future__ import annotations

from labkit.scheduler.coded import Ints
from labkit.scheduler.plugin import SKIP, UNRESOLVABLE, Cycle, Prepared, Verdict

REASON = "node(s) didn't match the requested node name"


class NodeName:
    """Lets a pod that names a node go to no other.

    Does: refuses every node but the one in `spec.nodeName`.
    Reads: the pod's spec.nodeName.
    Writes: nothing.
    Runs again when: a node is added.
    Source: plugins/nodename/node_name.go, v1.36.
    Left out: nothing. A pod that names its node never gets here: the kubelet takes it without the scheduler.
    """

    name = "NodeName"
    events = ("Node/Add", "Node/UpdateLabel", "Node/UpdateTaint")

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Skip a pod that names no node."""
        return Prepared() if cycle.pod.spec.node_name else SKIP

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse the nodes of another name."""
        wanted = cycle.columns.row.get(cycle.pod.spec.node_name, -1)
        return Verdict.of(rows != wanted, UNRESOLVABLE, REASON)

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """The name wanted and the node's own."""
        return [f"spec.nodeName is {cycle.pod.spec.node_name}, this is {cycle.columns.names[row]}"]

"""NodePorts: a port of a node belongs to one pod at a time."""

from __future__ import annotations

import numpy as np

from labkit.scheduler.coded import Ints
from labkit.scheduler.plugin import SKIP, UNSCHEDULABLE, Cycle, Prepared, Verdict

REASON = "node(s) didn't have free ports for the requested pod ports"


class NodePorts:
    """Keeps pods with the same host port apart.

    Does: refuses nodes where another pod has a wanted host port, for the same protocol and the same address;
    0.0.0.0, which is meant where none is given, is every address.
    Reads: the host ports of the pod's containers and sidecars, and of the pods on the node.
    Writes: nothing.
    Runs again when: a pod leaves a node, a node is added.
    Source: plugins/nodeports/node_ports.go, kube-scheduler framework/types.go HostPortInfo, v1.36.
    Left out: nothing.
    """

    name = "NodePorts"
    events = ("Pod/Delete", "Node/Add")

    def prefilter(self, cycle: Cycle) -> Prepared:
        """Skip a pod that wants no host port."""
        return Prepared() if cycle.info.ports else SKIP

    def filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        """Refuse nodes where a wanted port is taken."""
        taken = np.array([bool(conflicts(cycle, int(row))) for row in rows], np.bool_)
        return Verdict.of(taken, UNSCHEDULABLE, REASON)

    def refusal_terms(self, cycle: Cycle, row: int) -> list[str]:
        """Each port that is taken."""
        return [f"port {port} is taken" for port in conflicts(cycle, row)]


def conflicts(cycle: Cycle, row: int) -> list[str]:
    """The pod's host ports that are taken on that node."""
    used = cycle.columns.ports.get(row, ())
    return [str(port) for port in cycle.info.ports if any(port.conflicts(other) for other in used)]

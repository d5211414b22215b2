"""How long kubelets may keep Secrets and ConfigMaps, told by an annotation of their nodes; longer in big clusters."""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.controllers.watching import alive
from labkit.kinds.registry import Key

ANNOTATION = "node.alpha.kubernetes.io/ttl"

_STEPS = ((100, 0), (500, 15), (1000, 30), (2000, 60))
_LARGEST = 300


def seconds(nodes: int) -> int:
    """How long, in a cluster of so many nodes."""
    return next((ttl for most, ttl in _STEPS if nodes <= most), _LARGEST)


class NodeTTLController:
    """Annotates nodes.

    Does: the annotation node.alpha.kubernetes.io/ttl by the number of nodes.
    Reads: Node. Writes: its annotation.
    Runs again: when a node changes.
    Source: pkg/controller/ttl/ttl_controller.go, v1.36.
    Left out: the overlap of its steps, which keeps the value where the number of nodes goes up and down.
    """

    name = "ttl-controller"
    kind = "Node"

    def __init__(self) -> None:
        self.watches = {"Node": alive}

    def reconcile(self, cluster: Cluster, key: Key) -> None:
        """One sync."""
        node = cluster.get(key)
        if node is None:
            return
        wanted = str(seconds(len(cluster.keys("Node"))))
        if (node["metadata"].get("annotations") or {}).get(ANNOTATION) != wanted:
            cluster.patch(key, {"metadata": {"annotations": {ANNOTATION: wanted}}})

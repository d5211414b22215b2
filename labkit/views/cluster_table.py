"""The tables beside the picture of a cluster: one of nodes, one of pods."""

from __future__ import annotations

from labkit.views.picture import NodeBox, Picture, PodTile
from labkit.views.table import Table


def tables(picture: Picture) -> tuple[Table, Table]:
    """The nodes with what is requested of what they can give, and every pod with its node or why it has none."""
    return nodes(picture), pods(picture)


def nodes(picture: Picture) -> Table:
    """One row a node."""
    rows = tuple(_node(node) for node in picture.nodes)
    return Table("Nodes: requested / allocatable", ("Node", "Zone", "Status", "CPU", "Memory", "Pods", "Taints"), rows)


def _node(node: NodeBox) -> tuple[object, ...]:
    words = {gauge.resource: gauge.words() for gauge in node.gauges}
    taints = ", ".join(node.taints) or "none"
    return (
        node.name,
        node.zone or "none",
        node.status(),
        *(words.get(name, "") for name in ("cpu", "memory", "pods")),
        taints,
    )


def pods(picture: Picture) -> Table:
    """One row a pod, node by node, pending ones last."""
    rows = [_pod(pod, node.name) for node in picture.nodes for pod in node.pods]
    rows += [_pod(pod, "none") for pod in picture.pending]
    return Table("Pods", ("Namespace", "Pod", "Owner", "Node", "Status", "Ready", "Reason"), tuple(rows))


def _pod(pod: PodTile, node: str) -> tuple[object, ...]:
    kind, _, name = pod.owner.partition("/")
    owner = f"{kind} {name.rpartition('/')[2]}" if kind else "none"
    return (pod.namespace, pod.name, owner, node, pod.status, "yes" if pod.ready else "no", pod.reason)

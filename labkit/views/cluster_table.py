"""The tables beside the picture of a cluster: one of nodes, one of pods."""

from __future__ import annotations

from labkit.views.picture import NodeBox, Picture, PodTile
from labkit.views.table import Table


def tables(picture: Picture) -> tuple[Table, Table]:
    """The nodes with what is requested of what they can give, and every pod with its node or why it has none."""
    return nodes(picture), pods(picture)


def nodes(picture: Picture) -> Table:
    """One row a node, or a container instance of ECS."""
    rows = tuple(_node(node) for node in picture.nodes)
    return Table(*(_FLEET if picture.nouns[0] == "instance" else _NODES), rows)


_NODES = "Nodes: requested / allocatable", ("Node", "Zone", "Status", "CPU", "Memory", "Pods", "Taints")
_FLEET = (
    "Instances: held by tasks / registered",
    ("Instance", "Zone", "Status", "CPU units", "Memory, MiB", "Tasks", "Own attributes"),
)
_COLUMNS = {"CPU": "cpu", "MiB": "memory", "tasks": "pods"}
_PODS = ("Namespace", "Pod", "Owner", "Node", "Status", "Ready", "Reason")
_TASKS = ("Cluster", "Task", "Group", "Instance", "Last status", "Runs", "Reason")


def _node(node: NodeBox) -> tuple[object, ...]:
    words = {_COLUMNS.get(gauge.resource, gauge.resource): gauge.words() for gauge in node.gauges}
    taints = ", ".join(node.taints) or "none"
    return (
        node.name,
        node.zone or "none",
        node.status(),
        *(words.get(name, "") for name in ("cpu", "memory", "pods")),
        taints,
    )


def pods(picture: Picture) -> Table:
    """One row a pod or task, node by node, pending ones last."""
    rows = [_pod(pod, node.name) for node in picture.nodes for pod in node.pods]
    rows += [_pod(pod, "none") for pod in picture.pending]
    name, heads = ("Tasks", _TASKS) if picture.nouns[1] == "task" else ("Pods", _PODS)
    return Table(name, heads, tuple(rows))


def _pod(pod: PodTile, node: str) -> tuple[object, ...]:
    kind, _, name = pod.owner.partition("/")
    owner = f"{kind} {name.rpartition('/')[2]}" if kind else "none"
    return (pod.namespace, pod.name, owner, node, pod.status, "yes" if pod.ready else "no", pod.reason)

"""A node that loses its network, and one that comes back: what the control plane writes when a kubelet falls silent.

Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go monitorNodeHealth and
pkg/controller/util/node/controller_utils.go MarkPodsNotReady, v1.36. Taints and evictions then follow by themselves.
Left out: the 50 s until the silence is noticed, and that an evicted pod stays Terminating while its node is away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.cluster import Cluster
from labkit.kinds import Key
from labkit.kinds.conditions import in_place

Object = dict[str, Any]

_HEALTHY = {"MemoryPressure": "False", "DiskPressure": "False", "PIDPressure": "False", "Ready": "True"}
_SILENCE = "Kubelet stopped posting node status."


def cut_off(cluster: Cluster, name: str) -> None:
    """Let a node fall silent: its conditions turn Unknown and the pods on it count as not ready."""
    node = Key("Node", "", name)
    _rewrite(cluster, node, lambda one: _said(one, "Unknown", "NodeStatusUnknown", _SILENCE))
    cluster.record(node, "Normal", "NodeNotReady", f"Node {name} status is now: NodeNotReady", "node-controller")
    for pod in cluster.into(node, "runs-on"):
        _rewrite(cluster, pod, _not_ready)
        cluster.record(pod, "Warning", "NodeNotReady", "Node is not ready", "node-controller")


def reconnect(cluster: Cluster, name: str) -> None:
    """Let a silent node speak again: it is healthy, and so are the pods still on it."""
    node = Key("Node", "", name)
    _rewrite(cluster, node, _healthy)
    cluster.record(node, "Normal", "NodeReady", f"Node {name} status is now: NodeReady", "kubelet")
    for pod in cluster.into(node, "runs-on"):
        _rewrite(
            cluster, pod, lambda one: {**one, "status": "True"} if one["type"] in ("Ready", "ContainersReady") else one
        )


def _healthy(one: Object) -> Object:
    return _said(one, _HEALTHY.get(one["type"], "False"), "KubeletReady", "kubelet is posting ready status")


def _not_ready(one: Object) -> Object:
    return {**one, "status": "False"} if one["type"] == "Ready" else one


def _said(one: Object, status: str, reason: str, message: str) -> Object:
    return {**one, "status": status, "reason": reason, "message": message}


def _rewrite(cluster: Cluster, key: Key, change: Callable[[Object], Object]) -> None:
    """Change each condition of an object; one whose status turns carries the moment of its turning."""
    status = cluster.require(key).get("status") or {}
    conditions, now = status.get("conditions", []), cluster.clock.stamp()
    for one in status.get("conditions", []):
        conditions = in_place(conditions, {**change(one), "lastTransitionTime": now})
    cluster.set_status(key, {**status, "conditions": conditions})

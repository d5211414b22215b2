"""Kubelets that fall silent and speak again: machines that stop, networks that break, and what is found afterwards.

Nothing here tells the control plane: it finds out by itself, from the heartbeats that are missing.
Source: pkg/kubelet/kubelet_node_status.go, pkg/kubelet/kuberuntime/kuberuntime_manager.go (sandboxes), v1.36.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.errors import LabError
from labkit.heartbeats import CUT, FAILED, last_renewal, new_lease, precise, silence
from labkit.history import Entry
from labkit.kinds.conditions import in_place
from labkit.kinds.registry import Key
from labkit.kubelet import nodes
from labkit.kubelet import status as statuses

Dict = dict[str, Any]

NEW_SANDBOX = "Pod sandbox changed, it will be killed and re-created."

LOST = 255
"""The exit code of a container that was gone when its node came back; its reason is Unknown."""


class Returned(NamedTuple):
    """A kubelet that speaks again; with `machine_off` its machine was off meanwhile."""

    node: Key
    machine_off: bool


def stop(cluster: Cluster, node: Key, machine_off: bool) -> None:
    """Let a node's kubelet fall silent from now on; with `machine_off` all that runs there ends too."""
    if silence(cluster.require(node), cluster.clock) is None:
        note = FAILED if machine_off else CUT
        cluster.patch(node, {"metadata": {"annotations": {note: cluster.clock.stamp()}}})


def start(cluster: Cluster, node: Key) -> None:
    """Let a silent kubelet speak again."""
    cluster.patch(node, {"metadata": {"annotations": {FAILED: None, CUT: None}}})


def places(cluster: Cluster, place: str) -> list[Key]:
    """The node of that name, or the nodes of that zone; "" is all of them. LabError if there are none."""
    nodes = cluster.keys("Node")
    zone = "topology.kubernetes.io/zone"
    named = [key for key in nodes if place in ("", key.name)]
    found = named or [key for key in nodes if cluster.require(key)["metadata"].get("labels", {}).get(zone) == place]
    if not found:
        raise LabError(f'there is neither a node nor a zone "{place}"', f"To see them: kubectl get nodes -L {zone}")
    return found


def turned(cluster: Cluster, entry: Entry) -> list[Key | Returned]:
    """A node that has just come or fallen silent, or whose kubelet speaks again."""
    if entry.new is None:
        return []
    before = silence(entry.old, cluster.clock) if entry.old else None
    after = silence(entry.new, cluster.clock)
    if before is not None and after is None:
        return [Returned(entry.key, before.machine_off)]
    return [entry.key] if entry.old is None or before != after else []


def come_back(cluster: Cluster, returned: Returned) -> list[Key]:
    """What a kubelet writes when it speaks again: its node is well, its pods are as it finds them. Returns the pods."""
    report(cluster, returned.node)
    hold_lease(cluster, returned.node)
    pods = [key for key in cluster.into(returned.node, "runs-on") if key.kind == "Pod"]
    for pod in pods:
        if (status := living(cluster, pod)) is not None:
            stamp = cluster.clock.stamp()
            now = _lost(status, stamp) if returned.machine_off else status
            cluster.set_status(pod, statuses.complete(cluster.read(pod), now, not returned.machine_off, stamp))
            if returned.machine_off and cluster.read(pod).is_active:
                cluster.record(pod, "Normal", "SandboxChanged", NEW_SANDBOX, "kubelet")
    return pods


def living(cluster: Cluster, pod: Key) -> Dict | None:
    """The status of a pod that has its network and has not ended; None for any other."""
    status: Dict = cluster.require(pod).get("status") or {}
    return status if status.get("podIP") and status.get("phase") not in ("Succeeded", "Failed") else None


def hold_lease(cluster: Cluster, node: Key) -> None:
    """Take a node's Lease, or write down when it was renewed last: as the kubelet falls silent and as it is back."""
    key, obj = Key("Lease", "kube-node-lease", node.name), cluster.require(node)
    if cluster.get(Key("Namespace", "", "kube-node-lease")) is None:
        return
    if cluster.get(key) is None:
        cluster.create(new_lease(obj, cluster.clock.stamp()))
    else:
        cluster.patch(key, {"spec": {"renewTime": precise(cluster.clock.stamp(last_renewal(obj, cluster.clock)))}})


def report(cluster: Cluster, key: Key) -> None:
    """Post the node's status, and tell if it has become ready."""
    if post(cluster, key):
        cluster.record(key, "Normal", "NodeReady", f"Node {key.name} status is now: NodeReady", "kubelet")


def post(cluster: Cluster, key: Key) -> bool:
    """Post the node's status: it is well. Returns whether it wasn't ready before."""
    status = cluster.require(key).get("status") or {}
    conditions, stamp = status.get("conditions") or [], cluster.clock.stamp()
    was_ready = bool(cluster.read(key).is_ready)
    for one in nodes.healthy(stamp):
        conditions = in_place(conditions, one)
    cluster.set_status(key, {**status, "conditions": conditions})
    return not was_ready


def _lost(status: Dict, now: str) -> Dict:
    """A pod's status after its machine was off: every container that ran is gone."""
    fields = [name for name in ("containerStatuses", "initContainerStatuses") if name in status]
    return {**status, **{name: [_gone(one, now) for one in status[name]] for name in fields}}


def _gone(container: Dict, now: str) -> Dict:
    return statuses.terminated(container, LOST, now, "Unknown") if "running" in container["state"] else container

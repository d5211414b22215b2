"""The kubelet's own admission: whether it takes a pod that is bound to its node. Reads only.

Whoever names the node in the manifest goes past the scheduler, and here finds out. Only the first reason is told.
Source: pkg/kubelet/lifecycle/predicate.go, pkg/kubelet/eviction/eviction_manager.go Admit, pkg/kubelet/kubelet.go
rejectPod, pkg/kubelet/types/pod_update.go IsCriticalPod, v1.36.
Left out: room made for critical pods by preemption; topology, devices, operating system; resources a node doesn't name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.fields import quantity
from labkit.fields.quantity import Quantity
from labkit.kinds.node import Node
from labkit.kinds.pod import Pod
from labkit.kinds.podrequest import Amounts, added, pod_requests, quality_of_service
from labkit.kinds.registry import Key
from labkit.scheduler.nodeterms import suits
from labkit.scheduler.tolerations import first_untolerated

Dict = dict[str, Any]

CRITICAL = 2_000_000_000
"""The priority from which on pods are admitted and never evicted whatever the pressure."""

_PRESSURE = ("MemoryPressure", "DiskPressure", "PIDPressure")
_REASONS = {
    "NodeAffinity": "node(s) didn't match Pod's node affinity/selector",
    "NodePorts": "node(s) didn't have free ports for the requested pod ports",
    "TaintToleration": "node(s) had taints that the pod didn't tolerate",
}


class Rejection(NamedTuple):
    """Why a pod isn't taken."""

    reason: str
    message: str


def refused(cluster: Cluster, key: Key) -> Rejection | None:
    """Why the kubelet doesn't take the pod; None if it does."""
    pod: Pod = cluster.read(key)
    node_key = Key("Node", "", pod.spec.node_name)
    others = [cluster.read(one) for one in cluster.into(node_key, "runs-on") if one.kind == "Pod" and one != key]
    taken = [one for one in others if one.status.start_time and not one.is_terminal]
    return next(_rejections(cluster.read(node_key), pod, taken), None)


def rejected(status: Dict, rejection: Rejection) -> Dict:
    """The status of a pod that isn't taken; it is final."""
    message = f"Pod was rejected: {rejection.message}"
    return {**status, "phase": "Failed", "reason": rejection.reason, "message": message}


def _rejections(node: Node, pod: Pod, taken: list[Pod]) -> Iterator[Rejection]:
    if pressed := under_pressure(node, pod):
        yield Rejection("Evicted", f"The node had condition: [{' '.join(pressed)}]. ")
    for name, asked, used, has in _short(node, pod, taken):
        amounts = f"requested: {asked}, used: {used}, capacity: {has}"
        yield Rejection(f"OutOf{name}", f"Node didn't have enough resource: {name}, {amounts}")
    for name in _unfit(node, pod, taken):
        yield Rejection(name, f"Predicate {name} failed: {_REASONS[name]}")


def under_pressure(node: Node, pod: Pod) -> list[str]:
    """The node's conditions that keep the pod out: short memory only pods that asked for nothing and don't put up."""
    pressed = [one.type for one in node.status.conditions if one.type in _PRESSURE and one.status == "True"]
    if not pressed or pod.spec.priority >= CRITICAL:
        return []
    if pressed == ["MemoryPressure"]:
        spared = any(one.key == "node.kubernetes.io/memory-pressure" for one in pod.spec.tolerations)
        tolerated = spared or any(not one.key and one.operator == "Exists" for one in pod.spec.tolerations)
        return [] if tolerated or quality_of_service(pod.spec) != "BestEffort" else pressed
    return pressed


def _short(node: Node, pod: Pod, taken: list[Pod]) -> Iterator[tuple[str, int, int, int]]:
    """(resource, asked, used, there is) of what doesn't suffice; cpu in millicores."""
    room = node.status.allocatable
    if "pods" in room and len(taken) + 1 > quantity.value(room["pods"]):
        yield "pods", 1, len(taken), quantity.value(room["pods"])
    used: Amounts = {}
    for one in taken:
        used = added(used, pod_requests(one.spec))
    for name, amount in pod_requests(pod.spec).items():
        if name in room and amount.sign > 0:
            asked, before, has = (_units(name, one) for one in (amount, used.get(name), quantity.read(room[name])))
            if asked > has - before:
                yield name, asked, before, has


def _units(name: str, amount: Quantity | None) -> int:
    if amount is None:
        return 0
    return amount.milli() if name == "cpu" else amount.value()


def _unfit(node: Node, pod: Pod, taken: list[Pod]) -> Iterator[str]:
    if not suits(node, pod.spec):
        yield "NodeAffinity"
    if host_ports(pod) & {port for one in taken for port in host_ports(one)}:
        yield "NodePorts"
    if first_untolerated(node.spec.taints, pod.spec.tolerations, ["NoExecute"]) is not None:
        yield "TaintToleration"


def host_ports(pod: Pod) -> set[tuple[str, int]]:
    """The ports of its node that a pod takes, with their protocols."""
    return {(port.protocol, port.host_port) for one in pod.spec.containers for port in one.ports if port.host_port}

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
from labkit.kinds.pod import Pod, PodSpec
from labkit.kinds.podrequest import pod_requests, quality_of_service
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


class Claim(NamedTuple):
    """What a pod takes of its node: amounts by resource (cpu in millicores) and host ports with their protocols."""

    amounts: dict[str, int]
    ports: frozenset[tuple[str, int]]


def refused(cluster: Cluster, key: Key) -> Rejection | None:
    """Why the kubelet doesn't take the pod; None if it does."""
    pod: Pod = cluster.read(key)
    node = Key("Node", "", pod.spec.node_name)
    others = [one for one in cluster.into(node, "runs-on") if one.kind == "Pod" and one != key]
    taken = [claim(cluster, one) for one in others if _is_taken(cluster.require(one).get("status") or {})]
    return next(_rejections(cluster.read(node), pod, claim(cluster, key), taken), None)


def _is_taken(status: Dict) -> bool:
    return "startTime" in status and status.get("phase") not in ("Succeeded", "Failed")


_claims: dict[int, tuple[Dict, Claim]] = {}
"""Claims by the identity of the spec, which stays the same dict while only the status changes. The spec is kept too,
so that no other dict can have its identity."""
_MOST = 20_000


def claim(cluster: Cluster, key: Key) -> Claim:
    """What a pod takes; worked out once for each spec."""
    spec = cluster.require(key)["spec"]
    if (known := _claims.get(id(spec))) is not None:
        return known[1]
    if len(_claims) >= _MOST:
        _claims.clear()
    decoded: PodSpec = cluster.read(key).spec
    amounts = {name: _units(name, amount) for name, amount in pod_requests(decoded).items()}
    ports = frozenset((port.protocol, port.host_port) for one in decoded.containers for port in one.ports)
    found = Claim(amounts, frozenset(port for port in ports if port[1]))
    _claims[id(spec)] = (spec, found)
    return found


def rejected(status: Dict, rejection: Rejection) -> Dict:
    """The status of a pod that isn't taken; it is final."""
    message = f"Pod was rejected: {rejection.message}"
    return {**status, "phase": "Failed", "reason": rejection.reason, "message": message}


def _rejections(node: Node, pod: Pod, own: Claim, taken: list[Claim]) -> Iterator[Rejection]:
    if pressed := under_pressure(node, pod):
        yield Rejection("Evicted", f"The node had condition: [{' '.join(pressed)}]. ")
    for name, asked, used, has in _short(node, own, taken):
        amounts = f"requested: {asked}, used: {used}, capacity: {has}"
        yield Rejection(f"OutOf{name}", f"Node didn't have enough resource: {name}, {amounts}")
    for name in _unfit(node, pod, own, taken):
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


def _short(node: Node, own: Claim, taken: list[Claim]) -> Iterator[tuple[str, int, int, int]]:
    """(resource, asked, used, there is) of what doesn't suffice; cpu in millicores."""
    room = node.status.allocatable
    if "pods" in room and len(taken) + 1 > quantity.value(room["pods"]):
        yield "pods", 1, len(taken), quantity.value(room["pods"])
    for name, asked in own.amounts.items():
        if name in room and asked > 0:
            used = sum(one.amounts.get(name, 0) for one in taken)
            has = _units(name, quantity.read(room[name]))
            if asked > has - used:
                yield name, asked, used, has


def _units(name: str, amount: Quantity) -> int:
    return amount.milli() if name == "cpu" else amount.value()


def _unfit(node: Node, pod: Pod, own: Claim, taken: list[Claim]) -> Iterator[str]:
    if not suits(node, pod.spec):
        yield "NodeAffinity"
    if own.ports and any(own.ports & one.ports for one in taken):
        yield "NodePorts"
    if first_untolerated(node.spec.taints, pod.spec.tolerations, ["NoExecute"]) is not None:
        yield "TaintToleration"

"""A machine as a node of EKS: what its kubelet has to give, and its labels.

Source: awslabs/amazon-eks-ami nodeadm/internal/kubelet/config.go (July 2026); EKS user guide "Managed node groups".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from labkit.instancetypes import InstanceType

Object = dict[str, Any]

GROUP_LABEL, CAPACITY_LABEL = "eks.amazonaws.com/nodegroup", "eks.amazonaws.com/capacityType"
TYPE_LABEL = "node.kubernetes.io/instance-type"
EVICTION_MEMORY = 100
DISK_GIB, DISK_RESERVED_GIB = 20, 1
_BANDS = ((1, 60), (1, 10), (2, 5))
_BEYOND = 2.5
"""Millicores reserved: 6 % of the first core, 1 % of the second, 0.5 % of two more, 0.25 % of each beyond."""


class Room(NamedTuple):
    """What a node has: cpu in millicores, memory in MiB, pods."""

    cpu: int
    memory: int
    pods: int

    @property
    def resources(self) -> Object:
        """As a node's status has it, beside its disk."""
        return {"cpu": f"{self.cpu}m", "memory": f"{self.memory}Mi", "pods": str(self.pods)}


def capacity(of: InstanceType) -> Room:
    """What the machine is."""
    most = 110 if of.vcpu < 30 else 250
    return Room(of.vcpu * 1000, of.registered_memory, min(of.max_pods, most))


def reserved(of: InstanceType) -> Room:
    """What the kubelet keeps for itself: by cores, and 255 MiB + 11 MiB a pod that the interfaces allow."""
    left, cpu = of.vcpu, 0
    for cores, share in _BANDS:
        cpu += min(left, cores) * share
        left -= min(left, cores)
    return Room(cpu + int(left * _BEYOND), 255 + 11 * of.max_pods, 0)


def allocatable(of: InstanceType) -> Room:
    """What pods can ask for: the capacity without what is reserved and the eviction threshold of 100 MiB."""
    whole, kept = capacity(of), reserved(of)
    return Room(whole.cpu - kept.cpu, whole.memory - kept.memory - EVICTION_MEMORY, whole.pods)


def node(
    name: str,
    of: InstanceType,
    zone: str,
    labels: Mapping[str, str] | None = None,
    taints: Sequence[Mapping[str, str]] = (),
    instance: str = "",
) -> Object:
    """The Node that the machine's kubelet registers."""
    own = {
        "kubernetes.io/arch": {"x86_64": "amd64"}.get(of.architecture, of.architecture),
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": name,
        TYPE_LABEL: of.name,
        "topology.kubernetes.io/zone": zone,
        "topology.kubernetes.io/region": zone.rstrip("abcdef"),
    }
    spec: Object = {"providerID": f"aws:///{zone}/{instance}"} if instance else {}
    if taints:
        spec["taints"] = [dict(taint) for taint in taints]
    status = {
        "capacity": capacity(of).resources | {"ephemeral-storage": f"{DISK_GIB}Gi"},
        "allocatable": allocatable(of).resources | {"ephemeral-storage": f"{DISK_GIB - DISK_RESERVED_GIB}Gi"},
    }
    meta = {"name": name, "labels": {**own, **(labels or {})}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": meta, "spec": spec, "status": status}

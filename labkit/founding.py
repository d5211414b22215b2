"""What a lab begins with: namespaces and the API server's own Service, nodes, machines of ECS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns, containerinstances

Object = dict[str, Any]

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
CONTROL_PLANE: tuple[Object, ...] = (
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "kubernetes", "labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {"clusterIP": "10.0.0.1", "ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
    },
    {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "kubernetes", "labels": {"kubernetes.io/service-name": "kubernetes"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["192.168.10.10"], "conditions": {"ready": True}}],
        "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}],
    },
)
"""The API server's own Service, as every cluster has it; at the first address of the range."""


def machine(
    name: str,
    cpu: str = "4",
    memory: str = "16Gi",
    pods: int = 110,
    zone: str = "",
    labels: Mapping[str, str] | None = None,
    taints: Sequence[Mapping[str, str]] = (),
) -> Object:
    """A Node manifest; its capacity is what it has to give, nothing is held back for the system."""
    built = {"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux", "kubernetes.io/hostname": name}
    zoned = {"topology.kubernetes.io/zone": zone} if zone else {}
    room = {"cpu": cpu, "memory": memory, "ephemeral-storage": "100Gi", "pods": str(pods)}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {**built, **zoned, **(labels or {})}},
        "spec": {"taints": [dict(taint) for taint in taints]} if taints else {},
        "status": {"capacity": room, "allocatable": dict(room)},
    }


def turn(places: str | Sequence[str], number: int) -> str:
    """The zone whose turn it is; "" if there are none."""
    return places[number % len(places)] if places else ""


def zone_name(zone: str) -> str:
    """A zone's full name: `a` is `us-east-1a`."""
    return f"{arns.REGION}{zone}" if len(zone) == 1 else zone


def mixed(instances: int, types: str | Sequence[str] | Mapping[str, int]) -> list[str]:
    """The type of each of so many machines: all alike, in turn, or so many of each (then `instances` is of no account).

    `mixed(4, ["m5.large", "c5.large"])`, `mixed(0, {"m5.large": 3, "c5.xlarge": 1})`.
    """
    if isinstance(types, Mapping):
        return [name for name, count in types.items() for _ in range(count)]
    names = [types] if isinstance(types, str) else list(types)
    return [names[number % len(names)] for number in range(instances)]


def launch_all(
    world: Cluster,
    cluster: str,
    types: Sequence[str],
    zones: str | Sequence[str],
    attributes: Mapping[str, str] | None = None,
) -> list[Object]:
    """Boot machines and let them register with a cluster of ECS, zone by zone in turn."""
    named = [zone_name(zone) for zone in zones] or [zone_name("a")]
    return [
        containerinstances.launch(world, name, turn(named, number), cluster, attributes)
        for number, name in enumerate(types)
    ]

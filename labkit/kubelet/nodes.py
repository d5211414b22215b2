"""What a kubelet reports about its node: conditions, addresses, versions.

Source: pkg/kubelet/nodestatus/setters.go, v1.36. Heartbeats are not written: see
labkit.heartbeats.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address
from itertools import count
from typing import Any

from labkit.cluster import Cluster
from labkit.kinds.conditions import condition
from labkit.kinds.registry import Key
from labkit.network.addresses import node_network

Dict = dict[str, Any]

VERSION = "v1.36.2"
_FIRST_ADDRESS = IPv4Address("192.168.10.11")

_CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)

NODE_INFO = {
    "architecture": "amd64",
    "bootID": "00000000-0000-0000-0000-000000000000",
    "containerRuntimeVersion": "containerd://2.1.0",
    "kernelVersion": "6.12.0",
    "kubeProxyVersion": "",
    "kubeletVersion": VERSION,
    "machineID": "00000000000000000000000000000000",
    "operatingSystem": "linux",
    "osImage": "Debian GNU/Linux 13",
    "systemUUID": "00000000-0000-0000-0000-000000000000",
}


STARTING = ("Ready", "False", "KubeletNotReady", "container runtime status check may not have completed yet")
"""What a kubelet says of its node as it registers it."""


def register(cluster: Cluster, key: Key, ready: bool = True) -> None:
    """Complete a node that has come: what its manifest says stays, what is missing is filled in.

    Unless it is `ready` its kubelet has only just started.
    """
    node = cluster.require(key)
    index = _free_place(cluster, key)
    if not (node.get("spec") or {}).get("podCIDR"):
        network = node_network(index)
        node = cluster.patch(key, {"spec": {"podCIDR": network, "podCIDRs": [network]}})
    status = node.get("status") or {}
    full = {**status, "conditions": _conditions(status, cluster.clock.stamp(), ready)}
    full.setdefault("addresses", _addresses(key.name, index))
    full.setdefault("capacity", status.get("allocatable", {}))
    full.setdefault("allocatable", full["capacity"])
    full["nodeInfo"] = {**NODE_INFO, **(status.get("nodeInfo") or {})}
    full.setdefault("daemonEndpoints", {"kubeletEndpoint": {"Port": 10250}})
    cluster.set_status(key, full)


def healthy(stamp: str) -> list[Dict]:
    """The conditions of a node that is well."""
    return _worded(_CONDITIONS, stamp)


def _free_place(cluster: Cluster, key: Key) -> int:
    """The first place in the networks of nodes and pods that no other node has."""
    others = (cluster.require(other).get("spec") or {} for other in cluster.keys("Node") if other != key)
    taken = {spec.get("podCIDR") for spec in others}
    return next(index for index in count() if node_network(index) not in taken)


def _conditions(status: Dict, stamp: str, ready: bool) -> list[Dict]:
    held = status.get("conditions") or []
    told = {one["type"] for one in held}
    words = _CONDITIONS if ready else (*_CONDITIONS[:-1], STARTING)
    return [*(one for one in _worded(words, stamp) if one["type"] not in told), *held]


def _worded(conditions: Iterable[tuple[str, str, str, str]], stamp: str) -> list[Dict]:
    return [condition(*words, stamp) | {"lastHeartbeatTime": stamp} for words in conditions]


def _addresses(name: str, index: int) -> list[Dict]:
    return [
        {"type": "InternalIP", "address": str(_FIRST_ADDRESS + index)},
        {"type": "Hostname", "address": name},
    ]

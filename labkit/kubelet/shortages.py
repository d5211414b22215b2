"""What a node can run short of, and what its pods use of it. Reads only.

| resource | short of | is short below |
|---|---|---|
| memory | memory.available | 100Mi |
| ephemeral-storage | nodefs.available | 10 % of the disk |
| pids | pid.available | 10 % of all processes: many clouds set that, the kubelet alone sets nothing |

Source: pkg/kubelet/apis/config/v1beta1/defaults_linux.go, pkg/kubelet/eviction/{eviction_manager,helpers}.go,
pkg/kubelet/nodestatus/setters.go, v1.36. Left out: inodes, a disk of its own for images, what nobody declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.fields import quantity
from labkit.kinds.pod import Pod
from labkit.kinds.registry import Key
from labkit.kubelet import behaviour, eviction
from labkit.kubelet.behaviour import Behaviour
from labkit.kubelet.eviction import ContainerUsage, Threshold, Usage
from labkit.kubelet.usage import NO_LOAD, loaded

Dict = dict[str, Any]
Rank = Callable[[Iterable[Usage]], list[Usage]]

PROCESSES = 32_768
"""How many processes a node can have (kernel.pid_max)."""


class Words(NamedTuple):
    """The reason and message of a condition, and the reason of the node's event."""

    reason: str
    message: str
    event: str


class Shortage(NamedTuple):
    """Something a node can run short of: `threshold` is what must be left, `told` what a container is declared to use.

    `by_request`: requests count, and containers above theirs are named.
    """

    resource: str
    condition: str
    threshold: Threshold
    short: Words
    enough: Words
    told: Callable[[Behaviour], int | None]
    rank: Rank
    by_request: bool = True

    def capacity(self, node: Dict) -> int:
        """How much the node has."""
        if self.resource == "pids":
            return PROCESSES
        room: Dict = (node.get("status") or {}).get("capacity") or {}
        return quantity.value(room.get(self.resource, "0"))


def _words(reason: str, message: str) -> Words:
    return Words(reason, message, reason.replace("Kubelet", "Node", 1))


SHORTAGES = (
    Shortage(
        "memory", "MemoryPressure", Threshold(quantity.parse("100Mi")),
        _words("KubeletHasInsufficientMemory", "kubelet has insufficient memory available"),
        _words("KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        lambda told: told.memory, eviction.ranked,
    ),
    Shortage(
        "ephemeral-storage", "DiskPressure", Threshold(part=0.1),
        _words("KubeletHasDiskPressure", "kubelet has disk pressure"),
        _words("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        lambda told: told.disk, eviction.ranked,
    ),
    Shortage(
        "pids", "PIDPressure", Threshold(part=0.1),
        _words("KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
        _words("KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        lambda told: told.processes, eviction.by_processes, by_request=False,
    ),
)  # fmt: skip
"""In the order in which a kubelet deals with them."""


def strains(told: Behaviour) -> bool:
    """Whether a container is declared to use anything that nodes can run short of."""
    return any(one.told(told) is not None for one in SHORTAGES)


def usage(cluster: Cluster, key: Key, shortage: Shortage) -> Usage:
    """What a pod's running containers are declared to use, and what they ask for."""
    pod: Pod = cluster.read(key)
    running = {one.name for one in pod.status.container_statuses if "running" in one.state and not pod.is_terminal}
    under_load = _under_load(cluster, key) if shortage.resource == "memory" else {}
    found = []
    for one in pod.spec.containers:
        told = shortage.told(behaviour.of(cluster, pod, one.name)) or 0
        used = max(told, under_load.get(one.name, 0)) if one.name in running else 0
        asked = quantity.value(one.resources.requests.get(shortage.resource, "0")) if shortage.by_request else used
        found.append(ContainerUsage(one.name, used, asked))
    sums = (sum(each) for each in zip(*((one.asked, one.used) for one in found), strict=True))
    asked, used = sums if found else (0, 0)
    return Usage(f"{key.namespace}/{key.name}", pod.spec.priority, asked, used, tuple(found))


def _under_load(cluster: Cluster, key: Key) -> dict[str, int]:
    """Memory by container, of those whose memory grows with their requests."""
    server, got = loaded(cluster, key) or (None, NO_LOAD)
    works = [work for work in server.works if work.memory_per_request] if server else []
    return {work.name: round(work.memory_at(got.in_flight)) for work in works}


def above_its_limit(cluster: Cluster, key: Key) -> str:
    """What an eviction says of a pod that writes more to the disk than its limits allow; "" if it doesn't.

    Source: eviction_manager.go podEphemeralStorageLimitEviction, containerEphemeralStorageLimitEviction.
    """
    pod: Pod = cluster.read(key)
    found = usage(cluster, key, SHORTAGES[1])
    limits = {one.name: one.resources.limits.get("ephemeral-storage") for one in pod.spec.containers}
    given = {name: quantity.read(limit) for name, limit in limits.items() if limit is not None}
    total = quantity.total(given.values())
    if given and (found.used or 0) > total.value():
        return f"Pod ephemeral local storage usage exceeds the total limit of containers {total}. "
    over = next((one.name for one in found.containers if one.name in given and one.used > given[one.name].value()), "")
    return f'Container {over} exceeded its local ephemeral storage limit "{given[over]}". ' if over else ""

"""From a cluster, or from the objects of one moment, to its picture."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from labkit.fields import quantity
from labkit.kinds import Key
from labkit.kinds.node import Node
from labkit.kinds.pod import Pod
from labkit.kinds.podrequest import pod_requests
from labkit.relations import ZONE_LABEL
from labkit.scheduler.podinfo import in_units
from labkit.views.ecs_snapshot import fleet_picture, has_fleet
from labkit.views.picture import Gauge, NodeBox, Picture, PodTile

if TYPE_CHECKING:
    from labkit.cluster import Cluster

Read = Callable[[Key], Any]
Asked = tuple[int, int]
Asks = Callable[[Pod], Asked]


def pictures(cluster: Cluster) -> list[Picture]:
    """The picture of each orchestrator that there is in `cluster`, as it is now; of Kubernetes where there is none."""
    found = [fleet_picture(cluster)] if has_fleet(cluster) else []
    return found if found and not has_nodes(cluster) else [picture(cluster), *found]


def picture(cluster: Cluster) -> Picture:
    """The picture of `cluster`'s nodes and pods as it is now."""
    return picture_of(cluster.keys("Node"), cluster.keys("Pod"), cluster.read, cluster.clock.now)


def has_nodes(cluster: Cluster) -> bool:
    """Whether there is anything of Kubernetes to draw."""
    return bool(cluster.keys("Node") or cluster.keys("Pod"))


def picture_of(nodes: Iterable[Key], pods: Iterable[Key], read: Read, time: float, asks: Asks | None = None) -> Picture:
    """The picture of those nodes and pods; `read` gives the struct of a key, None where there is none.

    `asks` may answer in place of `requested`, for a caller that remembers.
    """
    asks = asks or requested
    lying: dict[str, list[Pod]] = defaultdict(list)
    for key in pods:
        pod = read(key)
        lying[pod.spec.node_name].append(pod)
    boxes = tuple(_box(read(key), lying.pop(key.name, []), read, asks) for key in sorted(nodes, key=_natural))
    homeless = [pod for name, group in lying.items() if name for pod in group]
    return Picture(time, boxes, _pending(lying.pop("", []), homeless, read, asks))


def _pending(waiting: list[Pod], homeless: list[Pod], read: Read, asks: Asks) -> tuple[PodTile, ...]:
    tiles = [_tile(pod, read, asks, waiting_reason(pod)) for pod in waiting]
    tiles += [_tile(pod, read, asks, f"its node {pod.spec.node_name} is gone") for pod in homeless]
    return tuple(sorted(tiles, key=lambda tile: (tile.owner, tile.reason, tile.namespace, tile.name)))


def waiting_reason(pod: Pod) -> str:
    """Why a pod has no node yet: the scheduler's message, or that it hasn't looked yet."""
    condition = pod.status.condition("PodScheduled")
    if condition is not None and condition.message:
        return condition.message
    return "waiting for the scheduler"


def _box(node: Node, pods: list[Pod], read: Read, asks: Asks) -> NodeBox:
    tiles = sorted(
        (_tile(pod, read, asks) for pod in pods), key=lambda tile: (tile.owner or "~", tile.namespace, tile.name)
    )
    spec, meta = node.spec, node.metadata
    taints = tuple(str(taint) for taint in spec.taints)
    zone = meta.labels.get(ZONE_LABEL, "")
    gauges = _gauges(node, [asks(pod) for pod in pods if not pod.is_terminal])
    return NodeBox(meta.name, zone, node.is_ready, spec.unschedulable, taints, gauges, tuple(tiles))


def _gauges(node: Node, asked: list[Asked]) -> tuple[Gauge, ...]:
    """Requested and allocatable cpu (millicores), memory (bytes) and pods."""
    has = node.status.allocatable
    return (
        Gauge("cpu", sum(cpu for cpu, _ in asked), quantity.milli(has.get("cpu", 0))),
        Gauge("memory", sum(memory for _, memory in asked), quantity.value(has.get("memory", 0))),
        Gauge("pods", len(asked), quantity.value(has.get("pods", 0))),
    )


def requested(pod: Pod) -> Asked:
    """What the pod requests: cpu in millicores and memory in bytes, as the scheduler counts it."""
    units = in_units(pod_requests(pod.spec))
    return units.get("cpu", 0), units.get("memory", 0)


def _tile(pod: Pod, read: Read, asks: Asks, reason: str = "") -> PodTile:
    status, why = status_of(pod)
    cpu, memory = asks(pod)
    meta = pod.metadata
    return PodTile(
        meta.namespace, meta.name, top_owner(pod, read), status, pod.is_ready, reason or why,
        meta.deletion_timestamp is not None, cpu, memory,
    )  # fmt: skip


def top_owner(pod: Pod, read: Read) -> str:
    """`Kind/namespace/name` at the top of the chain of controllers, such as the Deployment; empty without one."""
    owner, found = pod.metadata.controller, ""
    while owner is not None:
        found = f"{owner.kind}/{pod.metadata.namespace}/{owner.name}"
        above = read(Key(owner.kind, pod.metadata.namespace, owner.name))
        owner = above.metadata.controller if above is not None else None
    return found


def status_of(pod: Pod) -> tuple[str, str]:
    """The word of kubectl's STATUS column, as far as it goes without init containers, and the message behind it."""
    if pod.metadata.deletion_timestamp is not None:
        return "Terminating", ""
    for container in pod.status.container_statuses:
        state = container.state.get("waiting") or container.state.get("terminated") or {}
        if state.get("reason"):
            return state["reason"], state.get("message", "")
    return pod.status.reason or pod.status.phase or "Pending", pod.status.message


def _natural(key: Key) -> list[tuple[int, str]]:
    """Sorts node-2 before node-10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", key.name)]

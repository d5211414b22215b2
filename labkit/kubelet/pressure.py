"""A node that runs short of memory: what is declared to be used, and the pods that go.

Looks every 10 s while memory is short, evicts one pod a look, and takes the condition back 5 min after the last look
that found it short. Source: pkg/kubelet/eviction/eviction_manager.go synchronize, evictPod,
pkg/kubelet/apis/config/v1beta1/defaults.go (memory.available<100Mi), v1.36.
Left out: soft thresholds, disk and process pressure, and what containers use that nobody declared.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.fields import quantity
from labkit.kinds.conditions import condition, find_condition, in_place
from labkit.kinds.pod import Pod
from labkit.kinds.registry import Key
from labkit.kubelet import behaviour, eviction
from labkit.kubelet import status as statuses
from labkit.kubelet.usage import NO_LOAD, loaded

Dict = dict[str, Any]

LOOK = 10.0
TRANSITION = 300.0
THRESHOLD = quantity.parse("100Mi")
CRITICAL = 2_000_000_000
"""The priority from which on pods are never evicted."""

_SHORT = ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available")
_ENOUGH = ("KubeletHasSufficientMemory", "kubelet has sufficient memory available")


class Strain(NamedTuple):
    """A node whose memory is to be looked at."""

    node: Key


def look(cluster: Cluster, node: Key) -> float | None:
    """Compare what is used with what there is; seconds until the next look, None if all is well."""
    capacity = quantity.value(cluster.require(node)["status"]["capacity"].get("memory", "0"))
    pods = [usage(cluster, key) for key in cluster.into(node, "runs-on") if key.kind == "Pod"]
    available = capacity - sum(one.used or 0 for one in pods)
    held = find_condition(cluster.require(node), "MemoryPressure")
    pressed = held is not None and held["status"] == "True"
    if available < THRESHOLD.value():
        if not pressed:
            _tell(cluster, node, "True", _SHORT)
        _evict(cluster, node, pods, available)
        return LOOK
    if not pressed or held is None:
        return None
    since = max([cluster.clock.seconds(held["lastTransitionTime"]), *_evictions(cluster, node)])
    if (rest := since + TRANSITION - cluster.clock.now) > 0:
        return rest
    _tell(cluster, node, "False", _ENOUGH)
    return None


def usage(cluster: Cluster, key: Key) -> eviction.Usage:
    """What a pod's running containers are declared to use of memory, and what they ask for."""
    pod: Pod = cluster.read(key)
    running = {one.name for one in pod.status.container_statuses if "running" in one.state}
    server, got = loaded(cluster, key) or (None, NO_LOAD)
    works = [work for work in server.works if work.memory_per_request] if server else []
    under_load = {work.name: round(work.memory_at(got.in_flight)) for work in works}
    found = []
    for one in pod.spec.containers:
        used = behaviour.of(cluster, pod, one.name).memory if one.name in running and not pod.is_terminal else None
        used = max(used or 0, under_load[one.name]) if one.name in running and one.name in under_load else used
        asked = quantity.value(one.resources.requests.get("memory", "0"))
        found.append(eviction.ContainerUsage(one.name, used or 0, asked))
    total = sum(one.used for one in found)
    return eviction.Usage(
        f"{key.namespace}/{key.name}", pod.spec.priority, sum(one.asked for one in found), total, tuple(found)
    )


def _evict(cluster: Cluster, node: Key, pods: list[eviction.Usage], available: int) -> None:
    cluster.record(node, "Warning", "EvictionThresholdMet", "Attempting to reclaim memory", "kubelet")
    chosen = [one for one in eviction.ranked(pods) if one.used and one.priority < CRITICAL]
    if not chosen:
        return
    key = Key("Pod", *chosen[0].name.split("/"))
    free = quantity.of(max(available, 0), quantity.BINARY_SI)
    text, stamp = eviction.message(chosen[0], "memory", THRESHOLD, free), cluster.clock.stamp()
    cluster.record(key, "Warning", "Evicted", text, "kubelet")
    target = condition("DisruptionTarget", "True", "TerminationByKubelet", text, stamp)
    status = cluster.require(key).get("status") or {}
    ended = [_ended(one, stamp) for one in status.get("containerStatuses", ())]
    status = statuses.complete(cluster.read(key), {**status, "containerStatuses": ended}, False, stamp)
    conditions = in_place(status["conditions"], target)
    cluster.set_status(
        key, {**status, "phase": "Failed", "reason": "Evicted", "message": text, "conditions": conditions}
    )


def _ended(container: Dict, now: str) -> Dict:
    return statuses.terminated(container, 137, now) if "running" in container["state"] else container


def _evictions(cluster: Cluster, node: Key) -> list[float]:
    """When pods of the node were evicted."""
    pods = [cluster.read(key) for key in cluster.into(node, "runs-on") if key.kind == "Pod"]
    evicted = (pod.status.condition("DisruptionTarget") for pod in pods if pod.status.reason == "Evicted")
    return [cluster.clock.seconds(one.last_transition_time) for one in evicted if one and one.last_transition_time]


def _tell(cluster: Cluster, node: Key, status: str, words: tuple[str, str]) -> None:
    held, stamp = cluster.require(node)["status"], cluster.clock.stamp()
    new = condition("MemoryPressure", status, *words, stamp) | {"lastHeartbeatTime": stamp}
    cluster.set_status(node, {**held, "conditions": in_place(held.get("conditions") or (), new)})
    reason = "NodeHasInsufficientMemory" if status == "True" else "NodeHasSufficientMemory"
    cluster.record(node, "Normal", reason, f"Node {node.name} status is now: {reason}", "kubelet")

"""A node that runs short of memory, disk or processes: what is declared to be used, and the pods that go.

Looks every 10 s while something is short, evicts one pod a look, and takes a condition back 5 min after the last look
that found it needed. Pods that write more to the disk than they may go before.
Source: pkg/kubelet/eviction/eviction_manager.go synchronize, localStorageEviction, evictPod, v1.36.
Left out: soft thresholds; images and dead containers, which are cleaned away before pods go.
An evicted pod keeps no container statuses, so that `kubectl get pods` says Evicted. In real clusters those that come in
afterwards may make it say Error, Completed or ContainerStatusUnknown instead (kubernetes/kubernetes issue 105467).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.fields import quantity
from labkit.kinds.conditions import condition, find_condition, in_place
from labkit.kinds.registry import Key
from labkit.kubelet import eviction
from labkit.kubelet import status as statuses
from labkit.kubelet.admitting import CRITICAL
from labkit.kubelet.shortages import SHORTAGES, Shortage, Words, above_its_limit, usage

Dict = dict[str, Any]

LOOK = 10.0
TRANSITION = 300.0


class Strain(NamedTuple):
    """A node that is to be looked at: does it run short of anything?"""

    node: Key


def look(cluster: Cluster, node: Key) -> float | None:
    """Compare what is used with what there is; seconds until the next look, None if all is well."""
    waits = [_heed(cluster, node, one) for one in SHORTAGES]
    if not _evict_one_above_its_limit(cluster, node):
        short = next((one for one in SHORTAGES if _is_short(cluster, node, one)), None)
        if short is not None:
            _reclaim(cluster, node, short)
    return min((wait for wait in waits if wait is not None), default=None)


def _heed(cluster: Cluster, node: Key, shortage: Shortage) -> float | None:
    """Bring a condition in step; seconds until it may change by itself or has to be looked at again."""
    held = find_condition(cluster.require(node), shortage.condition)
    pressed = held is not None and held["status"] == "True"
    if _is_short(cluster, node, shortage):
        if not pressed:
            _tell(cluster, node, shortage.condition, "True", shortage.short)
        return LOOK
    if not pressed or held is None:
        return None
    since = max([cluster.clock.seconds(held["lastTransitionTime"]), *_evictions(cluster, node, shortage)])
    if (rest := since + TRANSITION - cluster.clock.now) > 0:
        return rest
    _tell(cluster, node, shortage.condition, "False", shortage.enough)
    return None


def _is_short(cluster: Cluster, node: Key, shortage: Shortage) -> bool:
    if not (capacity := shortage.capacity(cluster.require(node))):
        return False  # nobody knows how much there is
    return _available(cluster, node, shortage) < eviction.amount(shortage.threshold, capacity).value()


def _available(cluster: Cluster, node: Key, shortage: Shortage) -> int:
    used = sum(usage(cluster, key, shortage).used or 0 for key in _pods(cluster, node))
    return shortage.capacity(cluster.require(node)) - used


def _pods(cluster: Cluster, node: Key) -> list[Key]:
    return [key for key in cluster.into(node, "runs-on") if key.kind == "Pod"]


def _evict_one_above_its_limit(cluster: Cluster, node: Key) -> bool:
    for key in _pods(cluster, node):
        if cluster.read(key).spec.priority < CRITICAL and (text := above_its_limit(cluster, key)):
            evict(cluster, key, text)
            return True
    return False


def _reclaim(cluster: Cluster, node: Key, shortage: Shortage) -> None:
    text = f"Attempting to reclaim {shortage.resource}"
    cluster.record(node, "Warning", "EvictionThresholdMet", text, "kubelet")
    every = shortage.rank(usage(cluster, key, shortage) for key in _pods(cluster, node))
    chosen = next((one for one in every if one.used and one.priority < CRITICAL), None)
    if chosen is None:
        return
    threshold = eviction.amount(shortage.threshold, shortage.capacity(cluster.require(node)))
    written = quantity.BINARY_SI if shortage.by_request else quantity.DECIMAL_SI
    free = quantity.of(max(_available(cluster, node, shortage), 0), written)
    evict(cluster, Key("Pod", *chosen.name.split("/")), eviction.message(chosen, shortage.resource, threshold, free))


def evict(cluster: Cluster, key: Key, text: str) -> None:
    """End a pod for good, and say why."""
    stamp, old = cluster.clock.stamp(), cluster.require(key).get("status") or {}
    cluster.record(key, "Warning", "Evicted", text, "kubelet")
    for one in old.get("containerStatuses") or ():
        if "running" in one["state"]:
            cluster.record(key, "Normal", "Killing", f"Stopping container {one['name']}", "kubelet")
    bare = {field: old[field] for field in old if field not in ("containerStatuses", "initContainerStatuses")}
    ended = {**bare, "phase": "Failed", "reason": "Evicted", "message": text}
    status = statuses.failed(cluster.read(key), ended, stamp)
    target = condition("DisruptionTarget", "True", "TerminationByKubelet", text, stamp)
    cluster.set_status(key, {**status, "conditions": in_place(status["conditions"], target)})


def _evictions(cluster: Cluster, node: Key, shortage: Shortage) -> list[float]:
    """When pods of the node were evicted for want of that resource."""
    pods = [cluster.read(key) for key in _pods(cluster, node)]
    told = f"The node was low on resource: {shortage.resource}."
    gone = [pod for pod in pods if pod.status.reason == "Evicted" and pod.status.message.startswith(told)]
    evicted = (pod.status.condition("DisruptionTarget") for pod in gone)
    return [cluster.clock.seconds(one.last_transition_time) for one in evicted if one and one.last_transition_time]


def _tell(cluster: Cluster, node: Key, name: str, status: str, words: Words) -> None:
    held, stamp = cluster.require(node)["status"], cluster.clock.stamp()
    new = condition(name, status, words.reason, words.message, stamp) | {"lastHeartbeatTime": stamp}
    cluster.set_status(node, {**held, "conditions": in_place(held.get("conditions") or (), new)})
    text = f"Node {node.name} status is now: {words.event}"
    cluster.record(node, "Normal", words.event, text, "kubelet")

"""The updater at work: once a minute it has pods follow their recommendation, resized in place or made anew.

Source: vertical-pod-autoscaler pkg/updater/{logic,restriction,inplace}, 1.7.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labkit.admission.recommended import resized, sizes
from labkit.apiserver import eviction
from labkit.autoscaling.vpa.recommender import KIND, PERIOD, came, pods_of
from labkit.autoscaling.vpa.updating import Asked, Urgency, is_due, urgency
from labkit.cluster import Cluster
from labkit.errors import ApiError
from labkit.fields import quantity
from labkit.kinds import decode
from labkit.kinds.autoscaling import VerticalPodAutoscaler
from labkit.kinds.registry import Key
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.snapshot import Snapshot

Object = dict[str, Any]

ACTING = ("Recreate", "Auto", "InPlaceOrRecreate")
LEAST_REPLICAS = 2
TOLERANCE = 0.5
EVICTED = "Pod was evicted by VPA Updater to apply resource recommendation."
RESIZED = "Pod was resized in place by VPA Updater."


class Turn(NamedTuple):
    """A pod that should follow its recommendation, and how urgent that is."""

    pod: Key
    urgency: Urgency


class Updater:
    """Has running pods follow their recommendation.

    Does: each minute, the pods that ask for too little or too much, the most urgent first: resized in place where the
    mode allows it and the node has the room, else evicted, at most half of a workload's at once.
    Reads: VerticalPodAutoscaler, Pod, its workload. Writes: pods' resources, evictions, events.
    Runs again: each minute while there is an autoscaler. Source: vertical-pod-autoscaler pkg/updater, 1.7.1.
    Left out: the rate limit of evictions, deferred resizes, InPlace without fallback (alpha).
    """

    name = "vpa-updater"
    kind = KIND

    def __init__(self) -> None:
        self.watches = {KIND: came}

    def reconcile(self, cluster: Cluster, key: str) -> float | None:
        """One round over all autoscalers; the recommender's comes first."""
        keys = cluster.keys(KIND)
        for one in keys:
            autoscaler: VerticalPodAutoscaler = cluster.read(one)
            if autoscaler.spec.update_policy.update_mode in ACTING and autoscaler.status.recommendation is not None:
                update(cluster, one, autoscaler)
        return PERIOD if keys else None


def update(cluster: Cluster, key: Key, autoscaler: VerticalPodAutoscaler) -> None:
    """Have the pods of one autoscaler follow their recommendation, as many as may be away at once."""
    pods = [pod for pod in pods_of(cluster, key) if _is_live(cluster, pod)]
    policy = autoscaler.spec.update_policy
    if len(pods) < (LEAST_REPLICAS if policy.min_replicas is None else policy.min_replicas):
        return
    running = [pod for pod in pods if cluster.read(pod).status.phase == "Running"]
    wanted = max(_replicas(cluster, key, autoscaler), len(pods))
    gone = 0
    for turn in due(cluster, pods, autoscaler):
        if policy.update_mode == "InPlaceOrRecreate" and resize(cluster, turn.pod, autoscaler):
            continue
        is_running = turn.pod in running
        if (not is_running or may_go(wanted, len(running), gone)) and evict(cluster, turn.pod):
            gone += is_running


def due(cluster: Cluster, pods: list[Key], autoscaler: VerticalPodAutoscaler) -> list[Turn]:
    """The pods whose turn it is, the most urgent first."""
    turns = [Turn(pod, urgency(_asked(cluster, pod, autoscaler))) for pod in pods]
    ready = [turn for turn in turns if _is_due(cluster, turn) and _may_be_evicted(cluster, turn.pod, autoscaler)]
    return sorted(ready, key=lambda turn: turn.urgency.rank, reverse=True)


def may_go(wanted: int, running: int, gone: int) -> bool:
    """Whether one pod more may be away: half of them at once, one if they are too few for a half."""
    tolerated = int(wanted * TOLERANCE)
    if running - gone > wanted - tolerated:
        return True
    return running == wanted and tolerated == 0 and gone == 0


def resize(cluster: Cluster, pod: Key, autoscaler: VerticalPodAutoscaler) -> bool:
    """Change a pod's resources where it is; whether its node has the room for that."""
    obj = cluster.require(pod)
    new = resized(obj, autoscaler)
    node = (obj.get("spec") or {}).get("nodeName", "")
    snapshot = Snapshot(cluster)
    row = snapshot.row(node)
    if row is None:
        return False
    held = snapshot.columns.placed[row].get(pod)
    if held is not None:
        snapshot.take(held, row)
    if not snapshot.room(_info(cluster, pod, new), row).fits:
        return False
    cluster.patch(pod, {"spec": {"containers": new["spec"]["containers"]}})
    cluster.record(pod, "Normal", "InPlaceResizedByVPA", RESIZED, "vpa-updater")
    return True


def _info(cluster: Cluster, pod: Key, obj: Object) -> PodInfo:
    free = {key: value for key, value in obj["spec"].items() if key != "nodeName"}
    return PodInfo.of(pod, decode({**obj, "spec": free}))


def evict(cluster: Cluster, pod: Key) -> bool:
    """Ask for an eviction; whether it was granted."""
    try:
        eviction.evict(cluster, pod, cluster.require(pod), {})
    except ApiError:
        return False
    cluster.record(pod, "Normal", "EvictedByVPA", EVICTED, "vpa-updater")
    return True


def _is_live(cluster: Cluster, pod: Key) -> bool:
    return "deletionTimestamp" not in cluster.require(pod)["metadata"] and not cluster.read(pod).is_terminal


def _replicas(cluster: Cluster, key: Key, autoscaler: VerticalPodAutoscaler) -> int:
    reference = autoscaler.spec.target_ref
    held = cluster.get(Key(reference.kind, key.namespace, reference.name)) or {}
    return int((held.get("spec") or {}).get("replicas", 0))


def _asked(cluster: Cluster, pod: Key, autoscaler: VerticalPodAutoscaler) -> Iterator[Asked]:
    held = autoscaler.status.recommendation
    told = {one.container_name: one for one in (held.container_recommendations if held else ())}
    for container in cluster.read(pod).spec.containers:
        one, policy = told.get(container.name), autoscaler.spec.policy(container.name)
        if one is None or policy.mode == "Off":
            continue
        requests, limits = ({name: quantity.parse(str(text)) for name, text in side.items()}
                            for side in (container.resources.requests, container.resources.limits))  # fmt: skip
        target = sizes(one.target, policy, requests, limits).requests
        yield Asked(
            {name: amount.milli() for name, amount in requests.items()},
            {name: amount.milli() for name, amount in target.items()},
            {name: quantity.milli(text) for name, text in one.lower_bound.items()},
            {name: quantity.milli(text) for name, text in one.upper_bound.items()},
        )


def _is_due(cluster: Cluster, turn: Turn) -> bool:
    status = cluster.read(turn.pod).status
    age = cluster.clock.now - cluster.clock.seconds(status.start_time) if status.start_time else None
    return is_due(turn.urgency, age, _killed_after(cluster, turn.pod))


def _killed_after(cluster: Cluster, pod: Key) -> float | None:
    """How long the container had run that was killed for memory last; None if none was."""
    seconds = cluster.clock.seconds
    ended = [one.last_state.get("terminated") or {} for one in cluster.read(pod).status.container_statuses]
    killed = [one for one in ended if one.get("reason") == "OOMKilled"]
    return min((seconds(one["finishedAt"]) - seconds(one["startedAt"]) for one in killed), default=None)


def _may_be_evicted(cluster: Cluster, pod: Key, autoscaler: VerticalPodAutoscaler) -> bool:
    asked = list(_asked(cluster, pod, autoscaler))
    for one in autoscaler.spec.update_policy.eviction_requirements:
        side = 1 if one.change_requirement == "TargetHigherThanRequests" else -1
        changes = ((each.target.get(name, 0), each.requests.get(name, 0)) for each in asked for name in one.resources)
        if not any((target > request) - (target < request) == side for target, request in changes):
            return False
    return True

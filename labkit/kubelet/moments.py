"""What a kubelet knew at an earlier moment: when a container started, and when it last looked at a pod.

Nothing is noted for it: the history has it all, so forks and looks into the past know the same.
A container's environment and its subPath mounts are made when it starts. Its other volumes are brought up to date each
time the kubelet syncs the pod: when the pod changes, and a minute after the last sync at the latest. ConfigMaps and
Secrets themselves are watched, so nothing is added to that minute (configMapAndSecretChangeDetectionStrategy: Watch).
Source: pkg/kubelet/pod_workers.go, pkg/kubelet/apis/config/v1beta1/defaults.go (syncFrequency 1m), v1.36.
Left out: the real one draws up to half as much again to the minute; the lab never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count, islice
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.heartbeats import silence
from labkit.kinds.registry import Key

Dict = dict[str, Any]

SYNC = 60.0
"""Seconds between two looks of a kubelet at a pod that doesn't change."""

WATCHED = frozenset({"ConfigMap", "Secret", "Service"})
"""The kinds, beside the pod, that make a container's environment and files."""


class Snapshot(NamedTuple):
    """ConfigMaps, Secrets and Services as they were, and the pod; `written` entries of the history were there."""

    cluster: Cluster
    written: int
    pod: Dict
    changed: Mapping[Key, Dict | None]

    def get(self, key: Key) -> Dict | None:
        """The object of that key at that moment."""
        return self.changed[key] if key in self.changed else self.cluster.get(key)

    def held(self, key: Key) -> Dict | None:
        """The same; of an object that was deleted by then, its last state: mounted files outlive it."""
        if (found := self.get(key)) is not None:
            return found
        earlier = islice(reversed(self.cluster.history), len(self.cluster.history) - self.written, None)
        return next((one.old for one in earlier if one.key == key and one.new is None), None)

    def services(self) -> list[Dict]:
        """All Services, by namespace and name."""
        keys = {*self.cluster.keys("Service"), *(key for key in self.changed if key.kind == "Service")}
        return [obj for key in sorted(keys) if (obj := self.get(key)) is not None]


def at_start(cluster: Cluster, pod: Key, container: str) -> Snapshot:
    """What was there when the container's last run began; of one that has never run, what is there now."""
    for written, (_, _, key, old, new) in zip(count(len(cluster.history), -1), reversed(cluster.history), strict=False):
        if key == pod and new is not None and (run := _run(new, container)) and run != _run(old, container):
            return _as_of(cluster, written, new)
    return _as_of(cluster, len(cluster.history), cluster.require(pod))


def at_sync(cluster: Cluster, pod: Key) -> Snapshot:
    """What was there when the kubelet last synced the pod."""
    obj = cluster.require(pod)
    node = cluster.get(Key("Node", "", (obj.get("spec") or {}).get("nodeName", "")))
    silent = silence(node, cluster.clock) if node else None
    now = cluster.clock.now if silent is None else silent.since
    changes = ((one.time, one.new) for one in reversed(cluster.history) if one.key == pod and one.time <= now)
    changed, then = next(changes, (0.0, None))
    return _as_of(cluster, cluster.history.index_at(changed + (now - changed) // SYNC * SYNC), then or obj)


def _as_of(cluster: Cluster, written: int, pod: Dict) -> Snapshot:
    later = cluster.history.backwards(written)
    return Snapshot(cluster, written, pod, {one.key: one.old for one in later if one.key.kind in WATCHED})


def _run(pod: Dict | None, container: str) -> tuple[int, str] | None:
    """Which run of the container goes on: restarts so far and its start."""
    status: Dict = (pod or {}).get("status") or {}
    for field in ("containerStatuses", "initContainerStatuses"):
        for one in status.get(field) or ():
            if one["name"] == container and "running" in one["state"]:
                return one["restartCount"], one["state"]["running"].get("startedAt", "")
    return None

"""Scheduling once more: the pods of a cluster placed anew on a fork of it, under another profile.

Every pod that the scheduler has placed, or has waiting, is taken off its node; then all are scheduled as if they came
at once, in order of priority and then of creation. What stays: pods made with a node of their own (`spec.nodeName`),
pods that ended or are being deleted, and everything else in the cluster. Pods are evicted where preemption wants it,
and gone at once; controllers and kubelets do nothing meanwhile, and no time passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labkit.cluster import Cluster
from labkit.history import Entry
from labkit.kinds import Key
from labkit.scheduler import Profile, Scheduler
from labkit.scheduler.actor import QUEUE
from labkit.scheduler.comparison import Comparison, Outcome, outcome

__all__ = ["Comparison", "compared", "replayed"]

ENDED = ("Succeeded", "Failed")


def compared(cluster: Cluster, a: Sequence[Profile], b: Sequence[Profile]) -> Comparison:
    """The cluster's pods under one scheduler's profiles and under another's. The cluster itself is left alone."""
    return Comparison(replayed(cluster, a), replayed(cluster, b))


def replayed(cluster: Cluster, profiles: Sequence[Profile]) -> Outcome:
    """What comes of placing the pods anew.

    A single profile places all of them, whatever their schedulerName; of several each places its own.
    """
    twin = cluster.fork()
    keys = schedulable(twin)
    names = sorted({twin.read(key).spec.scheduler_name for key in keys})
    scheduler = Scheduler([profiles[0].named(name) for name in names] if len(profiles) == 1 and names else profiles)
    evicted: list[Key] = []
    twin.watch(lambda entry: evicted.extend(_noticed(scheduler, twin, entry)))
    for key in keys:
        take_off(scheduler, twin, key)
    while scheduler.queue.is_ready(twin.clock.now):
        scheduler.reconcile(twin, QUEUE)
        while evicted:
            twin.remove(evicted.pop())
    placements = {key: (twin.get(key) or {"spec": {}})["spec"].get("nodeName") or None for key in keys}
    return outcome(", ".join(profile.name for profile in profiles), twin, placements)


def schedulable(cluster: Cluster) -> list[Key]:
    """The pods that the scheduler has placed or has waiting, in order of creation."""
    made = {entry.key: entry.new for entry in cluster.history if entry.verb == "create" and entry.key.kind == "Pod"}
    return [key for key in cluster.keys("Pod") if is_free(made.get(key)) and is_there(cluster.require(key))]


def is_free(made: dict[str, Any] | None) -> bool:
    """Whether a pod, as it was made, left its node to the scheduler."""
    return made is not None and not made["spec"].get("nodeName")


def is_there(pod: dict[str, Any]) -> bool:
    """Whether a pod takes room or will: it hasn't ended, and isn't being deleted."""
    return "deletionTimestamp" not in pod["metadata"] and (pod.get("status") or {}).get("phase") not in ENDED


def take_off(scheduler: Scheduler, cluster: Cluster, key: Key) -> None:
    """Let a pod wait for a node as if it had just come."""
    old = cluster.require(key)
    if old["spec"].get("nodeName"):
        cluster.update({**old, "spec": {name: part for name, part in old["spec"].items() if name != "nodeName"}})
        cluster.set_status(key, {"phase": "Pending"})
    else:
        scheduler.notice(cluster, Entry(cluster.clock.now, "create", key, None, old))


def _noticed(scheduler: Scheduler, cluster: Cluster, entry: Entry) -> list[Key]:
    scheduler.notice(cluster, entry)
    leaving = entry.key.kind == "Pod" and entry.new is not None and "deletionTimestamp" in entry.new["metadata"]
    return [entry.key] if leaving and entry.old and "deletionTimestamp" not in entry.old["metadata"] else []

"""Which container starts when: init containers one after the other, then the others. Reads only.

Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions, SyncPod, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.kubelet import backoff
from labkit.kubelet import status as statuses
from labkit.kubelet.visit import Next, Visit

Dict = dict[str, Any]

FRESH = ("PodInitializing", "ContainerCreating")
"""Why a container waits whose turn has not come yet in this sandbox."""


def is_fresh(container: Dict) -> bool:
    """Whether a container's turn has not come yet."""
    return bool(container["state"].get("waiting", {}).get("reason") in FRESH)


def first_unstarted(visit: Visit) -> str:
    """The container to start next; "" if each has had its turn, or an init container is to be waited for."""
    held = {one["name"]: one for one in visit.status.get("initContainerStatuses", ())}
    for one in visit.pod.spec.init_containers:
        if not statuses.initialised(visit.pod, held[one.name]):
            return one.name
    return next((str(one["name"]) for one in visit.status["containerStatuses"] if is_fresh(one)), "")


def next_to_start(visit: Visit, delay: float = 0.0) -> list[Next]:
    """The next container; where all have run already, in an earlier sandbox, those that are to run again."""
    if name := first_unstarted(visit):
        return [Next("pull", delay, name)]
    return [Next("pull", delay, name) for name in _to_run_again(visit)]


def _to_run_again(visit: Visit) -> list[str]:
    policies = {one.name: one.restart_policy for one in visit.pod.spec.containers}
    ended = [(one["name"], one["state"].get("terminated")) for one in visit.status["containerStatuses"]]
    policy = visit.pod.spec.restart_policy
    return [name for name, end in ended if end and backoff.restarts(policy, end["exitCode"], policies[name])]


def following(visit: Visit) -> list[Next]:
    """What starts after this container: nothing while it is an init container that has to end or to be ready first."""
    if visit.is_init and not visit.held["started"]:
        return []
    if visit.is_init:
        return next_to_start(visit)
    name = first_unstarted(visit)
    return [Next("pull", 0.0, name)] if name else []

"""A kubelet that finds a pod half-way, as after its own restart: what comes next, from the pod's status alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from labkit.kinds.pod import Pod
from labkit.kubelet import backoff
from labkit.kubelet.stages import of_run
from labkit.kubelet.starting import first_unstarted
from labkit.kubelet.visit import Next, Visit


def resumed(visit: Visit) -> list[Next]:
    """The stages that are still to come; what a run had behind it when the kubelet went is not waited for again."""
    if not has_sandbox(visit.pod):
        return [Next("mount", visit.timing.volumes)]
    held = [*visit.status.get("initContainerStatuses", ()), *visit.status.get("containerStatuses", ())]
    coming = [one for status in held for one in _of_container(replace(visit, container=status["name"]), status)]
    unstarted = first_unstarted(visit)
    return [*coming, Next("pull", 0.0, unstarted)] if unstarted else coming


def has_sandbox(pod: Pod) -> bool:
    """Whether the pod has its network; after its machine was off it needs a new one."""
    held = pod.status.condition("PodReadyToStartContainers")
    return bool(pod.status.pod_ip) and (held is None or held.status == "True")


def redeclared(visit: Visit) -> list[Next]:
    """What comes next in the containers that run, after it was declared anew what they do."""
    held = [*visit.status.get("initContainerStatuses", ()), *visit.status.get("containerStatuses", ())]
    running = [replace(visit, container=one["name"]) for one in held if "running" in one["state"]]
    return [coming for one in running for coming in of_run(one, one.held["restartCount"], one.ran)]


def _of_container(visit: Visit, status: dict[str, Any]) -> Iterator[Next]:
    if "running" in status["state"]:
        yield from of_run(visit, status["restartCount"], visit.ran)
    elif "waiting" in status["state"] and status["lastState"]:
        yield Next("pull", 0.0, status["name"])
    elif "terminated" in status["state"] and not visit.is_init:
        code = status["state"]["terminated"]["exitCode"]
        if backoff.restarts(visit.pod.spec.restart_policy, code, visit.spec.restart_policy):
            yield Next("pull", visit.timing.sandbox, status["name"])

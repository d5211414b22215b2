"""A pod's status from those of its containers: phase and conditions. All pure.

Source: pkg/kubelet/kubelet_pods.go getPhase, pkg/kubelet/status/generate.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labkit.kinds.conditions import in_place
from labkit.kinds.pod import Pod

Dict = dict[str, Any]

_ORDER = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


def waiting(name: str, image: str, reason: str, message: str = "", last: Dict | None = None, restarts: int = 0) -> Dict:
    """The status of a container that waits."""
    state = {"reason": reason} | ({"message": message} if message else {})
    return _shape(name, image, {"waiting": state}, last, restarts, ready=False, started=False)


def running(name: str, image: str, since: str, last: Dict | None, restarts: int, ready: bool, started: bool) -> Dict:
    """The status of a container that runs."""
    return _shape(name, image, {"running": {"startedAt": since}}, last, restarts, ready, started)


def terminated(old: Dict, exit_code: int, now: str, reason: str = "") -> Dict:
    """The status of a container that has ended, from that of its run."""
    started = old["state"].get("running", {}).get("startedAt", now)
    why = reason or ("Completed" if exit_code == 0 else "Error")
    state = {"exitCode": exit_code, "reason": why, "startedAt": started, "finishedAt": now}
    return {**old, "state": {"terminated": state}, "ready": False, "started": False}


def to_run_again(status: Dict) -> Dict:
    """The pod's status as its new sandbox is up: init containers that have run are to run once more."""
    held = status.get("initContainerStatuses")
    return {**status, "initContainerStatuses": [_again(one) for one in held]} if held else status


def _again(container: Dict) -> Dict:
    if "terminated" not in container["state"]:
        return container
    waits = {"waiting": {"reason": "PodInitializing"}}
    return {**container, "state": waits, "lastState": container["state"], "ready": False}


def _shape(name: str, image: str, state: Dict, last: Dict | None, restarts: int, ready: bool, started: bool) -> Dict:
    return {
        "name": name, "state": state, "lastState": last or {}, "ready": ready, "restartCount": restarts,
        "image": image, "imageID": "", "started": started,
    }  # fmt: skip


def put_container(status: Dict, new: Dict, init: bool) -> Dict:
    """The pod's status with one container's replaced."""
    field = "initContainerStatuses" if init else "containerStatuses"
    return {**status, field: [new if one["name"] == new["name"] else one for one in status.get(field, ())]}


def phase(pod: Pod, containers: Iterable[Dict], inits: Iterable[Dict]) -> str:
    """Pending, Running, Succeeded or Failed."""
    policy, containers, inits = pod.spec.restart_policy, list(containers), list(inits)
    if not all(initialised(pod, one) for one in inits):
        failed = any(_exit_code(one) for one in inits if not _is_sidecar(pod, one))
        if failed and policy == "Never":
            return "Failed"
        if not any(one["state"].keys() & {"running", "terminated"} for one in containers):
            return "Pending"
    if any("waiting" in one["state"] and not one["lastState"] for one in containers):
        return "Pending"
    if any("running" in one["state"] for one in containers):
        return "Running"
    if policy == "Always":
        return "Running"
    if all(_exit_code(one) == 0 for one in containers):
        return "Succeeded"
    return "Failed" if policy == "Never" else "Running"


def initialised(pod: Pod, status: Dict) -> bool:
    """Whether an init container is done: it ended well or, as a sidecar, has started."""
    if _is_sidecar(pod, status):
        return bool(status.get("started"))
    return "terminated" in status["state"] and status["state"]["terminated"]["exitCode"] == 0


def _is_sidecar(pod: Pod, status: Dict) -> bool:
    return any(one.name == status["name"] and one.is_sidecar for one in pod.spec.init_containers)


def _exit_code(status: Dict) -> int | None:
    ended = status["state"].get("terminated") or status["lastState"].get("terminated")
    return ended["exitCode"] if ended else None


def complete(pod: Pod, status: Dict, sandbox: bool, stamp: str) -> Dict:
    """The status with phase and conditions that follow from its containers; `sandbox`: the pod has its network."""
    containers, inits = status.get("containerStatuses", ()), status.get("initContainerStatuses", ())
    now = phase(pod, containers, inits)
    conditions = status.get("conditions", ())
    for new in _conditions(pod, now, containers, inits, sandbox, stamp):
        conditions = in_place(conditions, new)
    return {**status, "phase": now, "conditions": _ordered(conditions)}


def failed(pod: Pod, status: Dict, stamp: str) -> Dict:
    """The status of a pod that has failed as a whole, with the conditions that follow."""
    conditions = status.get("conditions", ())
    for new in _conditions(pod, "Failed", (), (), False, stamp):
        conditions = in_place(conditions, new)
    return {**status, "phase": "Failed", "conditions": _ordered(conditions)}


def _ordered(conditions: Iterable[Dict]) -> list[Dict]:
    return sorted(conditions, key=lambda one: _ORDER.index(one["type"]) if one["type"] in _ORDER else len(_ORDER))


def _conditions(
    pod: Pod, phase: str, containers: Iterable[Dict], inits: Iterable[Dict], sandbox: bool, stamp: str
) -> list[Dict]:
    ended = phase in ("Succeeded", "Failed")
    uninitialised = [one["name"] for one in inits if not initialised(pod, one)]
    unready = [one["name"] for one in containers if not one["ready"]]
    ready = _readiness(phase, unready)
    gates = _gates(pod) if ready[0] == "True" else ready
    return [
        _condition("PodReadyToStartContainers", ("True" if sandbox and not ended else "False", "", ""), stamp),
        _condition("Initialized", _initialization(phase, uninitialised), stamp),
        _condition("Ready", gates, stamp),
        _condition("ContainersReady", ready, stamp),
    ]


def _initialization(phase: str, uninitialised: list[str]) -> tuple[str, str, str]:
    if phase == "Succeeded":
        return "True", "PodCompleted", ""
    if uninitialised:
        return "False", "ContainersNotInitialized", f"containers with incomplete status: [{' '.join(uninitialised)}]"
    return "True", "", ""


def _readiness(phase: str, unready: list[str]) -> tuple[str, str, str]:
    if phase in ("Succeeded", "Failed"):
        return "False", "PodCompleted" if phase == "Succeeded" else "PodFailed", ""
    if unready:
        return "False", "ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]"
    return "True", "", ""


def _gates(pod: Pod) -> tuple[str, str, str]:
    for gate in pod.spec.readiness_gates:
        name = gate.get("conditionType", "")
        held = pod.status.condition(name)
        if held is None:
            why = f'corresponding condition of pod readiness gate "{name}" does not exist.'
            return "False", "ReadinessGatesNotReady", why
        if held.status != "True":
            why = f'the status of pod readiness gate "{name}" is not "True", but {held.status}'
            return "False", "ReadinessGatesNotReady", why
    return "True", "", ""


def _condition(kind: str, told: tuple[str, str, str], stamp: str) -> Dict:
    status, reason, message = told
    words = {"reason": reason, "message": message}
    shape = {"type": kind, "status": status, "lastProbeTime": None, "lastTransitionTime": stamp}
    return shape | {name: text for name, text in words.items() if text}

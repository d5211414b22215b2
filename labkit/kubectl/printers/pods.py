"""Pods: the status that `kubectl get pods` makes up from phase, conditions and container states.

Source: pkg/printers/internalversion/printers.go printPod, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from labkit.kubectl.printers.cells import NONE, age, at, containers, created, labels, name
from labkit.kubectl.printers.registry import Cell, Object, View, printer


class Restarts(NamedTuple):
    """How often containers were restarted, and when the last of them had ended ("" if not known)."""

    times: int = 0
    last: str = ""

    def plus(self, status: Object) -> Restarts:
        """With the restarts of one more container."""
        ended = at(status, "lastState", "terminated", "finishedAt") or ""
        return Restarts(self.times + (status.get("restartCount") or 0), max(self.last, ended))


class Summary(NamedTuple):
    """The three cells that are made up: how many containers are ready, the status, the restarts."""

    ready: int
    reason: str
    restarts: Restarts


@printer(
    "Pod",
    columns=("Name", "Ready", "Status", "Restarts", "Age", "+IP", "+Node", "+Nominated Node", "+Readiness Gates"),
)
def pod(obj: Object, view: View) -> list[Cell]:
    """A pod."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    told = summary(obj)
    total = len(spec.get("containers") or []) + sum(map(_is_sidecar, spec.get("initContainers") or []))
    ips = [each.get("ip", "") for each in status.get("podIPs") or [{"ip": status.get("podIP", "")}]]
    return [
        name(obj), f"{told.ready}/{total}", told.reason, _restarts(told.restarts, view.now), created(obj, view.now),
        ips[0] or NONE, spec.get("nodeName") or NONE, status.get("nominatedNodeName") or NONE, _gates(spec, status),
    ]  # fmt: skip


def summary(obj: Object) -> Summary:
    """What the containers of a pod add up to."""
    status = obj.get("status") or {}
    told = _init_summary(obj, Summary(0, _initial_reason(status), Restarts()))
    if not told.initializing or _condition_is_true(status, "Initialized"):
        told_now = _main_summary(status, Summary(told.ready, told.reason, told.sidecar_restarts))
    else:
        told_now = Summary(told.ready, told.reason, told.restarts)
    return told_now._replace(reason=_when_deleted(obj, told_now.reason))


def _initial_reason(status: Object) -> str:
    reason = status.get("reason") or status.get("phase") or ""
    gated = any(
        each.get("type") == "PodScheduled" and each.get("reason") == "SchedulingGated"
        for each in status.get("conditions") or ()
    )
    return "SchedulingGated" if gated else reason


class InitSummary(NamedTuple):
    """The summary after the init containers: the sidecars' restarts apart, and whether any is still to end."""

    ready: int
    reason: str
    restarts: Restarts
    sidecar_restarts: Restarts
    initializing: bool


def _init_summary(obj: Object, start: Summary) -> InitSummary:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    declared = {each["name"]: each for each in spec.get("initContainers") or ()}
    ready, every, of_sidecars = start.ready, start.restarts, Restarts()
    for place, each in enumerate(status.get("initContainerStatuses") or ()):
        sidecar = _is_sidecar(declared.get(each.get("name", ""), {}))
        every = every.plus(each)
        of_sidecars = of_sidecars.plus(each) if sidecar else of_sidecars
        ended = at(each, "state", "terminated")
        if ended is not None and not ended.get("exitCode"):
            continue
        if sidecar and each.get("started"):
            ready += bool(each.get("ready"))
            continue
        return InitSummary(ready, _init_reason(each, place, len(declared)), every, of_sidecars, True)
    return InitSummary(ready, start.reason, every, of_sidecars, False)


def _init_reason(status: Object, place: int, total: int) -> str:
    """Why the pod is still being initialised, told by the init container that isn't done."""
    ended, waiting = at(status, "state", "terminated"), at(status, "state", "waiting") or {}
    if ended is not None:
        return "Init:" + _exit_reason(ended)
    if waiting.get("reason") and waiting["reason"] != "PodInitializing":
        return f"Init:{waiting['reason']}"
    return f"Init:{place}/{total}"


def _exit_reason(ended: Object) -> str:
    if ended.get("reason"):
        return str(ended["reason"])
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode') or 0}"


def _main_summary(status: Object, told: Summary) -> Summary:
    """With the main containers, last to first: the first that has something to say is heard."""
    ready, reason, restarts, failure = told.ready, told.reason, told.restarts, ""
    for each in reversed(status.get("containerStatuses") or ()):
        restarts = restarts.plus(each)
        said = _container_reason(each)
        reason = said or reason
        failure = said if said and _failed(each) else failure
        ready += not said and bool(each.get("ready")) and at(each, "state", "running") is not None
    if reason == "Completed":
        reason = _when_some_completed(status, ready > told.ready, failure)
    return Summary(ready, reason, restarts)


def _when_some_completed(status: Object, runs: bool, failure: str) -> str:
    """Not every container may have completed: one can still run, another have failed."""
    if runs and _condition_is_true(status, "Ready"):
        return "Running"
    return failure or ("NotReady" if runs else "Completed")


def _failed(status: Object) -> bool:
    waiting = at(status, "state", "waiting") or {}
    return not waiting.get("reason") and bool(at(status, "state", "terminated", "exitCode"))


def _container_reason(status: Object) -> str:
    ended, waiting = at(status, "state", "terminated"), at(status, "state", "waiting") or {}
    if waiting.get("reason"):
        return str(waiting["reason"])
    return _exit_reason(ended) if ended is not None else ""


def _when_deleted(obj: Object, reason: str) -> str:
    status = obj.get("status") or {}
    if not obj["metadata"].get("deletionTimestamp"):
        return reason
    if status.get("reason") == "NodeLost":
        return "Unknown"
    return reason if status.get("phase") in ("Succeeded", "Failed") else "Terminating"


def _is_sidecar(container: Object) -> bool:
    return container.get("restartPolicy") == "Always"


def _condition_is_true(status: Object, kind: str) -> bool:
    return _true_of(status.get("conditions") or (), kind)


def _true_of(conditions: Iterable[Object], kind: str) -> bool:
    found = next((each for each in conditions if each.get("type") == kind), {})
    return found.get("status") == "True"


def _restarts(restarts: Restarts, now: str) -> str:
    if not restarts.times or not restarts.last:
        return str(restarts.times)
    return f"{restarts.times} ({age(restarts.last, now)} ago)"


def _gates(spec: Object, status: Object) -> str:
    gates = spec.get("readinessGates") or []
    passed = sum(_condition_is_true(status, gate["conditionType"]) for gate in gates)
    return f"{passed}/{len(gates)}" if gates else NONE


@printer("PodTemplate", columns=("Name", "Containers", "Images", "Pod Labels"))
def pod_template(obj: Object, view: View) -> list[Cell]:
    """A PodTemplate."""
    template = obj.get("template") or {}
    return [name(obj), *containers(template.get("spec") or {}), labels(at(template, "metadata", "labels"))]

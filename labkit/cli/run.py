"""`labkit run`: manifests on a new cluster, and what became of their pods."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.lab import Lab

STDIN = Path("-")
Pod = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """One pod at the end: where it is, whether it is ready, and if it isn't, why. `node` "" means none."""

    namespace: str
    name: str
    phase: str
    ready: bool
    node: str
    reason: str

    def __str__(self) -> str:
        return f"  {self.namespace}/{self.name}: {self.reason}"


@dataclass(frozen=True)
class Run:
    """The end of a run: virtual seconds, the text of `kubectl get pods -o wide`, and how every pod stands."""

    seconds: float
    table: str
    pods: tuple[Standing, ...]
    unsimulated: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """1 if any pod is pending, else 0."""
        return int(any(pod.phase == "Pending" for pod in self.pods))

    def as_json(self) -> str:
        """Everything but the table, as JSON."""
        pods = [vars(pod) for pod in self.pods]
        told = {"seconds": self.seconds, "pending": self.exit_status == 1, "pods": pods}
        return json.dumps({**told, "unsimulated": self.unsimulated}, indent=2)

    def __str__(self) -> str:
        waiting = [pod for pod in self.pods if pod.phase == "Pending"]
        unready = [pod for pod in self.pods if pod.phase != "Pending" and pod.reason]
        parts = [self.table.rstrip("\n"), *_listed("Pending:", waiting), *_listed("Not ready:", unready)]
        return "\n".join(parts)


def run(manifests: Sequence[Path], duration: str, **cluster: Any) -> Run:
    """Apply files (`-` is standard input) to `Lab.kubernetes(**cluster)` and let `duration` pass.

    Raises ManifestError, ApiError and FieldError as `Lab.apply` does.
    """
    lab = Lab.kubernetes(**cluster)
    applied = lab.apply([sys.stdin.read() if path == STDIN else path for path in manifests])
    lab.run(duration)
    pods: list[Pod] = lab.get("pods", namespace=None)
    warnings = _last_warnings(lab.get("events", namespace=None))
    standings = tuple(standing(pod, warnings.get(pod["metadata"]["uid"], "")) for pod in pods)
    table = lab.kubectl(f"get pods -o wide {_scope(pods)}")
    return Run(lab.now, str(table), standings, applied.unsimulated)


def standing(pod: Pod, warning: str = "") -> Standing:
    """How a pod stands; `warning` is the last one about it, told where its containers don't say more."""
    meta, status = pod["metadata"], pod.get("status", {})
    phase = status.get("phase", "Pending")
    ready = _condition(pod, "Ready").get("status") == "True"
    reason = "" if ready or phase == "Succeeded" else _reason(pod, warning)
    return Standing(meta["namespace"], meta["name"], phase, ready, pod["spec"].get("nodeName", ""), reason)


def _reason(pod: Pod, warning: str) -> str:
    if not pod["spec"].get("nodeName"):
        return _condition(pod, "PodScheduled").get("message") or "the scheduler has not looked at it yet"
    waiting = [text for state in _states(pod) if (text := _why_waiting(state))]
    return "; ".join(dict.fromkeys([*waiting, *([warning] if warning else [])])) or _condition(pod, "Ready").get(
        "message", "its containers are not ready"
    )


def _states(pod: Pod) -> Iterable[dict[str, Any]]:
    status = pod.get("status", {})
    for each in [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]:
        yield each.get("state", {})


def _why_waiting(state: dict[str, Any]) -> str:
    told = state.get("waiting", {})
    return ": ".join(filter(None, (told.get("reason"), told.get("message"))))


def _condition(pod: Pod, name: str) -> dict[str, Any]:
    conditions = pod.get("status", {}).get("conditions", ())
    return next((each for each in conditions if each["type"] == name), {})


def _last_warnings(events: Iterable[dict[str, Any]]) -> dict[str, str]:
    told = [event for event in events if event.get("type") == "Warning" and event["involvedObject"]["kind"] == "Pod"]
    told.sort(key=lambda event: event.get("lastTimestamp") or "")
    return {event["involvedObject"].get("uid", ""): event.get("message", "") for event in told}


def _scope(pods: Iterable[Pod]) -> str:
    namespaces = {pod["metadata"]["namespace"] for pod in pods} or {"default"}
    return "-A" if len(namespaces) > 1 else f"-n {namespaces.pop()}"


def _listed(title: str, pods: Sequence[Standing]) -> list[str]:
    return ["", title, *map(str, pods)] if pods else []

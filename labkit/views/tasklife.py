"""The life of a task of ECS as plain data, read from a lab's history: its states, and those of its containers.

Times are seconds since the task was created.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit.ecs import arns
from labkit.errors import AwsError
from labkit.kinds import Key, ecs
from labkit.views.podlife import Span, spans

STATUSES = (
    "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED",
)  # fmt: skip
HEALTHY, UNHEALTHY, TERMINATED = "HEALTHY", "UNHEALTHY", "SIGTERM"
STATES = (*STATUSES[:4], HEALTHY, UNHEALTHY, TERMINATED, *STATUSES[4:])
"""A task's statuses, and what a container may be besides: its health where it is checked, and asked to end."""


class Row(NamedTuple):
    """One bar after the other: those of the task itself, or of one of its containers, and what it is."""

    name: str
    role: str
    spans: tuple[Span, ...]

    def at(self, time: float) -> Span:
        """The state at a moment."""
        return next((span for span in reversed(self.spans) if span.start <= time), self.spans[0])


class TaskLife(NamedTuple):
    """A task's definition as `web:1`, how many seconds are shown, and its rows: the task, then its containers.

    `asked` is when its desiredStatus became STOPPED, None if it never did; `code` and `why` say why.
    """

    name: str
    length: float
    rows: tuple[Row, ...]
    asked: float | None = None
    code: str = ""
    why: str = ""


def read(lab: Any, task: str, cluster: str = "default", length: float | None = None) -> TaskLife:
    """The life of a task, by id or ARN, up to now or `length` seconds long; AwsError if there never was such a task."""
    key = Key(ecs.TASK, cluster, arns.short(task))
    entries: list[tuple[float, Any]] = [(entry.time, entry.new) for entry in lab.history.of(key) if entry.new]
    if not entries:
        raise AwsError("InvalidParameterException", "The referenced task was not found.")
    start, first = entries[0]
    end = min(lab.now, start + (length or float("inf"))) - start
    seen = [(time - start, obj) for time, obj in entries if time - start <= end]
    shown, essential = max(end, 1.0), _essential(lab, first)
    rows = [Row("task", "lastStatus", spans([(time, *_status(obj)) for time, obj in seen], shown, "STOPPED"))]
    for name, role in essential.items():
        states = [(time, *_state(obj, name)) for time, obj in seen]
        rows.append(Row(name, role, spans(states, shown, "STOPPED")))
    return TaskLife(arns.short(first["taskDefinitionArn"]), shown, tuple(rows), *_end(seen))


def _essential(lab: Any, task: Any) -> dict[str, str]:
    """What each container is to its task."""
    definition = lab.cluster.read(Key(ecs.TASK_DEFINITION, "", arns.short(task["taskDefinitionArn"])))
    return {one.name: "essential" if one.essential else "not essential" for one in definition.container_definitions}


def _end(seen: list[tuple[float, Any]]) -> tuple[float | None, str, str]:
    asked = [(time, obj) for time, obj in seen if obj["desiredStatus"] == "STOPPED"]
    if not asked:
        return None, "", ""
    time, obj = asked[0]
    return time, obj["stopCode"], obj["stoppedReason"]


def _status(obj: Any) -> tuple[str, str, int]:
    why = f"{obj['stopCode']}: {obj['stoppedReason']}" if obj["lastStatus"] == "STOPPED" else ""
    return obj["lastStatus"], why, 0


def _state(obj: Any, name: str) -> tuple[str, str, int]:
    """A container's state in one version of its task: one of STATES, why, and the run."""
    held = next(one for one in obj["containers"] if one["name"] == name)
    run = int(held.get("runs", 0))
    if held["lastStatus"] == "STOPPED":
        told = [f"exit code {held['exitCode']}"] if "exitCode" in held else []
        return "STOPPED", ", ".join([*told, *([held["reason"]] if held.get("reason") else [])]), run
    if held["lastStatus"] == "PENDING":
        return "PENDING", _waiting(obj, held), run
    if held.get("stopping"):
        return TERMINATED, "asked to end", run
    return (held["healthStatus"] if held["healthStatus"] in (HEALTHY, UNHEALTHY) else "RUNNING"), "", run


def _waiting(obj: Any, held: Any) -> str:
    if held.get("pulled"):
        return "image there, waits for its start"
    return "its image is pulled" if obj.get("pullStartedAt") else "waits for the agent"

"""What a service says in `events`: the literal messages, newest first, a hundred of them.

A message that isn't about something done is said again only when its cause has been gone, or after six hours.
Source: ECS developer guide, "Service event messages"; captured output (the prefix in parentheses is the API's).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from labkit.ecs import arns
from labkit.ecs.requests import Object
from labkit.kinds import Key

KEPT = 100
AGAIN = 6 * 3600.0
TOGETHER = 10
"""Tasks named by one message; captured ones name no more."""

STEADY = "has reached a steady state."
STUCK = (
    "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
    "Update the minimumHealthyPercent or maximumPercent value and try again."
)
FAILING = "is unable to consistently start tasks successfully."


def said(service: Object, now: str, texts: Iterable[str]) -> Object:
    """A service that has said so, in this order."""
    told, name = list(service["events"]), service["serviceName"]
    count = int(service.get("said", 0))
    for text in texts:
        count += 1
        event = {"id": arns.uuid_of(f"{service['serviceArn']}/{count}"), "createdAt": now}
        told.insert(0, {**event, "message": f"(service {name}{'' if text.startswith(',') else ') '}{text}"})
    return {**service, "events": told[:KEPT], "said": count}


def started(tasks: Sequence[Key], why: str = "") -> Iterator[str]:
    """That tasks were started; `why`: where and what for, if not only because they were lacking."""
    return (f"has started {len(few)} tasks{why}: {_named(few)}." for few in _few(tasks))


def stopped(tasks: Sequence[Key]) -> Iterator[str]:
    """That RUNNING tasks were stopped."""
    return (f"has stopped {len(few)} running tasks: {_named(few)}." for few in _few(tasks))


def _few(tasks: Sequence[Key]) -> Iterator[Sequence[Key]]:
    return (tasks[at : at + TOGETHER] for at in range(0, len(tasks), TOGETHER))


def _named(tasks: Iterable[Key]) -> str:
    return " ".join(f"(task {task.name})" for task in tasks)


def cause(text: str) -> str:
    """A complaint without the instance it names: the same want of room on another one is no other cause."""
    return re.sub(r"[0-9a-f]{32}", "", text)


def draining(deployment: str, count: int) -> str:
    """That targets are being deregistered."""
    return f", taskSet {deployment}) has begun draining connections on {count} tasks."

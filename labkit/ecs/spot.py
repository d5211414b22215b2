"""Tasks on Fargate Spot that are taken back.

The warning comes two minutes before the end at most: a change of the task's state, and SIGTERM to its containers. They
have their stopTimeout (30 s unless told, at most 120), then SIGKILL. A load balancer's deregistration isn't waited for.
The service scheduler hears of it at once; it starts others on Spot if there is capacity, and doesn't fall back.
A choice: stopCode is SpotInterruption, as the API's enumeration has it; the guide's example of 2023 shows
TerminationNotice. Source: ECS developer guide, "Fargate capacity providers".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import choices, tasks
from labkit.errors import LabError
from labkit.kinds import Key, ecs

CODE, REASON = choices.SPOT, "Your Spot Task was interrupted."
PROVIDER = "FARGATE_SPOT"
WARNING = 120.0


def is_interrupted(task: Mapping[str, Any]) -> bool:
    """Whether a task was taken back."""
    return task.get("stopCode") == CODE


def interrupt(world: Cluster, place: str = PROVIDER) -> list[Key]:
    """Take back the tasks on Spot that a place means; LabError if there are none."""
    found = chosen(world, place)
    if not found:
        raise LabError(
            f"no task on {PROVIDER} runs at {place!r}", "Name a task, service:NAME, a zone, or FARGATE_SPOT."
        )
    for key in found:
        tasks.stop(world, key, CODE, REASON)
    return found


def chosen(world: Cluster, place: str) -> list[Key]:
    """The tasks on Spot that a place means and that shall run."""
    return [key for key in world.keys(ecs.TASK) if _is_meant(world.require(key), place)]


def _is_meant(task: Mapping[str, Any], place: str) -> bool:
    if task.get("capacityProviderName") != PROVIDER or task["desiredStatus"] != "RUNNING":
        return False
    zone, short = task["availabilityZone"], task["taskArn"].rpartition("/")[2]
    return place in (PROVIDER, task["group"], zone, zone[-1:], task["taskArn"]) or (
        len(place) > 3 and short.startswith(place)
    )

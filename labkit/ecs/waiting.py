"""Tasks that wait for an instance: those of capacity providers that ECS scales, in PROVISIONING until there is room.

Source: ECS developer guide, "Amazon ECS cluster auto scaling".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import choosing
from labkit.ecs.newtask import assign
from labkit.history import Entry
from labkit.kinds import Key, ecs


def room(world: Cluster, entry: Entry) -> list[Key]:
    """The cluster of an instance that is new, or has changed what is left of it or whether it can be used.

    Nobody waits in a world without capacity providers.
    """
    if not world.keys(ecs.CAPACITY_PROVIDER):
        return []
    old, new = entry.old, entry.new
    fields = ("remainingResources", "status", "agentConnected", "enis")
    changed = new is not None and (old is None or any(old.get(name) != new.get(name) for name in fields))
    return [Key(ecs.CLUSTER, "", entry.key.namespace)] if changed else []


def waiting(world: Cluster, cluster: str) -> list[Key]:
    """The tasks of a cluster that wait for an instance, in order of their creation."""
    return [key for key in world.keys(ecs.TASK, cluster) if waits(world.require(key))]


def waits(task: Mapping[str, Any]) -> bool:
    """Whether a task waits for an instance."""
    placed = "containerInstanceArn" in task or task["launchType"] == "FARGATE"
    return task["lastStatus"] == "PROVISIONING" and task["desiredStatus"] == "RUNNING" and not placed


class WaitingTasks:
    """Places tasks that wait in PROVISIONING once there is an instance for them.

    Does: asks placement again for each, oldest first. Reads: Task, ContainerInstance. Writes: Task, ContainerInstance.
    Runs again: when an instance comes, or has other room. Source: see the module. Left out: giving up.
    """

    name = "ecs-waiting-tasks"
    kind = ecs.TASK

    def __init__(self) -> None:
        self.watches: dict[str, Callable[[Cluster, Entry], Iterable[Any]]] = {ecs.CONTAINER_INSTANCE: room}

    def reconcile(self, world: Cluster, key: Key) -> float | None:
        """A cluster in which there may be room."""
        for task in waiting(world, key.name):
            decision = choosing.choose_for(world, task)
            if decision.instance is not None:
                assign(world, task, Key(ecs.CONTAINER_INSTANCE, key.name, decision.instance))
        return None

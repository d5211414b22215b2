"""A task as its agent sees it at one moment, and what the agent writes about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.ecs import behaviour, health, tasks
from labkit.ecs.timing import AgentTiming
from labkit.kinds import Key
from labkit.kinds.ecs import ContainerDefinition, Task, TaskDefinition
from labkit.kubelet.behaviour import Behaviour

Object = dict[str, Any]

WAITING = "PENDING"
RUNNING = "RUNNING"
STOPPED = "STOPPED"


class Next(NamedTuple):
    """What comes next for a task: the stage, in how many seconds, of which container, in which of its runs."""

    stage: str
    delay: float = 0.0
    container: str = ""
    run: int = 0


@dataclass(frozen=True)
class Visit:
    """One task, and one of its containers where a stage is about one. Reads anew after each write: make a new one."""

    world: Cluster
    key: Key
    timing: AgentTiming
    name: str = ""
    run: int = 0

    @property
    def task(self) -> Task:
        """The task."""
        task: Task = self.world.read(self.key)
        return task

    @cached_property
    def definition(self) -> TaskDefinition:
        """The revision the task is of."""
        definition: TaskDefinition = self.world.read(behaviour.definition_of(self.task))
        return definition

    @property
    def spec(self) -> ContainerDefinition:
        """The container's definition."""
        return self.definition.container(self.name)

    @cached_property
    def told(self) -> Behaviour:
        """What the container does."""
        return behaviour.of(self.world, self.task, self.name)

    @property
    def held(self) -> Object:
        """The container as it stands in the task."""
        return self.container(self.name)

    def container(self, name: str) -> Object:
        """A container as it stands in the task."""
        found: Object = next(one for one in self.world.require(self.key)["containers"] if one["name"] == name)
        return found

    def at(self, name: str) -> Visit:
        """The same for another container."""
        return Visit(self.world, self.key, self.timing, name)

    @property
    def has_interface(self) -> bool:
        """Whether the task has an interface of its own."""
        return self.definition.network_mode == "awsvpc"

    @property
    def is_behind_balancer(self) -> bool:
        """Whether targets are registered for it."""
        return bool(self.task.load_balancers)

    @property
    def answers_after(self) -> float:
        """Seconds after the container's start from which its application answers."""
        return self.timing.starts_in if self.told.starts_in is None else self.told.starts_in

    @property
    def ran(self) -> float:
        """Seconds since the container's start."""
        clock = self.world.clock
        return clock.now - float(self.held["since"])

    @property
    def is_current(self) -> bool:
        """Whether the run that a stage is about still goes on."""
        return self.held["lastStatus"] == RUNNING and self.held.get("runs") == self.run

    def put(self, of_task: Object | None = None, **fields: Any) -> None:
        """Set fields of the container, None to take one away, and some of the task; the task's health follows."""
        containers = [_changed(one, fields) if one["name"] == self.name else one for one in self._held()]
        self.change(containers=containers, **(of_task or {}))

    def _held(self) -> list[Object]:
        held: list[Object] = self.world.require(self.key)["containers"]
        return held

    def change(self, **fields: Any) -> None:
        """Set fields of the task."""
        if "containers" in fields:
            essential = {one.name: one.essential for one in self.definition.container_definitions}
            statuses = {one["name"]: one.get("healthStatus", health.UNKNOWN) for one in fields["containers"]}
            fields["healthStatus"] = health.of_task(statuses, essential)
        tasks.changed(self.world, self.key, **fields)

    def statuses(self) -> dict[str, str]:
        """How far each container is."""
        return {one["name"]: one["lastStatus"] for one in self._held()}

    def stop(self, code: str, reason: str) -> None:
        """Let the task stop for a reason, unless it has one already."""
        tasks.stop(self.world, self.key, code, reason)


def _changed(container: Object, fields: Object) -> Object:
    return {name: value for name, value in {**container, **fields}.items() if value is not None}

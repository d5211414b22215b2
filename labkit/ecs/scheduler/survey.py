"""The tasks of a service as its scheduler sees them at one moment. Reads only.

Healthy is a task that runs and whose container health checks and targets all pass. One that has neither is healthy
after 40 s of RUNNING (botocore 1.44 ecs DeploymentConfiguration; an older page says at once: labkit takes 40 s).
Unhealthy ones still count as starting during healthCheckGracePeriodSeconds.
"""

from __future__ import annotations

from typing import NamedTuple

from labkit.cluster import Cluster
from labkit.ecs import behaviour
from labkit.ecs.requests import Object
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import ContainerInstance, Task, TaskDefinition

SETTLED = 40.0
"""Seconds of RUNNING after which a task without checks is healthy."""
PENDING, STARTING, HEALTHY, UNHEALTHY, STOPPING = "pending", "starting", "healthy", "unhealthy", "stopping"
OCCUPYING = ("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING")


class Seen(NamedTuple):
    """A task that hasn't ended: how it is, and in how many seconds that may change by itself (0: it won't)."""

    key: Key
    task: Task
    state: str
    changes: float
    is_draining: bool
    is_protected: bool

    @property
    def is_kept(self) -> bool:
        """Whether it is to run on, as far as the scheduler has said so far."""
        return self.state != STOPPING

    @property
    def is_occupying(self) -> bool:
        """Whether it counts against maximumPercent."""
        return self.task.last_status in OCCUPYING


class Survey(NamedTuple):
    """The tasks that haven't ended, and those that have and aren't accounted for."""

    alive: tuple[Seen, ...]
    ended: tuple[Key, ...]


def survey(world: Cluster, service: Object, key: Key) -> Survey:
    """Look at every task of a service."""
    alive, ended, known = [], [], _Known(world, service)
    for one in world.out(key, "owns"):
        task: Task = world.read(one)
        if not task.is_stopped:
            alive.append(known.seen(one, task))
        elif not world.require(one).get("accounted"):
            ended.append(one)
    return Survey(tuple(alive), tuple(ended))


class _Known:
    """What is the same for many tasks, looked up once."""

    def __init__(self, world: Cluster, service: Object) -> None:
        self.world = world
        self.grace = float(service.get("healthCheckGracePeriodSeconds") or 0)
        self._checked: dict[str, bool] = {}
        self._draining: dict[str | None, bool] = {None: False}

    def seen(self, key: Key, task: Task) -> Seen:
        state, changes = self.state(key, task)
        held = self.world.require(key).get("protectedUntil")
        protected = held is not None and self.world.clock.seconds(held) > self.world.clock.now
        return Seen(key, task, state, changes, self.is_draining(task.container_instance_arn), protected)

    def state(self, key: Key, task: Task) -> tuple[str, float]:
        if task.desired_status == "STOPPED":
            return STOPPING, 0.0
        if task.last_status != "RUNNING":
            return PENDING, 0.0
        clock = self.world.clock
        ran = clock.now - clock.seconds(task.started_at or clock.stamp())
        checks = self.checks(key, task)
        if not checks:
            return (HEALTHY, 0.0) if ran >= SETTLED else (STARTING, SETTLED - ran)
        if UNHEALTHY in checks:
            return (UNHEALTHY, 0.0) if ran >= self.grace else (STARTING, self.grace - ran)
        return (HEALTHY if set(checks) == {HEALTHY} else STARTING), 0.0

    def checks(self, key: Key, task: Task) -> list[str]:
        """What each check says: healthy, unhealthy, or something else while it doesn't know."""
        said = [task.health_status.lower()] if self.is_checked(task) else []
        if not task.load_balancers:
            return said
        targets = self.world.require(key).get("targets") or [{"state": "initial"}]
        return [*said, *(one["state"] for one in targets)]

    def is_checked(self, task: Task) -> bool:
        """Whether an essential container has a health check."""
        name = task.task_definition_arn
        if name not in self._checked:
            definition: TaskDefinition = self.world.read(behaviour.definition_of(task))
            self._checked[name] = any(
                one.essential and one.health_check is not None for one in definition.container_definitions
            )
        return self._checked[name]

    def is_draining(self, arn: str | None) -> bool:
        if arn not in self._draining:
            place = ecs.key_of_arn(arn or "")
            instance: ContainerInstance | None = self.world.read(place) if place else None
            self._draining[arn] = instance is not None and instance.status == "DRAINING"
        return self._draining[arn]

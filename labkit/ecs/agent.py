"""The ECS agents of all instances, and what Fargate does in their place, as one actor.

| stage | what happens | then |
|---|---|---|
| interface | PROVISIONING ends: the task's interface is attached (awsvpc) | volume, or accept |
| volume | the task's EBS volume is attached | accept |
| accept | the agent has the task; ACTIVATING under awsvpc or behind a balancer | pulled, of each container |
| pulled | the image is there, or CannotPullContainerError | start, where dependencies allow it |
| start | the container runs; the task is RUNNING when all do | exit, oom, health, timeout |
| exit, oom | the container ends | start again, or the task stops, or it goes on |
| health | HEALTHY or UNHEALTHY | health |
| timeout | startTimeout is up: those that wait for it are given up | |
| terminate | DEACTIVATING ends: SIGTERM in reverse order of dependencies | terminated |
| terminated | the container has ended, by SIGKILL if its stopTimeout was up | terminate, or stopped |
| reclaimed | two minutes after a Spot warning: SIGKILL for what still runs | stopped |
| stopped | DEPROVISIONING ends: STOPPED, everything given back | forgotten, after an hour |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.ecs import behaviour, ending, outages, quotas, resuming, starting
from labkit.ecs.outages import Back, Silent
from labkit.ecs.timing import AgentTiming
from labkit.ecs.visit import Next, Visit
from labkit.history import Entry
from labkit.kinds import Key, ecs
from labkit.kubelet.timing import Timing

PATIENCE = 10.0
"""How often what happens on an instance that is cut off is tried anew."""

STAGES: dict[str, Callable[[Visit], list[Next]]] = {
    "interface": starting.interface, "volume": starting.volume,
    "accept": starting.accept, "pulled": starting.pulled, "start": starting.start,
    "timeout": starting.timed_out, "exit": ending.ended, "oom": ending.out_of_memory, "health": ending.checked,
    "terminate": ending.terminate, "terminated": ending.terminated, "reclaimed": ending.reclaimed,
    "stopped": ending.stopped, "forgotten": ending.forgotten,
}  # fmt: skip
ENDING = ("terminate", "terminated", "reclaimed", "stopped", "forgotten")


class TaskStage(NamedTuple):
    """A stage of a task that waits in the clock."""

    task: Key
    stage: str
    container: str
    run: int


class Redeclared(NamedTuple):
    """A task of which it was declared anew what its containers do."""

    task: Key


class Gone(NamedTuple):
    """An instance that has left the cluster: `word` is `terminated` (its machine was), or `forgotten` after an hour.

    The word keeps it apart from other keys: named tuples of equal fields are one key to the clock.
    """

    instance: Key
    word: str


def taken_up(world: Cluster, entry: Entry) -> list[Key]:
    """A task that is new, has waited for its instance, or is to stop now."""
    old, new = entry.old, entry.new
    if new is None:
        return []
    fields = ("desiredStatus", "containerInstanceArn")
    return [entry.key] if old is None or any(old.get(name) != new.get(name) for name in fields) else []


def stirred(world: Cluster, entry: Entry) -> list[Silent | Back | Gone]:
    """What a change of an instance asks of the agent."""
    new, before = entry.new, entry.old is None or entry.old["status"] != "INACTIVE"
    if new is None or new["status"] != "INACTIVE" or not before:
        return [*outages.turned(world, entry)]
    return [Gone(entry.key, word) for word in ("terminated", "forgotten") if word == "forgotten" or new.get(word)]


def declared(world: Cluster, entry: Entry) -> list[Redeclared]:
    """The tasks of which something was declared."""
    return [Redeclared(key) for key in behaviour.declared(world, entry)]


class Agent:
    """Brings tasks to life and ends those that are to stop, stage by stage.

    Does: the table above; notices instances that are silent, and forgets deregistered ones after an hour.
    Reads: Task, TaskDefinition, ContainerInstance, what is declared of containers. Writes: Task, ContainerInstance.
    Runs again: when a task comes or is to stop, an instance falls silent or is back, or a stage falls due.
    Source: see `starting` and `ending`; the seconds in `timing` are labkit's own. Left out: credentials, logs.
    """

    name = "ecs-agent"
    kind = ecs.TASK

    def __init__(self, timing: Timing | None = None) -> None:
        self.timing = AgentTiming.of(timing or Timing())
        self.watches: dict[str, Callable[[Cluster, Entry], Iterable[Any]]] = {
            ecs.TASK: taken_up,
            ecs.CONTAINER_INSTANCE: stirred,
            behaviour.TABLE.kind: declared,
        }

    def reconcile(self, world: Cluster, key: Any) -> float | None:
        """A task that came or is to stop, a stage that falls due, or what has become of an instance."""
        if isinstance(key, TaskStage):
            return self._enter(world, key)
        if isinstance(key, Silent):
            return self._notice(world, key)
        if isinstance(key, Back):
            return self._come_back(world, key)
        if isinstance(key, Gone) and key.word == "forgotten":
            return self._forget(world, key.instance)
        if isinstance(key, Gone):
            self._lose(world, key.instance, key.word)
            return None
        task = key.task if isinstance(key, Redeclared) else key
        if world.get(task) is not None:
            visit = Visit(world, task, self.timing)
            self._plan(visit, ending.redeclared(visit) if isinstance(key, Redeclared) else self._take_up(visit))
        return None

    def _take_up(self, visit: Visit) -> list[Next]:
        task = visit.task
        if task.desired_status == "STOPPED":
            return [] if _silence(visit) else ending.stop(visit) or resuming.ending(visit)
        if task.launch_type != "FARGATE" and not task.container_instance_arn:
            return []
        if task.last_status == "PROVISIONING":
            return [Next("interface", self.timing.attach if task.container_instance_arn else self.timing.provision)]
        is_heard_of = "connectivityAt" in visit.world.require(visit.key)
        return resuming.alive(visit) if is_heard_of else [Next("accept", self.timing.hear)]

    def _enter(self, world: Cluster, stage: TaskStage) -> float | None:
        if world.get(stage.task) is None:
            return None
        visit = Visit(world, stage.task, self.timing, stage.container, stage.run)
        if (silent := _silence(visit)) and not visit.task.is_stopped:
            return None if silent["machineOff"] else PATIENCE
        if visit.task.desired_status == "RUNNING" or stage.stage in ENDING:
            self._plan(visit, STAGES[stage.stage](visit))
        return None

    def _plan(self, visit: Visit, coming: list[Next]) -> None:
        for one in coming:
            call = (self.name, TaskStage(visit.key, one.stage, one.container, one.run))
            visit.world.clock.wake(call, one.delay)

    def _notice(self, world: Cluster, silent: Silent) -> float | None:
        held = outages.silence(world, silent.instance)
        if held is None or held["since"] != silent.since:
            return None
        if (left := world.clock.seconds(silent.since) + outages.NOTICED - world.clock.now) > 0:
            return left
        world.put(silent.instance, {**world.require(silent.instance), "agentConnected": False})
        if held["machineOff"]:
            self._lose(world, silent.instance)
        return None

    def _lose(self, world: Cluster, instance: Key, became: str = "stopped") -> None:
        reason = f"Host EC2 (instance {world.require(instance)['ec2InstanceId']}) {became}."
        for key in world.into(instance, "runs-on"):
            visit = Visit(world, key, self.timing)
            self._plan(visit, ending.lost(visit, reason))

    def _come_back(self, world: Cluster, back: Back) -> float | None:
        held = world.get(back.instance)
        if held is None or held["status"] == "INACTIVE":
            return None
        if back.machine_off:
            self._lose(world, back.instance)
        world.put(back.instance, {**world.require(back.instance), "agentConnected": True})
        for key in world.into(back.instance, "runs-on"):
            visit = Visit(world, key, self.timing)
            if visit.task.desired_status == "STOPPED":
                self._plan(visit, ending.stop(visit))
        return None

    def _forget(self, world: Cluster, instance: Key) -> float | None:
        held = world.get(instance)
        if held is None:
            return None
        left = world.clock.seconds(held["deregisteredAt"]) + quotas.STOPPED_SECONDS - world.clock.now
        if left > 0:
            return left
        world.remove(instance)
        return None


def _silence(visit: Visit) -> dict[str, Any] | None:
    place = ecs.key_of_arn(visit.task.container_instance_arn or "")
    return outages.silence(visit.world, place) if place else None

"""The actor: wakes a service when something that concerns it has changed, and brings it nearer to what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs.requests import Object
from labkit.ecs.scheduler import daemon, replica, rollout, zones
from labkit.ecs.scheduler.turn import Turn
from labkit.ecs.servicerules import is_daemon
from labkit.history import Entry
from labkit.kinds import Key, ecs

_OF_SERVICE = (
    "status", "desiredCount", "taskDefinition", "deploymentConfiguration", "placementConstraints",
    "placementStrategy", "loadBalancers", "availabilityZoneRebalancing", "healthCheckGracePeriodSeconds",
)  # fmt: skip
_OF_TASK = ("lastStatus", "desiredStatus", "healthStatus", "protectedUntil", "targets")
_OF_INSTANCE = ("status", "agentConnected", "attributes", "registeredResources")


def changed_service(world: Cluster, entry: Entry) -> list[Key]:
    """A service that is new, or to be otherwise."""
    new, old = entry.new, entry.old or {}
    if new is None or new["status"] == "INACTIVE":
        return []
    newest = [(held.get("deployments") or [{}])[0].get("id") for held in (new, old)]
    return [entry.key] if newest[0] != newest[1] or _differs(old, new, _OF_SERVICE) else []


def changed_task(world: Cluster, entry: Entry) -> list[Key]:
    """The service of a task that has come further, is otherwise, or gone."""
    held: Object = entry.new or entry.old or {}
    group: str = held["group"]
    if not group.startswith("service:") or entry.old is None:
        return []
    if entry.new is not None and not _differs(entry.old, entry.new, _OF_TASK):
        return []
    return [Key(ecs.SERVICE, entry.key.namespace, group.removeprefix("service:"))]


def changed_instance(world: Cluster, entry: Entry) -> list[Key]:
    """All services of a cluster if an instance is new, otherwise or gone; those that wait for room if it has more."""
    new, old, name = entry.new, entry.old, entry.key.namespace
    if new is None or old is None or _differs(old, new, _OF_INSTANCE):
        return list(world.keys(ecs.SERVICE, name))
    if new["runningTasksCount"] > old["runningTasksCount"] or new["remainingResources"] == old["remainingResources"]:
        return []
    return [key for key in world.keys(ecs.SERVICE, name) if world.require(key).get("unplaced")]


def changed_alarm(world: Cluster, entry: Entry) -> list[Key]:
    """The services whose deployments look at an alarm."""
    configurations = {key: world.require(key)["deploymentConfiguration"] for key in world.keys(ecs.SERVICE)}
    names = {key: (held.get("alarms") or {}).get("alarmNames") or () for key, held in configurations.items()}
    return [key for key, listed in names.items() if entry.key.name in listed]


def _differs(old: Object, new: Object, fields: Iterable[str]) -> bool:
    return any(old.get(field) != new.get(field) for field in fields)


class ServiceScheduler:
    """Starts and stops the tasks of services, and tells how their deployments go.

    Does: counts failures; fails, rolls back and completes deployments; starts, replaces and stops tasks within the
    bounds; rebalances zones; says what it did in `events`. Reads: Service, Task, TaskDefinition, ContainerInstance,
    Alarm, TargetGroup. Writes: Service, Task, ContainerInstance.
    Runs again: when one of those changes, and when a pause, a bake time or a task's 40 s are over.
    Source: see the modules of this package. Left out: CODE_DEPLOY and EXTERNAL controllers, Service Connect.
    """

    name = "ecs-service-scheduler"
    kind = ecs.SERVICE

    def __init__(self) -> None:
        self.watches: dict[str, Callable[[Cluster, Entry], Iterable[Any]]] = {
            ecs.SERVICE: changed_service,
            ecs.TASK: changed_task,
            ecs.CONTAINER_INSTANCE: changed_instance,
            rollout.ALARM: changed_alarm,
        }

    def reconcile(self, world: Cluster, key: Key) -> float | None:
        """One look at one service."""
        held = world.get(key)
        if held is None or held["status"] == "INACTIVE":
            return None
        if held["deploymentController"]["type"] != "ECS":
            return None
        turn = Turn(world, key)
        if held["status"] == "DRAINING":
            rollout.end_service(turn)
            return turn.end()
        rollout.account(turn)
        rollout.judge(turn)
        (daemon if is_daemon(held) else replica).scale(turn)
        rollout.finish(turn)
        zones.look(turn)
        return turn.end()

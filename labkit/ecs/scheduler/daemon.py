"""DAEMON services: one task on each ACTIVE instance that meets the constraints.

Source: ECS developer guide, "Amazon ECS services", Daemon: where an instance drains or no longer meets the constraints
its task is stopped; no more than one at a time on an instance, so an old one ends before the new one starts.
Left out: that their resources are kept free of other services' tasks.
"""

from __future__ import annotations

from dataclasses import replace

from labkit.ecs import choosing, placement
from labkit.ecs.newtask import begin
from labkit.ecs.scheduler import events, rolling, rollout
from labkit.ecs.scheduler.launching import RETRY, order
from labkit.ecs.scheduler.survey import HEALTHY, UNHEALTHY, Seen
from labkit.ecs.scheduler.turn import Turn
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import ContainerInstance, Reserved


def scale(turn: Turn) -> None:
    """Start and stop what may be started and stopped now; desiredCount is the number of instances it belongs on."""
    wanted = order(turn.world, turn.key, turn.held, turn.primary)
    asked = choosing.question(turn.world, wanted)
    fleet = placement.fleet_of(turn.world, turn.key.namespace)
    homes = set(placement.can_take(fleet, replace(asked, reserved=Reserved(), group="")))
    hosts = {_host(one) for one in turn.alive if one.is_occupying}
    desired = len(homes | {host for host in hosts if not _is_off(turn, host, homes)})
    _resize(turn, desired)
    rest = [one for one in turn.alive if one.is_kept]
    astray = [one for one in rest if _is_off(turn, _host(one), homes)]
    turn.stop(astray, rollout.scaling(turn.primary))
    gone = {one.key for one in astray}
    _replace(turn, [one for one in rest if one.key not in gone], desired)
    if rollout.held_back(turn):
        return
    free = [one for one in placement.can_take(fleet, asked) if one in homes - hosts]
    begun = [ecs.key_of_arn(begin(turn.world, wanted, _instance(turn, one))["taskArn"]) for one in free]
    if begun:
        turn.say(*events.started([key for key in begun if key]))
        turn.has_acted = True
    turn.held["unplaced"] = bool(homes - hosts - set(free))
    if turn.held["unplaced"]:
        turn.waits.append(RETRY)


def _replace(turn: Turn, rest: list[Seen], desired: int) -> None:
    """Stop old and unhealthy tasks, as many as minimumHealthyPercent allows; unhealthy ones cost nothing."""
    old = [one for one in rest if one.task.started_by != turn.primary["id"] or one.state == UNHEALTHY]
    bound = rolling.bounds_of(turn.held["deploymentConfiguration"], desired)
    spare = max(sum(one.state == HEALTHY for one in turn.alive) - bound.lower, 0)
    idle = [one for one in old if one.state != HEALTHY]
    healthy = [one for one in old if one.state == HEALTHY][:spare]
    if rollout.held_back(turn):
        healthy = []
    turn.stop([*idle, *healthy], rollout.scaling(turn.primary))
    rollout.failed_checks(turn, sum(one.state == UNHEALTHY for one in idle))


def _resize(turn: Turn, desired: int) -> None:
    if desired != turn.held["desiredCount"]:
        turn.held["desiredCount"] = desired
    turn.change(turn.primary, desiredCount=desired)


def _instance(turn: Turn, name: str) -> Key:
    return Key(ecs.CONTAINER_INSTANCE, turn.key.namespace, name)


def _host(one: Seen) -> str:
    return (one.task.container_instance_arn or "").rpartition("/")[2]


def _is_off(turn: Turn, host: str, homes: set[str]) -> bool:
    """Whether a task must leave its instance; not while the instance is only silent."""
    instance: ContainerInstance | None = turn.world.read(_instance(turn, host))
    return host not in homes and (instance is None or instance.agent_connected)

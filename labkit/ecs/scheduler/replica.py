"""REPLICA services: as many tasks as desired, of the newest revision, within the bounds.

Tasks of older deployments and those on draining instances are replaced; pending ones among them are stopped at once.
Source: ECS developer guide, "Amazon ECS services", "Draining Amazon ECS container instances". Of several tasks that may
go, those that aren't healthy go first; among equals placement chooses, as its strategy says.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from labkit.ecs import placement
from labkit.ecs.scheduler import events, rolling, rollout, shifting, zones
from labkit.ecs.scheduler.launching import launch
from labkit.ecs.scheduler.rolling import Counts, Step
from labkit.ecs.scheduler.survey import HEALTHY, PENDING, STARTING, STOPPING, UNHEALTHY, Seen
from labkit.ecs.scheduler.turn import Turn
from labkit.kinds.ecs import PlacementStrategy

ORDER = {PENDING: 0, STARTING: 1, UNHEALTHY: 1, HEALTHY: 2}


def scale(turn: Turn) -> None:
    """Start and stop what may be started and stopped now."""
    current = [one for one in turn.of(turn.primary) if not one.is_draining]
    staying = {one.key for one in current}
    outgoing = [one for one in turn.alive if one.is_kept and one.key not in staying]
    desired = turn.held["desiredCount"] + zones.extra(turn)
    bound = rolling.bounds_of(turn.held["deploymentConfiguration"], turn.held["desiredCount"])
    counts = count(turn.alive, current, outgoing)
    wanted = rolling.step(counts, desired, bound)
    if turn.is_deploying and shifting.is_shifted(turn):
        wanted = shifting.step(turn, counts, desired)
    if rolling.is_stuck(counts, desired, wanted) and not shifting.is_shifted(turn):
        turn.complain("bounds", events.STUCK)
    elif any(wanted):
        turn.relent("bounds")
    if rollout.held_back(turn):
        wanted = wanted._replace(start=0, outgoing=0)
    _stop(turn, current, outgoing, wanted)
    if wanted.start:
        launch(turn, turn.primary, wanted.start)


def count(alive: Sequence[Seen], current: Sequence[Seen], outgoing: Sequence[Seen]) -> Counts:
    """The numbers that the bounds are about."""
    states = [one.state for one in alive]
    good = [one for one in current if one.state != UNHEALTHY]
    healthy_out = sum(one.state == HEALTHY for one in outgoing)
    return Counts(
        sum(one.is_occupying for one in alive),
        states.count(HEALTHY),
        len(good),
        sum(one.task.last_status == "RUNNING" for one in good),
        len(current) - len(good),
        healthy_out,
        len(outgoing) - healthy_out,
        states.count(STOPPING),
        states.count(STOPPING) + states.count(PENDING) + states.count(STARTING),
    )


def _stop(turn: Turn, current: list[Seen], outgoing: list[Seen], wanted: Step) -> None:
    reason = rollout.scaling(turn.primary)
    good = [one for one in current if one.state != UNHEALTHY]
    ailing = [one for one in current if one.state == UNHEALTHY]
    old = [one for one in outgoing if one.state == HEALTHY]
    idle = [one for one in outgoing if one.state != HEALTHY]
    turn.stop([*choose(turn, good, wanted.surplus), *choose(turn, idle, len(idle) if wanted.idle else 0)], reason)
    turn.stop(choose(turn, old, wanted.outgoing), reason)
    for one in choose(turn, ailing, wanted.unhealthy):
        turn.say(*unhealthy(turn, one))
        turn.stop([one], ailment(turn, one))
        rollout.failed_checks(turn, 1)


def choose(turn: Turn, seen: Sequence[Seen], count: int) -> list[Seen]:
    """So many of the tasks to stop: those that do least first; protected ones stay."""
    free = [one for one in seen if not one.is_protected]
    if count >= len(free):
        return free
    chosen: list[Seen] = []
    for rank in sorted(set(ORDER.values())):
        alike = [one for one in seen if ORDER[one.state] == rank]
        chosen += _chosen(turn, alike, count - len(chosen)) if count > len(chosen) else []
    return chosen


def _chosen(turn: Turn, alike: list[Seen], count: int) -> list[Seen]:
    strategy = msgspec.convert(turn.held["placementStrategy"], list[PlacementStrategy])
    by_id = {one.task.id: one for one in alike}
    kept = {one.task.id for one in alike if one.is_protected}
    fleet = placement.fleet_of(turn.world, turn.key.namespace)
    tasks = [one.task for one in alike]
    stops = placement.choose_to_stop(fleet, tasks, count, strategy, turn.world.rng, kept)
    return [by_id[stop.task.id] for stop in stops]


def unhealthy(turn: Turn, one: Seen) -> list[str]:
    """What is said of a task whose targets are unhealthy."""
    targets = turn.world.require(one.key).get("targets") or ()
    return [
        f"(task {one.task.id}) (port {target['port']}) is unhealthy in (target-group {target['targetGroupArn']}) "
        f"due to (reason {target['description']})."
        for target in targets
        if target["state"] == UNHEALTHY
    ]


def ailment(turn: Turn, one: Seen) -> str:
    """The stoppedReason of a task that fails its checks."""
    targets = turn.world.require(one.key).get("targets") or ()
    failing = [target["targetGroupArn"] for target in targets if target["state"] == UNHEALTHY]
    if failing:
        return f"Task failed ELB health checks in (target-group {failing[0]})"
    return "Task failed container health checks"

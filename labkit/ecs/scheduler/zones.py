"""Availability Zone rebalancing: once a service is steady, tasks are started in thin zones, then stopped in thick ones.

Source: ECS developer guide, "Balancing an Amazon ECS service across Availability Zones" (2026): zones are balanced
where their numbers of tasks differ by at most one; on EC2 only instances that are there are used. Left out: Fargate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from labkit.ecs import choosing, placement
from labkit.ecs.scheduler import rolling
from labkit.ecs.scheduler.launching import launch, order
from labkit.ecs.scheduler.survey import HEALTHY
from labkit.ecs.scheduler.turn import Turn
from labkit.ecs.servicerules import unbalanceable


def lacking(counts: Mapping[str, int]) -> dict[str, int]:
    """How many tasks each thin zone lacks; empty if zones are balanced."""
    if not counts or max(counts.values()) - min(counts.values()) <= 1:
        return {}
    share = sum(counts.values()) // len(counts)
    found = {zone: share - number for zone, number in sorted(counts.items()) if number < share}
    return found or {min(counts, key=lambda zone: (counts[zone], zone)): 1}


def extra(turn: Turn) -> int:
    """How many tasks more than desired there are to be while zones are rebalanced: until all of them are healthy."""
    more = int(turn.held.get("rebalancing", 0))
    theirs = turn.of(turn.primary)
    done = sum(one.state == HEALTHY for one in theirs) >= turn.held["desiredCount"] + more
    if more and (done or turn.is_deploying or len(theirs) < turn.held["desiredCount"] + more):
        turn.held["rebalancing"] = 0
        return 0
    return more


def look(turn: Turn) -> None:
    """Begin to rebalance a steady service, or say that its zones are balanced again."""
    if not turn.held["steady"] or turn.held.get("rebalancing") or not _is_eligible(turn):
        return
    counts = _counts(turn)
    told = ", ".join(f"{number} tasks in {zone}" for zone, number in sorted(counts.items()))
    wanted = lacking(counts)
    if not wanted:
        if turn.held.pop("unbalanced", False):
            turn.say(f"is AZ balanced with {told}.")
        return
    if turn.held.get("unbalanced") == counts:
        return
    turn.held["unbalanced"] = counts
    turn.say(f"is not AZ balanced with {told}. AZ Rebalancing in progress.")
    _start(turn, wanted)


def _start(turn: Turn, wanted: Mapping[str, int]) -> None:
    desired = turn.held["desiredCount"]
    room = rolling.bounds_of(turn.held["deploymentConfiguration"], desired).upper - desired
    for zone, number in wanted.items():
        begun = launch(turn, turn.primary, min(number, room), zone)
        room -= len(begun)
        turn.held["rebalancing"] = int(turn.held.get("rebalancing", 0)) + len(begun)
    turn.held["steady"] = not turn.has_acted


def _is_eligible(turn: Turn) -> bool:
    on_instances = turn.primary.get("launchType") != "FARGATE"
    chosen = turn.held["availabilityZoneRebalancing"] == "ENABLED"
    return chosen and on_instances and turn.held["desiredCount"] > 1 and not unbalanceable(turn.held)


def _counts(turn: Turn) -> dict[str, int]:
    """The service's tasks by zone, with zones that have none and room for one."""
    fleet = placement.fleet_of(turn.world, turn.key.namespace)
    wanted = order(turn.world, turn.key, turn.held, turn.primary)
    able = placement.can_take(fleet, choosing.question(turn.world, wanted))
    held = Counter(one.task.availability_zone for one in turn.of(turn.primary))
    return {zone: held[zone] for zone in {fleet.instances[fleet.row[one]].zone for one in able} | set(held)}

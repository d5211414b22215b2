"""Scheduled actions: at their times they set a target's bounds, and its service goes to a bound that it is beyond.

Cooldowns are of no account to them. Source: Application Auto Scaling user guide, "Scheduled scaling"; botocore 1.44.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from labkit.autoscaling.application import activities, targets, timetable
from labkit.autoscaling.application.targets import SCHEDULED, invalid
from labkit.clock import EPOCH
from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.kinds import Key

Object = dict[str, Any]
Request = Mapping[str, Any]


def put_scheduled_action(world: Cluster, request: Request) -> Object:
    """Make or change a scheduled action of a target; what a change leaves out stays."""
    resource = targets.require(world, request)["ResourceId"]
    key = Key(SCHEDULED, resource, request["ScheduledActionName"])
    held = world.get(key) or {}
    given = {name: request[name] for name in ("Schedule", "Timezone") if request.get(name)}
    times = {name: _stamp(world, request[name]) for name in ("StartTime", "EndTime") if request.get(name)}
    action = request.get("ScalableTargetAction") or held.get("ScalableTargetAction")
    if not (given.get("Schedule") or held.get("Schedule")):
        raise invalid("Schedule must be specified.")
    if not action:
        raise invalid("At least one of MinCapacity and MaxCapacity must be specified in ScalableTargetAction.")
    new = {
        **held,
        "ScheduledActionName": key.name,
        "ScheduledActionARN": _arn(resource, key.name),
        **targets.named(resource),
        **given,
        **times,
        "ScalableTargetAction": dict(action),
        "CreationTime": held.get("CreationTime") or world.clock.stamp(),
        "lookedAt": world.clock.now,
    }
    timetable.read(new["Schedule"], new.get("Timezone"))
    world.put(key, new)
    return {}


def _stamp(world: Cluster, value: datetime | str) -> str:
    if isinstance(value, str):
        return value
    zoned = value if value.tzinfo else value.replace(tzinfo=EPOCH.tzinfo)
    return world.clock.stamp((zoned - EPOCH).total_seconds())


def _arn(resource: str, name: str) -> str:
    place = f"arn:aws:autoscaling:{arns.REGION}:{arns.ACCOUNT}:scheduledAction"
    return f"{place}:{arns.uuid_of(f'{resource}/{name}')}:resource/ecs/{resource}:scheduledActionName/{name}"


def delete_scheduled_action(world: Cluster, request: Request) -> Object:
    """Delete a scheduled action."""
    key = Key(SCHEDULED, targets.check(request), request["ScheduledActionName"])
    if world.get(key) is None:
        raise targets.missing("No scheduled action found", request)
    world.remove(key)
    return {}


def describe_scheduled_actions(world: Cluster, request: Request) -> Object:
    """Scheduled actions, all or by resource or name."""
    names, resource = request.get("ScheduledActionNames"), request.get("ResourceId")
    found = [
        one
        for one in world.list(SCHEDULED)
        if resource in (None, one["ResourceId"]) and (not names or one["ScheduledActionName"] in names)
    ]
    return {"ScheduledActions": targets.limited(request, found)}


def turn(world: Cluster, key: Key) -> float | None:
    """Carry a scheduled action out if it is due; seconds until its next time, None if there is none."""
    action = world.get(key)
    if action is None:
        return None
    due = _next(world, action, action["lookedAt"])
    if due is not None and due <= world.clock.now:
        world.put(key, {**action, "lookedAt": world.clock.now})
        _carry_out(world, action)
        due = _next(world, action, world.clock.now)
    return None if due is None else due - world.clock.now


def _next(world: Cluster, action: Object, after: float) -> float | None:
    """The first time of an action later than a moment, in seconds since the lab's start, within its own span."""
    since = world.clock.seconds(action["StartTime"]) if action.get("StartTime") else after
    begin = max(after, since - 1e-3)
    table = timetable.read(action["Schedule"], action.get("Timezone"))
    created = EPOCH + timedelta(seconds=world.clock.seconds(action["CreationTime"]))
    found = timetable.following(table, EPOCH + timedelta(seconds=begin), created)
    if found is None:
        return None
    due = (found - EPOCH).total_seconds()
    end = world.clock.seconds(action["EndTime"]) if action.get("EndTime") else due
    return due if due <= end else None


def _carry_out(world: Cluster, action: Object) -> None:
    resource = action["ResourceId"]
    key = targets.target_key(resource)
    target = world.get(key)
    if target is None or target["SuspendedState"]["ScheduledScalingSuspended"]:
        return
    bounds = {name: action["ScalableTargetAction"].get(name, target[name]) for name in ("MinCapacity", "MaxCapacity")}
    world.put(key, {**target, **bounds})
    bring_in(world, resource)


def bring_in(world: Cluster, resource: str) -> None:
    """Bring a service whose number of tasks is out of its target's bounds to the nearest of them."""
    target, service = world.require(targets.target_key(resource)), world.get(targets.service_of(resource))
    if service is None or service["status"] != "ACTIVE":
        return
    count, least, most = service["desiredCount"], target["MinCapacity"], target["MaxCapacity"]
    if count < least:
        activities.set_count(world, resource, least, f"minimum capacity was set to {least}", 0.0)
    elif count > most:
        activities.set_count(world, resource, most, f"maximum capacity was set to {most}", 0.0)

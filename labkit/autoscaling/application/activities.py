"""Scaling activities: what Application Auto Scaling has done, and what it would have done.

The texts are those of the documentation and of captured answers: "Setting desired count to 4.", "Successfully set
desired count to 4. Change successfully fulfilled by ecs." While tasks are still coming it is "Waiting for change to be
fulfilled by ecs." (remembered from real activities; the document shows only fulfilled ones). The service's events say
the same. Source: Application Auto Scaling user guide, "Scaling activities"; ECS workshop of target tracking, step 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.autoscaling.application import targets
from labkit.autoscaling.application.targets import ACTIVITY
from labkit.cluster import Cluster
from labkit.ecs import arns, services
from labkit.kinds import Key, ecs

Object = dict[str, Any]
Request = Mapping[str, Any]

IN_PROGRESS, SUCCESSFUL, OVERRIDDEN, NOT_SCALED = "InProgress", "Successful", "Overridden", "NotScaled"
KEPT_EVENTS = 100


def set_count(world: Cluster, resource: str, count: int, cause: str, cooldown: float) -> None:
    """Let a service have so many tasks, and tell it as an activity that cools down for so many seconds."""
    service = targets.service_of(resource)
    before = world.require(service)["desiredCount"]
    services.update_service(world, {"cluster": service.namespace, "service": service.name, "desiredCount": count})
    _override(world, resource)
    activity = _begun(world, resource, f"Setting desired count to {count}.", cause)
    told = f"Successfully set desired count to {count}. Waiting for change to be fulfilled by ecs."
    world.put(_key(activity), {**activity, "StatusCode": IN_PROGRESS, "StatusMessage": told, "count": count})
    _say(world, service, f"Message: {told} Cause: {cause}")
    target = targets.target_key(resource)
    last = {"time": world.clock.now, "before": before, "after": count, "cooldown": cooldown}
    world.put(target, {**world.require(target), "last": last})


def note(world: Cluster, resource: str, cause: str, reason: Object) -> None:
    """Tell that nothing was scaled and why, once for each reason that comes up."""
    last = newest(world, resource)
    if last is not None and last["StatusCode"] == NOT_SCALED and last["NotScaledReasons"] == [reason]:
        return
    activity = _begun(world, resource, "Attempting to scale due to alarm triggered", cause)
    told = {"StatusCode": NOT_SCALED, "NotScaledReasons": [reason], "EndTime": world.clock.stamp()}
    world.put(_key(activity), {**activity, **told})


def newest(world: Cluster, resource: str) -> Object | None:
    """The newest activity of a target, of either sort."""
    keys = world.keys(ACTIVITY, resource)
    return world.require(keys[-1]) if keys else None


def _begun(world: Cluster, resource: str, what: str, cause: str) -> Object:
    number = len(world.keys(ACTIVITY, resource))
    return {
        "ActivityId": arns.uuid_of(f"{resource}/{number}"),
        **targets.named(resource),
        "Description": what,
        "Cause": cause,
        "StartTime": world.clock.stamp(),
    }


def _key(activity: Object) -> Key:
    return Key(ACTIVITY, activity["ResourceId"], activity["ActivityId"])


def _override(world: Cluster, resource: str) -> None:
    """A change that isn't fulfilled when the next one is made never will be."""
    for key in _unfulfilled(world, resource):
        world.put(key, {**world.require(key), "StatusCode": OVERRIDDEN, "EndTime": world.clock.stamp()})


def _unfulfilled(world: Cluster, resource: str) -> list[Key]:
    return [key for key in world.keys(ACTIVITY, resource) if world.require(key)["StatusCode"] == IN_PROGRESS]


def follow(world: Cluster, resource: str, running: int) -> None:
    """Tell the change that is under way as fulfilled, once so many tasks run."""
    for key in _unfulfilled(world, resource):
        activity = world.require(key)
        if running == activity["count"]:
            told = f"Successfully set desired count to {running}. Change successfully fulfilled by ecs."
            over = {"StatusCode": SUCCESSFUL, "StatusMessage": told, "EndTime": world.clock.stamp()}
            world.put(key, {**activity, **over})
            _say(world, targets.service_of(resource), f"Message: {told} Cause: {activity['Cause']}")


def _say(world: Cluster, service: Key, text: str) -> None:
    held = world.require(service)
    count = int(held.get("said", 0)) + 1
    event = {"id": arns.uuid_of(f"{held['serviceArn']}/{count}"), "createdAt": world.clock.stamp(), "message": text}
    world.put(service, {**held, "events": [event, *held["events"]][:KEPT_EVENTS], "said": count})


def describe_scaling_activities(world: Cluster, request: Request) -> Object:
    """Activities, newest first; those that came to nothing only with IncludeNotScaledActivities."""
    resource = request.get("ResourceId")
    found = [
        one
        for one in world.list(ACTIVITY)
        if resource in (None, one["ResourceId"])
        and (request.get("IncludeNotScaledActivities") or one["StatusCode"] != NOT_SCALED)
    ]
    return {"ScalingActivities": targets.limited(request, found[::-1])}


def running_of(world: Cluster, service: Key) -> int:
    """How many tasks of a service are RUNNING, and shall."""
    tasks = (world.read(key) for key in world.out(service, "owns") if key.kind == ecs.TASK)
    return sum(task.last_status == "RUNNING" and task.desired_status == "RUNNING" for task in tasks)

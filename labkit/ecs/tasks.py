"""Tasks: describe, list, stop, protect. Starting them is in `runtask`.

Source: botocore 1.44 ecs DescribeTasks, ListTasks, StopTask, UpdateTaskProtection; ECS developer guide, "Task scale-in
protection".
"""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns, containerinstances
from labkit.ecs.requests import Object, Request, cluster_of, failure, invalid, limited, page
from labkit.kinds import Key, ecs

STOPPED_BY_USER = "Task stopped by user"
PROTECTION_MINUTES = (1, 2880)


def find(world: Cluster, cluster: Key, reference: str) -> Key | None:
    """A task by id or ARN, None if it isn't there."""
    key = Key(ecs.TASK, cluster.name, arns.short(reference))
    return key if world.get(key) is not None else None


def changed(world: Cluster, key: Key, **fields: Any) -> Object:
    """A task with fields set, None to take one away; its version counts the changes."""
    held = world.require(key)
    new = {name: value for name, value in {**held, **fields}.items() if value is not None}
    return held if new == held else world.put(key, {**new, "version": held["version"] + 1})


def describe_tasks(world: Cluster, request: Request) -> Object:
    """Tasks by id or ARN; stopped ones too, for an hour."""
    cluster = cluster_of(world, request)
    found = {name: find(world, cluster, name) for name in limited(request, "tasks", 100, "Tasks")}
    tagged = "TAGS" in (request.get("include") or ())
    tasks = [world.require(key) for key in found.values() if key]
    return {
        "tasks": tasks if tagged else [{**task, "tags": []} for task in tasks],
        "failures": [failure(_arn(cluster, name)) for name, key in found.items() if not key],
    }


def _arn(cluster: Key, reference: str) -> str:
    return arns.arn("task", cluster.name, arns.short(reference))


def list_tasks(world: Cluster, request: Request) -> Object:
    """The ARNs of a cluster's tasks, by instance, family, starter, service, desired status or launch type.

    Without `desiredStatus` those that shall run. `PENDING` finds none: ECS never sets it as a desired status.
    """
    cluster, status = cluster_of(world, request), request.get("desiredStatus") or "RUNNING"
    wanted: Object = {"desiredStatus": status}
    if request.get("containerInstance"):
        instance = containerinstances.find(world, cluster, request["containerInstance"])
        if instance is None:
            raise invalid("The referenced container instance was not found.")
        wanted["containerInstanceArn"] = world.require(instance)["containerInstanceArn"]
    if request.get("serviceName"):
        wanted["group"] = f"service:{arns.short(request['serviceName'])}"
    for asked, field in (("startedBy", "startedBy"), ("launchType", "launchType")):
        if request.get(asked):
            wanted[field] = request[asked]
    tasks = [
        task["taskArn"]
        for task in world.list(ecs.TASK, cluster.name)
        if all(task.get(field) == value for field, value in wanted.items())
        and request.get("family") in (None, _family(task))
    ]
    return page(request, tasks, "taskArns")


def _family(task: Object) -> str:
    return arns.short(task["taskDefinitionArn"]).rpartition(":")[0]


def stop_task(world: Cluster, request: Request) -> Object:
    """Ask for a task's end: SIGTERM, and SIGKILL after the stop timeout."""
    cluster = cluster_of(world, request)
    key = find(world, cluster, request["task"])
    if key is None:
        raise invalid("The referenced task was not found.")
    return {"task": stop(world, key, "UserInitiated", request.get("reason") or STOPPED_BY_USER)}


def stop(world: Cluster, key: Key, code: str, reason: str) -> Object:
    """Let a task stop, for one reason; the first one stays. The agent does the rest."""
    task = world.require(key)
    if task["desiredStatus"] == "STOPPED":
        return task
    told = {"stopCode": code, "stoppedReason": reason, "stoppingAt": world.clock.stamp()}
    _count_off(world, task)
    return changed(world, key, desiredStatus="STOPPED", **told)


def _count_off(world: Cluster, task: Object) -> None:
    # runningTasksCount counts the tasks whose desired status is RUNNING; what they hold is given back at their end.
    place = ecs.key_of_arn(task.get("containerInstanceArn") or "")
    held = world.get(place) if place else None
    if held is not None and place is not None:
        world.put(place, {**held, "runningTasksCount": held["runningTasksCount"] - 1})


def update_task_protection(world: Cluster, request: Request) -> Object:
    """Protect a service's tasks from scale-in and deployments, two hours unless told; or no longer."""
    cluster, minutes = cluster_of(world, request), request.get("expiresInMinutes") or 120
    if not PROTECTION_MINUTES[0] <= minutes <= PROTECTION_MINUTES[1]:
        raise invalid("expiresInMinutes must be between 1 and 2880.")
    until = world.clock.stamp(world.clock.now + 60 * minutes) if request["protectionEnabled"] else None
    answer: Object = {"protectedTasks": [], "failures": []}
    for name in limited(request, "tasks", 10, "Tasks"):
        key = find(world, cluster, name)
        if key is None or not world.require(key)["group"].startswith("service:"):
            reason = "TASK_NOT_VALID" if key else "MISSING"
            answer["failures"].append(failure(_arn(cluster, name), reason))
            continue
        changed(world, key, protectedUntil=until)
        answer["protectedTasks"].append(protection(world, key))
    return answer


def get_task_protection(world: Cluster, request: Request) -> Object:
    """Which of the tasks are protected, and until when."""
    cluster = cluster_of(world, request)
    answer: Object = {"protectedTasks": [], "failures": []}
    for name in limited(request, "tasks", 10, "Tasks"):
        key = find(world, cluster, name)
        if key is None:
            answer["failures"].append(failure(_arn(cluster, name)))
        elif world.require(key).get("protectedUntil"):
            answer["protectedTasks"].append(protection(world, key))
    return answer


def protection(world: Cluster, key: Key) -> Object:
    """A task's protection as it is answered; over when its moment has passed."""
    task = world.require(key)
    until = task.get("protectedUntil")
    on = until is not None and world.clock.seconds(until) > world.clock.now
    return {"taskArn": task["taskArn"], "protectionEnabled": on, **({"expirationDate": until} if on else {})}

"""Starting tasks: RunTask, which chooses instances, and StartTask, which is told them.

RunTask answers with success even if nothing could be placed: `failures` then has one entry for each instance it looked
at. Source: botocore 1.44 ecs RunTask, StartTask; ECS developer guide, "API failure reasons".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import choosing, containerinstances, credentials, fargate, quotas, taskdefinitions
from labkit.ecs.capacityproviders import is_managed, split
from labkit.ecs.newtask import begin
from labkit.ecs.ordering import Order, check_token, order, strategy_of
from labkit.ecs.requests import Object, Request, cluster_of, failure, invalid, limited, refused
from labkit.errors import AwsError
from labkit.kinds import Key, ecs


def run_task(world: Cluster, request: Request) -> Object:
    """Start up to ten equal tasks, where placement puts them."""
    cluster, count = cluster_of(world, request), request.get("count", 1)
    if not 1 <= count <= quotas.TASKS_PER_RUN_TASK:
        raise invalid("Count must be between 1 and 10." if count else "Task count must be greater than 0.")
    token = check_token(request)
    if token and (earlier := _earlier(world, cluster, token, request)) is not None:
        return {"tasks": earlier, "failures": []}
    wanted = order(world, cluster, taskdefinitions.usable(world, request["taskDefinition"]), request)
    credentials.check(world, world.read(wanted.definition), wanted.overrides)
    if token:
        wanted = replace(wanted, more={"clientToken": token, "asked": _asked(request)})
    strategy = strategy_of(world, request)
    if not strategy and not wanted.is_fargate and not _instances(world, cluster):
        raise invalid("No Container Instances were found in your cluster.")
    return place_all(world, wanted, count, strategy)


def place_all(world: Cluster, wanted: Order, count: int, strategy: Sequence[Mapping[str, Any]]) -> Object:
    """Place and begin so many tasks by a capacity provider strategy; without one, by the order's launch type."""
    if not strategy:
        return place(world, wanted, count)
    answer: Object = {"tasks": [], "failures": []}
    for name, number in Counter(split(strategy, count)).items():
        _check_provider(world, wanted, name)
        placed = place(world, replace(wanted, capacity_provider=name), number)
        answer = {field: [*answer[field], *placed[field]] for field in answer}
    return answer


def place(world: Cluster, wanted: Order, count: int) -> Object:
    """Place and begin so many tasks: those that were begun, and why no more could be.

    What one task can't have, the equal ones after it can't either: the failures are told once.
    """
    answer: Object = {"tasks": [], "failures": []}
    asked = choosing.question(world, wanted)
    for _ in range(count):
        if wanted.is_fargate:
            if (zone := choosing.zone(world, wanted)) is None:
                answer["failures"] = [{"reason": fargate.NO_CAPACITY}]
                break
            answer["tasks"].append(begin(world, wanted, None, zone, asked.reserved))
            continue
        decision = choosing.choose(world, wanted, asked)
        if decision.instance is None and is_managed(world, wanted.capacity_provider):
            _check_waiting(world, wanted.cluster)
            answer["tasks"].append(begin(world, wanted, None, reserved=asked.reserved))
            continue
        if decision.instance is None:
            answer["failures"] = decision.failures
            break
        chosen = Key(ecs.CONTAINER_INSTANCE, wanted.cluster.name, decision.instance)
        answer["tasks"].append(begin(world, wanted, chosen, reserved=asked.reserved))
    return answer


def _check_provider(world: Cluster, wanted: Order, name: str) -> None:
    theirs = [one for one in _instances(world, wanted.cluster) if one.get("capacityProviderName") == name]
    if not (wanted.is_fargate or theirs or is_managed(world, name)):
        raise invalid("No Container Instances were found in your capacity provider.")


def _check_waiting(world: Cluster, cluster: Key) -> None:
    waiting = [one for one in world.list(ecs.TASK, cluster.name) if one["lastStatus"] == "PROVISIONING"]
    if len(waiting) >= quotas.PROVISIONING_TASKS_PER_CLUSTER:
        raise refused("The number of tasks in PROVISIONING in this cluster has reached its limit of 500.")


def _instances(world: Cluster, cluster: Key) -> list[Object]:
    return [one for one in world.list(ecs.CONTAINER_INSTANCE, cluster.name) if one["status"] == "ACTIVE"]


def _asked(request: Request) -> Object:
    return {name: value for name, value in request.items() if name != "clientToken"}


def _earlier(world: Cluster, cluster: Key, token: str, request: Request) -> list[Object] | None:
    """The tasks that the same token has started; ConflictException if the request was another one."""
    tasks = [one for one in world.list(ecs.TASK, cluster.name) if one.get("clientToken") == token]
    if not tasks:
        return None
    if tasks[0]["asked"] != _asked(request):
        raise AwsError("ConflictException", "The RunTask request with the same clientToken had other parameters.")
    return tasks


def start_task(world: Cluster, request: Request) -> Object:
    """Start one task on each of up to ten named instances."""
    cluster = cluster_of(world, request)
    names = limited(request, "containerInstances", quotas.INSTANCES_PER_START_TASK, "Container instances")
    wanted = order(world, cluster, taskdefinitions.usable(world, request["taskDefinition"]), request)
    credentials.check(world, world.read(wanted.definition), wanted.overrides)
    answer: Object = {"tasks": [], "failures": []}
    for name in names:
        key = containerinstances.find(world, cluster, name)
        reason = "MISSING" if key is None else choosing.obstacle(world, wanted, key)
        if key is None or reason:
            arn = world.require(key)["containerInstanceArn"] if key else name
            answer["failures"].append(failure(arn, reason))
        else:
            answer["tasks"].append(begin(world, wanted, key))
    return answer

"""Why a task is where it is, or where a service's next one would go: the decision made again, as the world was."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from labkit.cluster import Cluster
from labkit.ecs import choices
from labkit.ecs.placement.decision import Decision
from labkit.ecs.placement.fleet import Fleet, fleet_of
from labkit.ecs.placement.placing import place, place_again
from labkit.ecs.placement.request import SERVICE, Request
from labkit.errors import LabError
from labkit.kinds import Key
from labkit.kinds.ecs import Service, Task, TaskDefinition, key_of_arn


def why(world: Cluster, task: Key) -> Decision:
    """The decision that put a task where it is, on the instances as they were at that moment.

    LabError for a task that nobody placed: on Fargate, by StartTask, or one that still waits for an instance.
    """
    held: Task = world.read(task)
    if not held.container_instance_arn:
        where = "Fargate has no placement" if held.launch_type == "FARGATE" else "it waits for an instance"
        raise LabError(f"task {held.id} is on no container instance: {where}")
    asked = world.require(task).get("placement", {})
    rules = asked.get("constraints", ()), asked.get("strategy", ())
    definition = _definition(world, held.task_definition_arn)
    places = asked.get("zones", ()), asked.get("provider", "")
    request = Request.of(definition, held.group, *rules, held.overrides, *places)
    fleet = Fleet().refresh(world.as_of(_before(world, task, held.container_instance_arn)), task.namespace)
    made = place_again(fleet, request, held.container_instance_arn.rpartition("/")[2])
    return replace(made, notes=(*choices.of_definition(definition), *choices.of_task(held)))


def why_next(world: Cluster, service: Key) -> Decision:
    """Where the next task of a service would go now, and why; nothing is written and nothing drawn from the lab."""
    held: Service = world.read(service)
    definition = _definition(world, held.task_definition)
    rng = Random()
    rng.setstate(world.rng.getstate())
    rules = held.placement_constraints, held.placement_strategy
    request = Request.of(definition, SERVICE + held.service_name, *rules)
    made = place(fleet_of(world, service.namespace), request, rng)
    return replace(made, notes=(*choices.of_definition(definition), *choices.of_service(held)))


def _definition(world: Cluster, arn: str) -> TaskDefinition:
    key = key_of_arn(arn)
    assert key is not None
    found: TaskDefinition = world.read(key)
    return found


def _before(world: Cluster, task: Key, instance: str) -> int:
    """How many entries the history had before the task took its part of the instance."""
    entries = world.history
    index = next(place for place, one in enumerate(entries) if one.key == task and _is_on(one.new, instance))
    taken = index > 0 and entries[index - 1].key == key_of_arn(instance)
    return index - 1 if taken else index


def _is_on(task: object, instance: str) -> bool:
    return isinstance(task, dict) and task.get("containerInstanceArn") == instance

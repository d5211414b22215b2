"""What checks look at in a cluster of ECS: tasks of a family, where they run, and what they are made of."""

from __future__ import annotations

from collections import Counter

from labkit.kinds import Key, ecs
from labkit.kinds.ecs import ContainerInstance, Task, TaskDefinition, key_of_arn
from labkit.lab import Lab


def tasks(lab: Lab, family: str) -> list[Task]:
    """The tasks of a family that are there and are to run, in order of creation."""
    return [one for one in lab.cluster.items(ecs.TASK) if _is_of(one, family) and one.desired_status == "RUNNING"]


def _is_of(task: Task, family: str) -> bool:
    name = task.task_definition_arn.rpartition("/")[2]
    return name.rpartition(":")[0] == family and not task.is_stopped


def running(lab: Lab, family: str) -> int:
    """How many of them run."""
    return sum(one.last_status == "RUNNING" for one in tasks(lab, family))


def hosts(lab: Lab, family: str) -> list[ContainerInstance]:
    """The container instances they are on, one a task."""
    arns = [one.container_instance_arn for one in tasks(lab, family) if one.container_instance_arn]
    return [lab.cluster.read(key) for arn in arns if (key := key_of_arn(arn))]


def by_host(lab: Lab, family: str) -> dict[str, int]:
    """How many of them each instance has that has any, by its id."""
    return dict(Counter(one.id for one in hosts(lab, family)))


def by_zone(lab: Lab, family: str) -> dict[str, int]:
    """How many of them each zone with instances has."""
    found = Counter(one.zone for one in hosts(lab, family))
    return {zone: found[zone] for zone in dict.fromkeys(one.zone for one in lab.cluster.items(ecs.CONTAINER_INSTANCE))}


def newest(lab: Lab, family: str) -> TaskDefinition:
    """The family's newest revision."""
    found = [one for one in lab.cluster.items(ecs.TASK_DEFINITION) if one.family == family]
    last: TaskDefinition = max(found, key=lambda one: one.revision)
    return last


def definition_of(lab: Lab, task: Task) -> TaskDefinition:
    """What a task was made of."""
    found: TaskDefinition = lab.cluster.read(Key(ecs.TASK_DEFINITION, "", task.task_definition_arn.rpartition("/")[2]))
    return found

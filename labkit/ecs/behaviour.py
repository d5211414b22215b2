"""What the containers of tasks do, declared in the words of `labkit.kubelet.behaviour`.

By docker labels of a container definition, `labkit.dev/exits-after: 30s`; or by `lab.behave` for a task group:
`service:web`, `family:web` (all tasks of a family, whoever started them), `task:ID`, or a group's own name after
`group:`. What is declared so is kept in one object of the graph, each entry with its moment; the newest goes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.cluster import Cluster
from labkit.history import Entry
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import ContainerDefinition, Task, TaskDefinition
from labkit.kubelet.behaviour import PREFIX, Behaviour, behaviour, worded
from labkit.kubelet.commands import of_container

TABLE = Key("Labkit::ECS::Behaviour", "", "behaviour")
WORDS = ("service", "family", "task", "group")


def is_for_tasks(selector: str) -> bool:
    """Whether a selector of `lab.behave` means tasks of ECS, not pods."""
    word, colon, name = selector.partition(":")
    return word in WORDS and bool(colon) and bool(name)


def declare(world: Cluster, selector: str, container: str, told: Mapping[str, Any]) -> None:
    """Add an entry; FieldError for a value that can't be read, TypeError for an unknown name."""
    entry = {"since": world.clock.now, "selector": selector, "container": container, "words": worded(told)}
    world.put(TABLE, {"entries": [*entries(world), entry]})


def entries(world: Cluster) -> list[dict[str, Any]]:
    """All entries, oldest first."""
    held = world.get(TABLE)
    return list(held["entries"]) if held else []


def of(world: Cluster, task: Task, container: str) -> Behaviour:
    """What a container of a task does now."""
    definition: TaskDefinition | None = world.read(definition_of(task))
    spec = definition.container(container) if definition else None
    labels = spec.docker_labels if spec else {}
    extra: dict[str, str] = {}
    for one in entries(world):
        if one["container"] in ("", container) and concerns(one["selector"], task):
            extra |= {f"{PREFIX}{name}.{container}": text for name, text in one["words"].items()}
    return behaviour({**labels, **extra}, container, _plain(spec, task) if spec else {})


def _plain(spec: ContainerDefinition, task: Task) -> Mapping[str, str]:
    """What a container does by its command alone; a task's overrides may have another one."""
    given = task.overrides.get("containerOverrides") or ()
    other = next((one["command"] for one in given if one.get("name") == spec.name and one.get("command")), None)
    return of_container(spec.image, spec.entry_point, other or spec.command)


def concerns(selector: str, task: Task) -> bool:
    """Whether an entry is about a task."""
    word, _, name = selector.partition(":")
    if word == "family":
        return definition_of(task).name.rpartition(":")[0] == name
    if word == "task":
        return task.id.startswith(name.rpartition("/")[2])
    return task.group == (name if word == "group" else selector)


def definition_of(task: Task) -> Key:
    """The key of a task's definition."""
    return Key(ecs.TASK_DEFINITION, "", task.task_definition_arn.rpartition("/")[2])


def declared(world: Cluster, entry: Entry) -> list[Key]:
    """The tasks that the newest entry is about."""
    if entry.key != TABLE or not (held := entries(world)):
        return []
    return [key for key in world.keys(ecs.TASK) if concerns(held[-1]["selector"], world.read(key))]

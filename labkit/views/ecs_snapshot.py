"""From ECS's objects to the same picture that Kubernetes has: container instances as boxes, tasks as tiles.

Fargate has no instances: its tasks lie in one box for each zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from labkit.kinds import ecs
from labkit.kinds.ecs import ContainerInstance, Task
from labkit.views.picture import Gauge, NodeBox, Picture, PodTile

NOUNS = ("instance", "task")
SHORT = 8
"""Characters of an instance's id that are shown."""
FARGATE = "Fargate"
AMOUNTS = (("CPU", "CPU"), ("MiB", "MEMORY"))
"""What a gauge is called, and ECS's name of the resource."""
_BUILT_IN = ("ecs.", "com.amazonaws.")


def fleet_picture(cluster: Any) -> Picture:
    """The picture of all ECS clusters of a world as they are now."""
    kinds = (ecs.CONTAINER_INSTANCE, ecs.TASK)
    instances, tasks = ([cluster.read(key) for key in cluster.keys(kind)] for kind in kinds)
    return fleet_of(instances, tasks, cluster.clock.now)


def fleet_of(instances: Iterable[ContainerInstance], tasks: Iterable[Task], time: float) -> Picture:
    """The picture of those instances and tasks; ended ones are left out."""
    lying: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        if not task.is_stopped:
            lying[place_of(task)].append(task)
    boxes = [_box(one, lying.pop(one.container_instance_arn, ())) for one in instances if one.status != "INACTIVE"]
    waiting = tuple(_tile(task, _reason(task)) for task in lying.pop("", ()))
    serverless = [_serverless(place, group) for place, group in sorted(lying.items()) if place.startswith(FARGATE)]
    return Picture(time, (*boxes, *serverless), waiting, NOUNS)


def place_of(task: Task) -> str:
    """Where a task lies: the ARN of its instance; `Fargate` and a zone; "" while it waits for an instance."""
    if task.container_instance_arn:
        return task.container_instance_arn
    return f"{FARGATE} {task.availability_zone}" if task.launch_type == "FARGATE" else ""


def _reason(task: Task) -> str:
    provider = f" of {task.capacity_provider_name}" if task.capacity_provider_name else ""
    return f"waits for an instance{provider}"


def _box(one: ContainerInstance, tasks: Sequence[Task]) -> NodeBox:
    name = f"{one.id[:SHORT]} {one.instance_type}".strip()
    own = tuple(_named(each) for each in one.attributes if not each.name.startswith(_BUILT_IN))
    return NodeBox(
        name, one.zone, one.agent_connected, one.status == "DRAINING", own, _gauges(one, len(tasks)), _tiles(tasks),
        one.status,
    )  # fmt: skip


def _named(attribute: ecs.Attribute) -> str:
    return f"{attribute.name}={attribute.value}" if attribute.value else attribute.name


def _gauges(one: ContainerInstance, tasks: int) -> tuple[Gauge, ...]:
    """CPU units and MiB that tasks hold of what the instance registered; ECS knows no most of tasks."""
    held = [Gauge(word, one.registered(name) - one.remaining(name), one.registered(name)) for word, name in AMOUNTS]
    return (*held, Gauge("tasks", tasks, 0))


def _serverless(place: str, tasks: Sequence[Task]) -> NodeBox:
    zone = place.removeprefix(FARGATE).strip()
    return NodeBox(FARGATE, zone, gauges=(Gauge("tasks", len(tasks), 0),), pods=_tiles(tasks), state="serverless")


def _tiles(tasks: Sequence[Task]) -> tuple[PodTile, ...]:
    return tuple(sorted((_tile(task) for task in tasks), key=lambda tile: (tile.owner, tile.name)))


def _tile(task: Task, reason: str = "") -> PodTile:
    cluster = task.cluster_arn.rpartition("/")[2]
    ready = task.last_status == "RUNNING" and task.health_status != "UNHEALTHY"
    leaving = task.desired_status == "STOPPED"
    cpu, memory = task.reserved.cpu * 1000 // 1024, task.reserved.memory * 2**20
    return PodTile(cluster, task.id, owner_of(task), task.last_status, ready, reason, leaving, cpu, memory)


def owner_of(task: Task) -> str:
    """Whose a task is: `service/CLUSTER/NAME`, `family/CLUSTER/NAME`, `group/CLUSTER/NAME`, or empty."""
    cluster, (kind, _, name) = task.cluster_arn.rpartition("/")[2], task.group.partition(":")
    return f"{kind}/{cluster}/{name}" if name else f"group/{cluster}/{kind}" if kind else ""


def has_fleet(cluster: Any) -> bool:
    """Whether there is anything of ECS to draw."""
    return any(cluster.keys(kind) for kind in (ecs.CONTAINER_INSTANCE, ecs.TASK))

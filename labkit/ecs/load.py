"""The load on a service of ECS: which tasks share it, and what each can do.

Its RUNNING tasks share it evenly, unless their health check fails or their machine is silent. The formulas are those
of labkit.metrics.model; `utilisation` is the service's CPUUtilization, in per cent of the cpu units of its tasks.
A task's own cpu is its limit; without one a container takes its share, by cpu units, of its instance (at least 2).
Source of the shares: Amazon ECS developer guide, task definition parameters, cpu. Left out: memory that grows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from labkit.cluster import Cluster
from labkit.ecs import behaviour
from labkit.history import Entry
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import ContainerInstance, Task, TaskDefinition
from labkit.kubelet import usage
from labkit.kubelet.behaviour import Behaviour
from labkit.kubelet.timing import Timing
from labkit.kubelet.traffic import Behind, traffic_of
from labkit.metrics import model
from labkit.metrics.model import Server, Work
from labkit.metrics.samples import Group, Layout

UNIT = 1000 / 1024
"""Millicores a cpu unit."""


def layout_of(cluster: Cluster, service: Key, timing: Timing) -> Layout:
    """Who shares a service's load now, like tasks together."""
    found: dict[Server, list[tuple[Key, str]]] = {}
    for key in cluster.keys(ecs.TASK, service.namespace):
        task: Task = cluster.read(key)
        if task.service == service.name and _takes_load(task):
            instance = (task.container_instance_arn or "").rpartition("/")[2]
            found.setdefault(server_of(cluster, task), []).append((key, instance))
    groups = tuple(
        Group(tuple(key for key, _ in tasks), server, tuple(node for _, node in tasks))
        for server, tasks in found.items()
    )
    places = {key: at for at, group in enumerate(groups) for key in group.pods}
    return Layout(cluster.clock.now, groups, len(places), places)


def _takes_load(task: Task) -> bool:
    return task.last_status == "RUNNING" and task.desired_status == "RUNNING" and task.health_status != "UNHEALTHY"


def server_of(cluster: Cluster, task: Task) -> Server:
    """A task as labkit's model sees it."""
    definition: TaskDefinition | None = cluster.read(behaviour.definition_of(task))
    if definition is None:
        return model.dead(())
    told = {one.name: behaviour.of(cluster, task, one.name) for one in definition.container_definitions}
    nobody = all(one.cost is None for one in told.values())
    share = _share(cluster, task)
    works = tuple(
        _work(definition, one.name, told[one.name], share, model.COST if nobody and at == 0 else 0.0)
        for at, one in enumerate(definition.container_definitions)
    )
    timeout = usage.largest([one.timeout for one in told.values()], model.TIMEOUT)
    return model.server(works, usage.largest([one.latency for one in told.values()], model.LATENCY), timeout)


def _work(definition: TaskDefinition, name: str, told: Behaviour, share: float, cost: float) -> Work:
    container = definition.container(name)
    units = container.cpu or (int(definition.cpu or 0) if len(definition.container_definitions) == 1 else 0)
    return Work(
        name,
        model.IDLE_CPU if told.cpu is None else told.cpu,
        cost if told.cost is None else told.cost,
        float(definition.cpu) * UNIT if definition.cpu else share,
        model.IDLE_MEMORY if told.memory is None else told.memory,
        told.memory_per_request,
        math.inf if container.memory is None else container.memory * 2**20,
        units * UNIT,
    )


def _share(cluster: Cluster, task: Task) -> float:
    """Millicores for a task without a limit: its part of its instance, in two figures, that like tasks stay alike."""
    arn = task.container_instance_arn or ""
    home = ecs.key_of_arn(arn)
    instance: ContainerInstance | None = cluster.read(home) if home else None
    if instance is None:
        return 0.0
    tasks = [cluster.read(key) for key in cluster.into(home, "runs-on")] if home else []
    weights = sum(max(one.reserved.cpu, 2) for one in tasks if one.last_status == "RUNNING")
    room = instance.registered("CPU") * UNIT
    return float(f"{model.fair_share(room, 0.0, max(task.reserved.cpu, 2), weights):.2g}")


def changed_task(cluster: Cluster, entry: Entry) -> Iterable[str]:
    """Nobody; all services of ECS under load are marked, since tasks share their machines."""
    if (traffic := traffic_of(cluster)) is not None:
        traffic.dirty.update(one for one in traffic.layouts if one.kind == ecs.SERVICE)
    return ()


TASKS = {ecs.SERVICE: Behind(layout_of, {ecs.TASK: changed_task, behaviour.TABLE.kind: changed_task})}
"""For the load generator: services of ECS."""

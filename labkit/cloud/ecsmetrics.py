"""What ECS and a load balancer publish to CloudWatch each minute: use and reservations of services and clusters.

    service CPUUtilization    = 100 x cpu units its RUNNING tasks use / cpu units that they reserve
    service MemoryUtilization = 100 x MiB they use / MiB they reserve (memoryReservation, where a container has one)
    cluster CPUReservation    = 100 x units reserved / units registered by ACTIVE and DRAINING instances
    cluster CPUUtilization    = 100 x units used / units registered
    RequestCountPerTarget     = requests of the minute / tasks behind the target group

Without RUNNING tasks a service publishes nothing, and without requests a load balancer nothing. A load is sampled each
15 s, so a point has up to four values. What tasks without a load use is what is declared for them, or little.
Source: ECS developer guide, "Amazon ECS CloudWatch metrics"; Elastic Load Balancing user guide, "CloudWatch metrics".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from labkit.cloud.metrics import MINUTE, Metrics, Point, metric
from labkit.cluster import Cluster
from labkit.ecs.load import UNIT, server_of
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import ContainerInstance, Task
from labkit.kubelet.traffic import traffic_of
from labkit.metrics.samples import RESOLUTION, Series

MIB = 2**20


class Use(NamedTuple):
    """What one task of a service uses at a sample: cpu units, MiB; and the service's requests a second for each."""

    cpu: float
    memory: float
    rate: float = 0.0


def publish(world: Cluster, held: Metrics, now: float) -> None:
    """Write the points of the minute that was over at a moment; of an earlier one for the tasks that run still."""
    since = now - MINUTE
    for key in world.keys(ecs.CLUSTER):
        tasks = _running(world, key.name, now)
        used = [_service(world, held, since, Key(ecs.SERVICE, key.name, name), of) for name, of in tasks.items()]
        if used:
            _cluster(world, held, since, key.name, [one for of in tasks.values() for one in of], used)


def _running(world: Cluster, cluster: str, now: float) -> dict[str, list[Task]]:
    """A cluster's RUNNING tasks by service; those that stand alone under ""."""
    found: dict[str, list[Task]] = {}
    for task in world.items(ecs.TASK, cluster):
        if task.last_status == "RUNNING" and (not task.started_at or world.clock.seconds(task.started_at) <= now):
            found.setdefault(task.service, []).append(task)
    return found


def _service(world: Cluster, held: Metrics, since: float, key: Key, tasks: list[Task]) -> Use:
    """Publish a service's use and return it as a whole, on average; tasks that stand alone publish nothing."""
    uses = _sampled(world, key, since) or [_idle(world, tasks)]
    if key.name:
        named = {"ClusterName": key.namespace, "ServiceName": key.name}
        cpu, memory = _mean(task.reserved.cpu for task in tasks), _mean(task.reserved.memory for task in tasks)
        if cpu:
            _put(held, since, "CPUUtilization", named, [100 * use.cpu / cpu for use in uses])
        if memory:
            _put(held, since, "MemoryUtilization", named, [100 * use.memory / memory for use in uses])
        _balanced(world, held, since, key, uses)
    count = len(tasks)
    return Use(count * _mean(use.cpu for use in uses), count * _mean(use.memory for use in uses))


def _balanced(world: Cluster, held: Metrics, since: float, key: Key, uses: list[Use]) -> None:
    rates = [use.rate for use in uses]
    for one in (world.get(key) or {}).get("loadBalancers") or ():
        group = one.get("targetGroupArn", "").rpartition(":")[2]
        if group and sum(rates):
            values = [rate * RESOLUTION for rate in rates]
            point = Point(since, sum(values), len(values), min(values), max(values))
            held.put(metric("AWS/ApplicationELB", "RequestCountPerTarget", TargetGroup=group), point)


def _sampled(world: Cluster, key: Key, since: float) -> list[Use]:
    """The minute's samples of a service under load, those in which a task was ready."""
    traffic = traffic_of(world)
    series = traffic.series.get(key) if traffic else None
    return list(_uses(series, since, since + MINUTE)) if series is not None else []


def _uses(series: Series, since: float, now: float) -> Iterator[Use]:
    columns = series.columns
    for at in range(bisect_right(columns["time"], since), bisect_right(columns["time"], now)):
        if ready := columns["ready"][at]:
            yield Use(columns["cpu"][at] / UNIT, columns["memory"][at] / MIB, columns["rps"][at] / ready)


def _idle(world: Cluster, tasks: list[Task]) -> Use:
    """What tasks without load use on average; equal tasks are looked at once."""
    known: dict[str, Use] = {}
    for task in tasks:
        if task.task_definition_arn not in known:
            works = server_of(world, task).works
            cpu, memory = sum(work.cpu(0.0) for work in works), sum(work.memory for work in works)
            known[task.task_definition_arn] = Use(cpu / UNIT, memory / MIB)
    each = [known[task.task_definition_arn] for task in tasks]
    return Use(_mean(use.cpu for use in each), _mean(use.memory for use in each))


def _cluster(world: Cluster, held: Metrics, since: float, name: str, tasks: list[Task], used: list[Use]) -> None:
    instances: list[ContainerInstance] = [
        one for one in world.items(ecs.CONTAINER_INSTANCE, name) if one.status in ("ACTIVE", "DRAINING")
    ]
    on_them = [task.reserved for task in tasks if task.launch_type != "FARGATE"]
    rows = (
        ("CPU", sum(one.cpu for one in on_them), sum(one.cpu for one in used)),
        ("Memory", sum(one.memory for one in on_them), sum(one.memory for one in used)),
    )
    for word, reserved, use in rows:
        if registered := sum(one.registered(word.upper()) for one in instances):
            _put(held, since, f"{word}Reservation", {"ClusterName": name}, [100 * reserved / registered])
            _put(held, since, f"{word}Utilization", {"ClusterName": name}, [100 * use / registered])


def _put(held: Metrics, since: float, name: str, dimensions: dict[str, str], values: list[float]) -> None:
    point = Point(since, sum(values), len(values), min(values), max(values))
    held.put(metric("AWS/ECS", name, **dimensions), point)


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0

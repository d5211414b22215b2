"""What a capacity provider has and what waits for it: machines, those without tasks, tasks in PROVISIONING.

Source: ECS developer guide, "Amazon ECS managed scaling behavior". Ports and distinctInstance count as one task a
machine. Left out: several instance types in a group, what waiting tasks could share of a machine with each other.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from labkit.autoscaling.capacity import reservation
from labkit.autoscaling.capacity.reservation import Bounds, Waiting
from labkit.cloud import groups, machines
from labkit.cloud.metrics import Metric, metric
from labkit.cluster import Cluster
from labkit.ecs import accountsettings, capacityproviders
from labkit.ecs import waiting as queue
from labkit.instancetypes import InstanceType, instance_type
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import Service, Task

Object = dict[str, Any]

NAMESPACE = "AWS/ECS/ManagedScaling"
RESERVATION = "CapacityProviderReservation"


class Provider(NamedTuple):
    """A capacity provider that ECS scales: whose it is, its group, and its settings; warm-up in seconds."""

    name: str
    cluster: str
    group: Key
    bounds: Bounds
    warmup: float
    protects: bool

    @property
    def metric(self) -> Metric:
        """Its CapacityProviderReservation."""
        return metric(NAMESPACE, RESERVATION, CapacityProviderName=self.name, ClusterName=self.cluster)


def managed(world: Cluster) -> list[Provider]:
    """The capacity providers that ECS scales: those of a cluster, with a group that there is."""
    found = (_provider(world, one) for one in world.list(ecs.CAPACITY_PROVIDER))
    return [one for one in found if one is not None]


def _provider(world: Cluster, obj: Object) -> Provider | None:
    given = obj["autoScalingGroupProvider"]
    scaling = given["managedScaling"]
    group = Key(groups.GROUP, "", capacityproviders.group_of(obj))
    cluster = next((one["clusterName"] for one in _clusters(world) if obj["name"] in one["capacityProviders"]), "")
    if scaling["status"] != "ENABLED" or not cluster or world.get(group) is None:
        return None
    steps = scaling["minimumScalingStepSize"], scaling["maximumScalingStepSize"]
    bounds = Bounds(*steps, scaling["targetCapacity"])
    protects = given["managedTerminationProtection"] == "ENABLED"
    return Provider(obj["name"], cluster, group, bounds, float(scaling["instanceWarmupPeriod"]), protects)


def _clusters(world: Cluster) -> list[Object]:
    return [one for one in world.list(ecs.CLUSTER) if one["status"] == "ACTIVE"]


class Supply(NamedTuple):
    """Machines that run, how many of them are empty, machines more that are needed; tasks that wait, and fit.

    `groups`: of how many kinds the waiting tasks are.
    """

    running: int
    empty: int
    more: int
    waiting: int
    fitting: int
    groups: int = 1

    def needed(self, bounds: Bounds) -> int:
        """M."""
        return reservation.machines(self.running, self.empty, self.more, bounds)

    def value(self, bounds: Bounds) -> float:
        """The metric; where nothing that waits fits the group's type it stays at the target."""
        if self.waiting and not self.fitting and not self.empty:
            return float(bounds.target)
        return reservation.reservation(self.running, self.empty, self.more, bounds)

    def desired(self, bounds: Bounds) -> int:
        """How many machines bring the metric to its target."""
        return reservation.desired(self.running, self.empty, self.more, bounds)


def supply(world: Cluster, provider: Provider) -> Supply:
    """What a provider has and needs now."""
    group = world.require(provider.group)
    running = [one for one in machines.of(world, provider.group.name) if machines.state_of(one) == machines.RUNNING]
    busy = busy_machines(world, provider.cluster)
    empty = sum(one["InstanceId"] not in busy for one in running)
    size = room(world, instance_type(group["instanceType"]))
    waiting = _waiting(world, provider)
    fitting = sum(one.tasks for one in waiting if reservation.needed([one], [size]))
    total = sum(one.tasks for one in waiting)
    return Supply(len(running), empty, reservation.needed(waiting, [size]), total, fitting, len(waiting))


def busy_machines(world: Cluster, cluster: str) -> set[str]:
    """The EC2 ids of a cluster's machines on which a task runs that is no daemon's."""
    daemons = {
        key.name for key in world.keys(ecs.SERVICE, cluster) if _service(world, key).scheduling_strategy == "DAEMON"
    }
    return {
        world.read(key).ec2_instance_id
        for key in world.keys(ecs.CONTAINER_INSTANCE, cluster)
        if any(_task(world, task).service not in daemons for task in world.into(key, "runs-on"))
    }


def _service(world: Cluster, key: Key) -> Service:
    found: Service = world.read(key)
    return found


def _task(world: Cluster, key: Key) -> Task:
    found: Task = world.read(key)
    return found


def room(world: Cluster, of: InstanceType) -> dict[str, int]:
    """What a machine of a type has for tasks."""
    trunked = accountsettings.value(world, "awsvpcTrunking") == "enabled"
    interfaces = of.trunked_tasks if trunked else of.awsvpc_tasks
    own = {"ENI": interfaces, "GPU": of.gpus, "ALONE": 1}
    return {"CPU": of.cpu_units, "MEMORY": of.registered_memory, **own}


def asks(task: Task, placement: Object) -> tuple[tuple[str, int], ...]:
    """What a task needs of a machine; ALONE: no second one like it can be there."""
    kept = task.reserved
    distinct = any(one["type"] == "distinctInstance" for one in placement.get("constraints") or ())
    alone = int(distinct or bool(kept.ports or kept.ports_udp))
    amounts = {"CPU": kept.cpu, "MEMORY": kept.memory, "ENI": int(kept.eni), "GPU": kept.gpu, "ALONE": alone}
    return tuple((name, amount) for name, amount in amounts.items() if amount)


def _waiting(world: Cluster, provider: Provider) -> list[Waiting]:
    """The provider's tasks that wait for a machine; those that ask for the same together."""
    counted: Counter[tuple[object, ...]] = Counter()
    for key in queue.waiting(world, provider.cluster):
        task = _task(world, key)
        if task.capacity_provider_name == provider.name:
            asked = asks(task, world.require(key).get("placement") or {})
            counted[task.task_definition_arn, asked] += 1
    return [Waiting(dict(of[1]), count) for of, count in counted.items()]  # type: ignore[call-overload]

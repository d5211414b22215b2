"""Which instance a task goes to: the world asked by placement, and its answer as the API words it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from labkit.cluster import Cluster
from labkit.ecs.ordering import Order
from labkit.ecs.placement.query import parse_query
from labkit.ecs.placement.request import reserved_by
from labkit.ecs.requests import Object, failure
from labkit.instancetypes import table
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import ContainerInstance, Reserved, TaskDefinition


class Choice(NamedTuple):
    """The instance a task goes to; or None, and a failure for each instance."""

    instance: Key | None
    failures: list[Object]


def choose(world: Cluster, wanted: Order) -> Choice:
    """Choose an instance among those that can take the task."""
    keys = [key for key in world.keys(ecs.CONTAINER_INSTANCE, wanted.cluster.name) if _is_there(world, key)]
    reasons = {key: obstacle(world, wanted, key) for key in keys}
    fit = [key for key, reason in reasons.items() if not reason]
    if fit:
        return Choice(world.rng.choice(fit), [])
    return Choice(None, [failure(world.require(key)["containerInstanceArn"], reasons[key]) for key in keys])


def _is_there(world: Cluster, key: Key) -> bool:
    return bool(world.require(key)["status"] == "ACTIVE")


def obstacle(world: Cluster, wanted: Order, key: Key) -> str:
    """Why an instance can't take a task, in the API's word; "" if it can."""
    instance: ContainerInstance = world.read(key)
    definition: TaskDefinition = world.read(wanted.definition)
    if instance.status != "ACTIVE":
        return "INACTIVE"
    if not instance.agent_connected:
        return "AGENT"
    if wanted.zones and instance.zone not in wanted.zones:
        return "LOCATION"
    if any(instance.attribute(one.name) is None for one in definition.requires_attributes):
        return "ATTRIBUTE"
    return _lacking(instance, reserved_by(definition, wanted.overrides))


def _lacking(instance: ContainerInstance, needs: Reserved) -> str:
    if needs.cpu > instance.remaining("CPU"):
        return "RESOURCE:CPU"
    if needs.memory > instance.remaining("MEMORY"):
        return "RESOURCE:MEMORY"
    if needs.gpu > instance.remaining("GPU"):
        return "RESOURCE:GPU"
    if instance.ports("tcp") & set(needs.ports) or instance.ports("udp") & set(needs.ports_udp):
        return "RESOURCE:PORTS"
    if needs.eni and instance.enis >= interfaces(instance):
        return "RESOURCE:ENI"
    return ""


def interfaces(instance: ContainerInstance) -> int:
    """How many tasks with an interface of their own an instance can hold."""
    kind = table().get(instance.instance_type)
    if kind is None:
        return 2
    return kind.trunked_tasks if instance.trunked else kind.awsvpc_tasks


def zone(world: Cluster, wanted: Order) -> str:
    """Where a task on Fargate goes: to the zone of its subnets with the fewest tasks of its group."""
    held = Counter(
        task["availabilityZone"]
        for task in world.list(ecs.TASK, wanted.cluster.name)
        if task["group"] == wanted.group and task["desiredStatus"] == "RUNNING"
    )
    return min(wanted.zones or ("us-east-1a",), key=lambda zone: held[zone])


def matching(world: Cluster, keys: list[Key], expression: str) -> list[Key]:
    """The instances that an expression of the cluster query language is true of."""
    query = parse_query(expression)
    return [key for key in keys if query.holds(world.read(key), _groups(world, key))]


def _groups(world: Cluster, key: Key) -> set[str]:
    return {world.require(task)["group"] for task in world.into(key, "runs-on")}

"""Which instance a task goes to: an order put to placement, and its answer."""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.ecs import arns, fargate, placement
from labkit.ecs.ordering import Order
from labkit.kinds import Key, ecs


def choose(world: Cluster, wanted: Order, asked: placement.Request | None = None) -> placement.Decision:
    """Where one more task of an order goes, or why nowhere; `asked`: its `question`, where it is known already."""
    fleet = placement.fleet_of(world, wanted.cluster.name)
    return placement.place(fleet, asked or question(world, wanted), world.rng)


def question(world: Cluster, wanted: Order) -> placement.Request:
    """What an order asks of placement."""
    definition = world.read(wanted.definition)
    rules, where = (wanted.constraints, wanted.strategy), (wanted.zones, wanted.capacity_provider)
    return placement.Request.of(definition, wanted.group, *rules, wanted.overrides, *where)


def obstacle(world: Cluster, wanted: Order, key: Key) -> str:
    """Why an instance can't take a task of an order, in the API's word; "" if it can. Constraints aren't asked."""
    if world.require(key)["status"] != "ACTIVE":
        return "INACTIVE"
    return placement.obstacle(placement.fleet_of(world, wanted.cluster.name), question(world, wanted), key.name)


def choose_for(world: Cluster, key: Key) -> placement.Decision:
    """Where a task that waits for an instance goes, or why nowhere yet."""
    task, held = world.read(key), world.require(key)["placement"]
    definition = world.read(Key(ecs.TASK_DEFINITION, "", task.task_definition_arn.rpartition("/")[2]))
    rules, where = (held["constraints"], held["strategy"]), (held["zones"], held["provider"])
    asked = placement.Request.of(definition, task.group, *rules, task.overrides, *where)
    return placement.place(placement.fleet_of(world, key.namespace), asked, world.rng)


def zone(world: Cluster, wanted: Order) -> str | None:
    """Where a task on Fargate goes: see `fargate`; None if its provider has no room."""
    provider = wanted.capacity_provider or "FARGATE"
    return fargate.zone(world, provider, wanted.zones or (f"{arns.REGION}a",), wanted.cluster.name, wanted.group)


def matching(world: Cluster, cluster: Key, expression: str) -> set[str]:
    """The ids of the instances that an expression of the cluster query language is true of."""
    return set(placement.matching(placement.fleet_of(world, cluster.name), expression))

"""Starting tasks of a service: the order that a deployment gives, through placement, so many a minute.

Source: ECS developer guide, "Service quotas" (500 tasks a service and minute); botocore 1.44 ecs Deployment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from labkit.cluster import Cluster
from labkit.ecs import arns, choosing, fargate, runtask, volumes
from labkit.ecs.capacityproviders import FARGATE, split
from labkit.ecs.ordering import Order
from labkit.ecs.requests import Object
from labkit.ecs.scheduler import events
from labkit.ecs.scheduler.turn import Turn
from labkit.errors import AwsError
from labkit.kinds import Key, ecs

RATE = 500
"""Tasks a service may start in a minute."""
RETRY = 60.0
"""Seconds after which what couldn't be placed is tried again, if no instance changes before."""
DELAY = 300.0
"""Seconds of a target group's deregistration delay, unless it says otherwise."""
FULL = "was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded."


def order(world: Cluster, key: Key, service: Object, deployment: Object) -> Order:
    """What a deployment of a service wants started."""
    strategy = deployment.get("capacityProviderStrategy") or ()
    on_fargate = any(one["capacityProvider"] in FARGATE for one in strategy)
    definition = Key(ecs.TASK_DEFINITION, "", arns.short(deployment["taskDefinition"]))
    return Order(
        Key(ecs.CLUSTER, "", key.namespace),
        definition,
        f"service:{key.name}",
        deployment.get("launchType") or ("FARGATE" if on_fargate else "EC2"),
        deployment["id"],
        network=deployment.get("networkConfiguration") or {},
        constraints=tuple(service["placementConstraints"]),
        strategy=tuple(service["placementStrategy"]),
        tags=tuple(_tags(world, key, definition, service)),
        execute_command=service["enableExecuteCommand"],
        platform_version=deployment.get("platformVersion") or "",
        load_balancers=tuple(service["loadBalancers"]),
        volumes=volumes.completed(deployment.get("volumeConfigurations") or service.get("volumeConfigurations")),
        more=_delay(world, service),
    )


def _tags(world: Cluster, key: Key, definition: Key, service: Object) -> Iterator[Object]:
    if service["enableECSManagedTags"]:
        yield {"key": "aws:ecs:serviceName", "value": key.name}
        yield {"key": "aws:ecs:clusterName", "value": key.namespace}
    sources = {"SERVICE": service, "TASK_DEFINITION": world.require(definition)}
    yield from sources.get(service["propagateTags"], {}).get("tags", ())


def _delay(world: Cluster, service: Object) -> Object:
    names = [one["targetGroupArn"] for one in service["loadBalancers"] if one.get("targetGroupArn")]
    groups = [world.get(target_group(name)) or {} for name in names]
    return {"deregistrationSeconds": max(one.get("deregistrationDelay", DELAY) for one in groups)} if groups else {}


def target_group(arn: str) -> Key:
    """The key of a target group, by its ARN."""
    parts = arn.split("/")
    return Key("AWS::ElasticLoadBalancingV2::TargetGroup", "", parts[1] if len(parts) > 2 else arn)


def launch(turn: Turn, deployment: Object, count: int, zone: str = "") -> list[Key]:
    """Start up to so many tasks of a deployment, in one zone if told, and say so, or say why not. Returns the tasks."""
    allowed = _allowed(turn, count)
    wanted = order(turn.world, turn.key, turn.held, deployment)
    if zone:
        rule = {"type": "memberOf", "expression": f"attribute:{ecs.ZONE_ATTRIBUTE} == {zone}"}
        wanted = replace(wanted, constraints=(*wanted.constraints, rule))
    begun: list[Key] = []
    for each, number in _shares(turn, deployment, wanted, allowed):
        begun += _place(turn, each, number)
    if begun:
        turn.say(*events.started(begun, f" in {zone} to AZ Rebalance" if zone else ""))
        turn.has_acted = True
        turn.held["launched"]["count"] += len(begun)
    turn.held["unplaced"] = len(begun) < allowed
    if turn.held["unplaced"]:
        turn.waits.append(RETRY)
    elif allowed:
        turn.relent("placement")
    return begun


def _allowed(turn: Turn, count: int) -> int:
    now, held = turn.world.clock.now, turn.held.get("launched") or {"since": -60.0, "count": 0}
    turn.held["launched"] = held = dict(held) if now < held["since"] + 60 else {"since": now, "count": 0}
    allowed = min(count, RATE - held["count"])
    if allowed < count:
        turn.waits.append(held["since"] + 60 - now)
    return int(allowed)


def _shares(turn: Turn, deployment: Object, wanted: Order, count: int) -> list[tuple[Order, int]]:
    """An order by capacity provider, so that all tasks of the deployment have the strategy's shares."""
    strategy = deployment.get("capacityProviderStrategy") or ()
    if not strategy:
        return [(wanted, count)]
    there = Counter(one.task.capacity_provider_name for one in turn.of(deployment))
    ideal = Counter(split(strategy, there.total() + count))
    lacking = Counter({name: number - there[name] for name, number in ideal.items() if number > there[name]})
    shares = []
    for name, number in lacking.items():
        number = min(number, count)
        count -= number
        shares.append((replace(wanted, capacity_provider=name), number))
    return [(each, number) for each, number in shares if number]


def _place(turn: Turn, wanted: Order, number: int) -> list[Key]:
    try:
        answer = runtask.place(turn.world, wanted, number)
    except AwsError:
        turn.complain("placement", FULL)
        return []
    found = [key for key in (ecs.key_of_arn(one["taskArn"]) for one in answer["tasks"]) if key]
    if len(found) < number:
        turn.complain("placement", _why_not(turn, wanted))
    return found


def _why_not(turn: Turn, wanted: Order) -> str:
    if wanted.is_fargate:
        return f"was unable to place a task. Reason: {fargate.NO_CAPACITY}."
    return choosing.choose(turn.world, wanted).message

"""Managed scaling: ECS has an Auto Scaling group follow CapacityProviderReservation.

As soon as a cluster has the provider, its group gets a scaling policy, two alarms (above the target in 1 of 1 minutes,
below it in 15 of 15) and the tag AmazonECSManaged. Out: to as many machines as bring the metric to its target, unless
one of the group is younger than the warm-up. In: each minute at least one machine and fewer than half.
Source: ECS developer guide, "Amazon ECS managed scaling behavior"; aws/containers-roadmap 638 for the alarms' counts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit.autoscaling.capacity import reservation
from labkit.autoscaling.capacity.supply import NAMESPACE, RESERVATION, Provider, Supply, busy_machines, managed, supply
from labkit.cloud import alarming, cloudwatch, groups, machines
from labkit.cloud.alarms import ALARM
from labkit.cloud.metrics import MINUTE, metrics_of, wait
from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.history import Entry
from labkit.kinds import Key, ecs

Object = dict[str, Any]

POLICY = "AWS::AutoScaling::ScalingPolicy"
OUT_PERIODS, IN_PERIODS = 1, 15
TAG = {"Key": "AmazonECSManaged", "Value": "", "PropagateAtLaunch": True}


def alarm_names(provider: Provider) -> tuple[str, str]:
    """The names of a provider's two alarms, high and low."""
    start = f"TargetTracking-{provider.group.name}-Alarm"
    ids = (arns.uuid_of(f"{provider.name}/{provider.cluster}/{one}") for one in ("high", "low"))
    high, low = ids
    return f"{start}High-{high}", f"{start}Low-{low}"


def policy_key(provider: Provider) -> Key:
    """The group's scaling policy."""
    name = f"ECSManagedAutoScalingPolicy-{arns.uuid_of(f'{provider.name}/{provider.cluster}')}"
    return Key(POLICY, provider.group.name, name)


def adopt(world: Cluster, provider: Provider) -> None:
    """Give a provider's group its policy, alarms and tag, and let it drain its machines if the provider does."""
    group = world.require(provider.group)
    obj = world.require(Key(ecs.CAPACITY_PROVIDER, "", provider.name))
    others = [tag for tag in group.get("Tags") or () if tag["Key"] != TAG["Key"]]
    tag = {**TAG, "ResourceId": provider.group.name, "ResourceType": "auto-scaling-group"}
    drains = obj["autoScalingGroupProvider"]["managedDraining"] == "ENABLED"
    world.put(provider.group, {**group, "Tags": [*others, tag], "drains": drains})
    _join(world, provider)
    world.put(policy_key(provider), _policy(provider))
    rows = (("GreaterThanThreshold", OUT_PERIODS), ("LessThanThreshold", IN_PERIODS))
    for name, (comparison, periods) in zip(alarm_names(provider), rows, strict=True):
        held = world.get(alarming.key_of(name))
        if held is None or held["Threshold"] != provider.bounds.target:
            cloudwatch.put_metric_alarm(world, _alarm(provider, name, comparison, periods))


def _join(world: Cluster, provider: Provider) -> None:
    """Machines of the group that are in the cluster already belong to the provider."""
    ours = {one["InstanceId"] for one in machines.of(world, provider.group.name)}
    for key in world.keys(ecs.CONTAINER_INSTANCE, provider.cluster):
        held = world.require(key)
        if held["ec2InstanceId"] in ours and held["status"] == "ACTIVE":
            world.put(key, {**held, "capacityProviderName": provider.name})


def _alarm(provider: Provider, name: str, comparison: str, periods: int) -> Object:
    dimensions = [{"Name": key, "Value": value} for key, value in provider.metric.dimensions]
    what = f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy_arn(provider)}."
    return {
        "AlarmName": name,
        "AlarmDescription": what,
        "AlarmActions": [policy_arn(provider)],
        "Namespace": NAMESPACE,
        "MetricName": RESERVATION,
        "Dimensions": dimensions,
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": periods,
        "Threshold": provider.bounds.target,
        "ComparisonOperator": comparison,
    }


def policy_arn(provider: Provider) -> str:
    """The ARN of the group's scaling policy."""
    key = policy_key(provider)
    place = f"arn:aws:autoscaling:{arns.REGION}:{arns.ACCOUNT}:scalingPolicy:{arns.uuid_of(key.name)}"
    return f"{place}:autoScalingGroupName/{provider.group.name}:policyName/{key.name}"


def _policy(provider: Provider) -> Object:
    dimensions = [{"Name": key, "Value": value} for key, value in provider.metric.dimensions]
    metric = {"MetricName": RESERVATION, "Namespace": NAMESPACE, "Dimensions": dimensions, "Statistic": "Average"}
    return {
        "AutoScalingGroupName": provider.group.name,
        "PolicyName": policy_key(provider).name,
        "PolicyARN": policy_arn(provider),
        "PolicyType": "TargetTrackingScaling",
        "EstimatedInstanceWarmup": int(provider.warmup),
        "Alarms": [{"AlarmName": name, "AlarmARN": cloudwatch.alarm_arn(name)} for name in alarm_names(provider)],
        "TargetTrackingConfiguration": {
            "CustomizedMetricSpecification": metric,
            "TargetValue": float(provider.bounds.target),
            "DisableScaleIn": False,
        },
        "Enabled": True,
        "provider": provider.name,
    }


def abandon(world: Cluster, kept: set[str]) -> None:
    """Take policy and alarms from groups whose provider ECS scales no more."""
    for key in world.keys(POLICY):
        policy = world.require(key)
        if policy["provider"] not in kept:
            cloudwatch.delete_alarms(world, {"AlarmNames": [one["AlarmName"] for one in policy["Alarms"]]})
            world.remove(key)
            group = Key(groups.GROUP, "", key.namespace)
            if (held := world.get(group)) is not None:
                world.put(group, {**held, "drains": False})


class Plan(NamedTuple):
    """What a minute comes to: the size that is asked for, the state of the alarms, and why nothing is done, if so."""

    supply: Supply
    now: int
    wanted: int
    alarm: str
    held: str


def plan(world: Cluster, provider: Provider) -> Plan:
    """What a provider's alarms ask of its group now."""
    group, found = world.require(provider.group), supply(world, provider)
    high, low = (_state(world, name) == ALARM for name in alarm_names(provider))
    now, wanted = group["DesiredCapacity"], found.desired(provider.bounds)
    if high and wanted > now:
        if young := _young(world, provider):
            return Plan(found, now, now, "high", f"{young} of its machines are younger than the warm-up")
        bounded = min(wanted, group["MaxSize"])
        return Plan(found, now, max(bounded, now), "high", "" if bounded > now else "it is at its maximum size")
    if low and wanted < now:
        least = max(wanted, group["MinSize"])
        shed = min(reservation.shed_now(max(found.running, 1), least), now - least)
        return Plan(found, now, now - max(shed, 0), "low", "" if shed > 0 else "it is at its minimum size")
    return Plan(found, now, now, "high" if high else "low" if low else "", "")


def _state(world: Cluster, name: str) -> str:
    held = world.get(alarming.key_of(name))
    return str(held["StateValue"]) if held else ""


def _young(world: Cluster, provider: Provider) -> int:
    """How many machines of the group were launched less than the warm-up ago."""
    ages = (world.clock.now - world.clock.seconds(one["LaunchTime"]) for one in machines.of(world, provider.group.name))
    return sum(age < provider.warmup for age in ages)


def protect(world: Cluster, provider: Provider) -> None:
    """Protect the machines with tasks from scale-in, and no others."""
    busy = busy_machines(world, provider.cluster)
    for one in machines.of(world, provider.group.name):
        if bool(one.get("protected")) != (one["InstanceId"] in busy):
            key = Key(machines.INSTANCE, "", one["InstanceId"])
            world.put(key, {**one, "protected": one["InstanceId"] in busy})


def publish(world: Cluster) -> None:
    """Write every provider's metric of the minute that is over."""
    for provider in managed(world):
        value = supply(world, provider).value(provider.bounds)
        metrics_of(world).add(provider.metric, world.clock.now - MINUTE, value)


def changed(world: Cluster, entry: Entry) -> list[str]:
    """A capacity provider, or a cluster that may have one: the minutes count."""
    return [alarming.TICK] if world.keys(ecs.CAPACITY_PROVIDER) or entry.key.kind == ecs.CAPACITY_PROVIDER else []


class ManagedScaling:
    """Scales the Auto Scaling groups of capacity providers with managed scaling.

    Does: gives their groups policy, alarms and tag; each minute, after the alarms, sets the groups' size and protects
    machines with tasks. Reads: capacity providers, clusters, groups, machines, tasks, alarms. Writes: groups, machines,
    alarms, scaling policies. Runs again: each minute while there is such a provider. Source: see the module.
    Left out: Spot interruptions, the 15 minutes' wait after a scale-out beyond the alarm's own.
    """

    name = "ecs-managed-scaling"
    kind = ecs.CAPACITY_PROVIDER

    def __init__(self) -> None:
        self.watches = {ecs.CAPACITY_PROVIDER: changed, ecs.CLUSTER: changed}

    def reconcile(self, world: Cluster, key: str) -> float | None:
        """Look after the groups; at a full minute also let them grow and shrink."""
        providers = managed(world)
        for provider in providers:
            adopt(world, provider)
        abandon(world, {one.name for one in providers})
        if early := wait(world, self.name):
            return early if providers else None
        for provider in providers:
            _act(world, provider)
        return MINUTE if providers else None


def _act(world: Cluster, provider: Provider) -> None:
    if provider.protects:
        protect(world, provider)
    made = plan(world, provider)
    if made.wanted != made.now:
        world.put(provider.group, {**world.require(provider.group), "DesiredCapacity": made.wanted})

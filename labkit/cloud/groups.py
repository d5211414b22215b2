"""Auto Scaling groups: as many equal machines as desired, within bounds, spread over zones.

In the shape of DescribeAutoScalingGroups; fields in lower case are labkit's own: the machines' type, how long they
take, what they join.
Source: EC2 Auto Scaling user guide (termination policies, zone balance); botocore 1.44 autoscaling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from labkit.cloud import draining, machines
from labkit.cluster import Cluster
from labkit.errors import LabError
from labkit.instancetypes import instance_type
from labkit.kinds import Key, ecs

Object = dict[str, Any]

GROUP = ecs.AUTO_SCALING_GROUP
REGION = "us-east-1"


def zones_of(letters: Iterable[str]) -> list[str]:
    """Zones by their letters, or as they are named: "ab" is us-east-1a and us-east-1b."""
    return [f"{REGION}{one}" if len(one) == 1 else one for one in letters]


def create(
    world: Cluster,
    name: str,
    kind: str,
    least: int,
    most: int,
    desired: int,
    zones: Iterable[str],
    seconds: float,
    joins: Object,
    spot: bool = False,
) -> Key:
    """Make a group; its machines are launched in the moment that follows. LabError for bounds that make no sense."""
    instance_type(kind)
    key = Key(GROUP, "", name)
    if world.get(key) is not None:
        raise LabError(f"AutoScalingGroup by this name already exists - A group with the name {name} already exists")
    _check(name, least, most, desired)
    placed = zones_of(zones)
    if not placed:
        raise LabError("At least one Availability Zone or VPC Subnet is required.")
    obj = {
        "AutoScalingGroupName": name,
        "MinSize": least,
        "MaxSize": most,
        "DesiredCapacity": desired,
        "AvailabilityZones": placed,
        "CreatedTime": world.clock.stamp(),
        "instanceType": kind,
        "launchSeconds": seconds,
        "joins": joins,
        "spot": spot,
        "count": 0,
    }
    world.put(key, obj)
    return key


def _check(name: str, least: int, most: int, desired: int) -> None:
    if not 0 <= least <= most:
        raise LabError(f"Min bound, {least}, must be less than or equal to max bound, {most}")
    if not least <= desired <= most:
        raise LabError(
            f"Desired capacity:{desired} must be between the specified min size:{least} and max size:{most}",
            f"Change the bounds of {name}, or ask for another number.",
        )


def resize(world: Cluster, key: Key, desired: int) -> None:
    """Ask for another number of machines. LabError if it is out of bounds."""
    group = world.require(key)
    if desired < group["MinSize"]:
        raise LabError(f"New SetDesiredCapacity value {desired} is below min value {group['MinSize']} for the group.")
    if desired > group["MaxSize"]:
        raise LabError(f"New SetDesiredCapacity value {desired} is above max value {group['MaxSize']} for the group.")
    world.put(key, {**group, "DesiredCapacity": desired})


def shed(world: Cluster, key: Key, instance: str) -> None:
    """Terminate that machine and want one less."""
    resize(world, key, world.require(key)["DesiredCapacity"] - 1)
    release(world, key, instance)


def release(world: Cluster, key: Key, instance: str) -> None:
    """Terminate a machine of a group; where ECS drains the group's machines, once its tasks are gone."""
    machine = Key(machines.INSTANCE, "", instance)
    if not (world.require(key).get("drains") and draining.begin(world, machine)):
        machines.terminate(world, machine)


def grow(world: Cluster, key: Key) -> None:
    """Launch one machine, in the zone that has the fewest."""
    group = world.require(key)
    held = Counter(map(machines.zone_of, machines.of(world, key.name)))
    zone = min(group["AvailabilityZones"], key=lambda one: held[one])
    number = group["count"] + 1
    joins = _named(group["joins"], f"{key.name}-{number}")
    world.put(key, {**group, "count": number})
    rest = group["launchSeconds"], joins, key.name, group["spot"]
    made = machines.launch(world, group["instanceType"], zone, *rest)
    if group.get("NewInstancesProtectedFromScaleIn"):
        world.put(made, {**world.require(made), "protected": True})


def shrink(world: Cluster, key: Key) -> None:
    """Terminate one machine: the oldest in the zone that has most; those protected from scale-in stay."""
    free = [one for one in machines.of(world, key.name) if not one.get("protected")]
    held = Counter(map(machines.zone_of, free))
    if free:
        oldest = min(free, key=lambda one: (-held[machines.zone_of(one)], one["LaunchTime"]))
        release(world, key, oldest["InstanceId"])


def _named(joins: Object, name: str) -> Object:
    return {**joins, "node": name} if "cluster" not in joins else joins

"""EC2 Spot instances that are taken back: a notice, and two minutes later the machine is terminated.

The tasks there end with the machine, unless its agent was told `ECS_ENABLE_SPOT_INSTANCE_DRAINING=true` in the user
data, or its group's capacity provider drains instances: then the container instance is DRAINING from the notice on, and
services start other tasks in time. Nobody publishes when EC2 takes what back: `lab.interrupt` says so.
Source: EC2 user guide, "Spot Instance interruption notices"; ECS developer guide, "Amazon ECS Spot instance draining"
and "Safely stop Amazon ECS workloads" (managed draining; Spot notices too).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.cloud import machines
from labkit.cluster import Cluster
from labkit.ecs import capacityproviders, outages
from labkit.kinds import Key, ecs

WARNING = 120.0
"""Seconds from the notice to the end."""
SETTING = "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true"


def interrupt(world: Cluster, place: str) -> list[Key]:
    """Give notice to the Spot machines that a place means: an id, a group, a zone, `EC2_SPOT` for all; returns them."""
    chosen = [key for key in world.keys(machines.INSTANCE) if _is_meant(world, world.require(key), place)]
    for key in chosen:
        _notice(world, key)
    return chosen


def _is_meant(world: Cluster, machine: Mapping[str, Any], place: str) -> bool:
    spot = machine.get("InstanceLifecycle") == "spot" and "reclaimAt" not in machine
    if not spot or machines.state_of(dict(machine)) != machines.RUNNING:
        return False
    instance, zone = outages.of_machine(world, machine["InstanceId"]), machines.zone_of(dict(machine))
    names = ("EC2_SPOT", machine["InstanceId"], machine["owner"], zone, zone[-1:], instance.name if instance else "")
    return bool(place) and place.rpartition("/")[2] in names


def _notice(world: Cluster, key: Key) -> None:
    obj = world.require(key)
    world.put(key, {**obj, "reclaimAt": world.clock.now + WARNING})
    instance = outages.of_machine(world, key.name)
    if instance is not None and (obj["joins"].get("spotDraining") or _is_managed(world, obj["owner"])):
        world.put(instance, {**world.require(instance), "status": "DRAINING"})


def _is_managed(world: Cluster, group: str) -> bool:
    name = capacityproviders.of_group(world, group) if group else ""
    held = world.get(Key(ecs.CAPACITY_PROVIDER, "", name)) if name else None
    return held is not None and bool(held["autoScalingGroupProvider"].get("managedDraining") == "ENABLED")


def go_on(world: Cluster, key: Key) -> float | None:
    """Terminate a machine whose two minutes are over; seconds until they are."""
    left = float(world.require(key)["reclaimAt"] - world.clock.now)
    if left > 0:
        return left
    machines.terminate(world, key)
    return None

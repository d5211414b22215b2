"""Container instances that fall silent and speak again.

The ECS control plane isn't told: its agent's connection breaks, and a while later it says `agentConnected: false`. The
instance stays ACTIVE. Source: ECS developer guide, "Container instances" (a stopped instance; "within minutes").
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.history import Entry
from labkit.kinds import Key, ecs

NOTICED = 60.0
"""Seconds until ECS gives up an agent that is silent: labkit's own figure for "within minutes"."""


class Silent(NamedTuple):
    """An instance whose silence is noticed when this falls due, if it is the same silence still."""

    instance: Key
    since: str


class Back(NamedTuple):
    """An instance whose agent connects again; with `machine_off` its machine was off."""

    instance: Key
    machine_off: bool


def places(world: Cluster, place: str) -> list[Key]:
    """The instance of that id, ARN or EC2 id, or those of that zone (`a` is `us-east-1a`); "" is all of them."""
    keys = [key for key in world.keys(ecs.CONTAINER_INSTANCE) if world.require(key)["status"] != "INACTIVE"]
    return [key for key in keys if not place or place in _names(world, key)]


def _names(world: Cluster, key: Key) -> tuple[str, ...]:
    held = world.read(key)
    return (key.name, held.container_instance_arn, held.ec2_instance_id, held.zone, held.zone[-1:])


def stop(world: Cluster, key: Key, machine_off: bool) -> None:
    """Let an instance fall silent; with `machine_off` all that runs there ends."""
    held = world.require(key)
    if "silence" not in held:
        world.put(key, {**held, "silence": {"since": world.clock.stamp(), "machineOff": machine_off}})


def start(world: Cluster, key: Key) -> None:
    """Bring a silent instance back."""
    held = world.require(key)
    world.put(key, {name: value for name, value in held.items() if name != "silence"})


def of_machine(world: Cluster, ec2_instance: str) -> Key | None:
    """The container instance on a machine, None if there is none that is registered."""
    found = (key for key in places(world, "") if world.require(key)["ec2InstanceId"] == ec2_instance)
    return next(found, None)


def terminate(world: Cluster, ec2_instance: str) -> None:
    """End a machine for good: its container instance is INACTIVE at once, and its tasks end."""
    key = of_machine(world, ec2_instance)
    if key is not None:
        now = world.clock.stamp()
        gone = {"status": "INACTIVE", "agentConnected": False, "deregisteredAt": now, "terminated": True}
        world.put(key, {**world.require(key), **gone})


def silence(world: Cluster, key: Key) -> dict[str, Any] | None:
    """Since when an instance is silent and whether its machine is off; None if it isn't, or isn't there."""
    held = world.get(key)
    return held.get("silence") if held else None


def turned(world: Cluster, entry: Entry) -> list[Silent | Back]:
    """An instance that has just fallen silent, or is back."""
    if entry.new is None or entry.old is None:
        return []
    before, after = entry.old.get("silence"), entry.new.get("silence")
    if before is None and after is not None:
        return [Silent(entry.key, after["since"])]
    return [Back(entry.key, before["machineOff"])] if before is not None and after is None else []

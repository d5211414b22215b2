"""Managed instance draining: a machine that its group gives up waits until its tasks are gone, 48 hours at most.

ECS does it by a lifecycle hook of the group (`ecs-managed-draining-termination-hook`): the machine is Terminating:Wait,
its container instance DRAINING. Source: ECS developer guide, "Safely stop Amazon ECS workloads running on EC2
instances". Left out: the hook as an object of its own, Spot notices.
"""

from __future__ import annotations

from labkit.cloud import machines
from labkit.cluster import Cluster
from labkit.ecs import outages
from labkit.history import Entry
from labkit.kinds import Key

LONGEST = 48 * 3600.0
"""Seconds that a machine waits for its tasks."""


def begin(world: Cluster, key: Key) -> bool:
    """Let a machine wait for the end of its tasks; False if it is nobody's container instance and may go at once."""
    obj = world.require(key)
    instance = outages.of_machine(world, key.name)
    if "drainUntil" in obj or machines.state_of(obj) != machines.RUNNING:
        return "drainUntil" in obj
    if instance is None:
        return False
    world.put(key, {**obj, "drainUntil": world.clock.now + LONGEST})
    world.put(instance, {**world.require(instance), "status": "DRAINING"})
    return True


def go_on(world: Cluster, key: Key) -> float | None:
    """Terminate a machine that waited, if its tasks are gone or the time is up; seconds until it is."""
    left = float(world.require(key)["drainUntil"] - world.clock.now)
    instance = outages.of_machine(world, key.name)
    if left > 0 and instance is not None and world.into(instance, "runs-on"):
        return left
    machines.terminate(world, key)
    return None


def machine_of(world: Cluster, entry: Entry) -> list[Key]:
    """The machine of a container instance that drains, if its group waits for that."""
    if entry.new is None or entry.new["status"] != "DRAINING":
        return []
    key = Key(machines.INSTANCE, "", entry.new["ec2InstanceId"])
    held = world.get(key)
    return [key] if held is not None and "drainUntil" in held else []

"""EC2 instances: asked for, running, shutting down, terminated; in the shape of DescribeInstances.

Fields in lower case are labkit's own: to whom the machine belongs, what it joins, and when it does.
Source: EC2 user guide, "Instance lifecycle"; botocore 1.44 ec2.
"""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.errors import LabError
from labkit.instancetypes import instance_type
from labkit.kinds import ec2
from labkit.kinds.registry import Key

Object = dict[str, Any]

INSTANCE = ec2.INSTANCE
PENDING, RUNNING, SHUTTING_DOWN, TERMINATED = "pending", "running", "shutting-down", "terminated"
CODES = {PENDING: 0, RUNNING: 16, SHUTTING_DOWN: 32, TERMINATED: 48}
ENDING = (SHUTTING_DOWN, TERMINATED)
SHUTDOWN = 30.0
"""Seconds from the request to terminate until the machine is gone; labkit's own figure."""
REMEMBERED = 3600.0
"""Seconds for which a terminated instance can be described."""


def launch(
    world: Cluster, kind: str, zone: str, seconds: float, joins: Object, owner: str = "", spot: bool = False
) -> Key:
    """Ask for a machine that runs and joins in so many seconds. LabError for a type that isn't known.

    `joins` says what it becomes: {"node": name, "labels": …, "taints": …} or {"cluster": an ECS cluster, …}.
    """
    instance_type(kind)
    key = Key(INSTANCE, "", f"i-{world.rng.getrandbits(68):017x}")
    obj: Object = {
        "InstanceId": key.name,
        "InstanceType": kind,
        "LaunchTime": world.clock.stamp(),
        "Placement": {"AvailabilityZone": zone},
        "State": state(PENDING),
        "owner": owner,
        "joins": joins,
        "due": world.clock.now + seconds,
    }
    world.put(key, obj | ({"InstanceLifecycle": "spot"} if spot else {}))
    return key


def terminate(world: Cluster, key: Key) -> None:
    """Ask for the end of a machine; one that ends already is left alone. LabError if there is none of that name."""
    obj = world.get(key)
    if obj is None:
        raise LabError(f"The instance ID '{key.name}' does not exist")
    if state_of(obj) not in ENDING:
        became(world, key, SHUTTING_DOWN, SHUTDOWN)


def became(world: Cluster, key: Key, name: str, then: float | None = None) -> Object:
    """The machine is in that state now; in `then` seconds something follows."""
    change: Object = {"State": state(name), "due": None if then is None else world.clock.now + then}
    if name == SHUTTING_DOWN:
        change["StateTransitionReason"] = f"User initiated ({world.clock.stamp()})"
        change["endedAt"] = world.clock.stamp()
    return world.put(key, {**world.require(key), **change})


def state(name: str) -> Object:
    """A state as the API shows it."""
    return {"Code": CODES[name], "Name": name}


def state_of(obj: Object) -> str:
    """The name of a machine's state."""
    return str(obj["State"]["Name"])


def of(world: Cluster, owner: str) -> list[Object]:
    """The machines of an owner that aren't ending, nor wait for their tasks to end, oldest first."""
    return [one for one in world.list(INSTANCE) if one["owner"] == owner and not is_leaving(one)]


def is_leaving(obj: Object) -> bool:
    """Whether a machine ends, or waits for its tasks to end before that."""
    return state_of(obj) in ENDING or "drainUntil" in obj


def zone_of(obj: Object) -> str:
    """Where a machine is."""
    return str(obj["Placement"]["AvailabilityZone"])

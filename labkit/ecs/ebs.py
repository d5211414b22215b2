"""EBS volumes that ECS makes for tasks: created while a task is PROVISIONING, in use as long as it is there, deleted.

A volume is an object of the graph that its task mounts. A service's volumes always go with their tasks; those of
RunTask stay if `terminationPolicy` says so, `available`, and cost on (the lab doesn't charge for volumes).
Source: ECS developer guide, "Use Amazon EBS volumes with Amazon ECS"; botocore 1.44 ec2 Volume. The words for an
infrastructure role that may not create volumes are labkit's own, around EC2's.
"""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.ecs import arns, iam
from labkit.ecs.requests import Object, Request
from labkit.ecs.visit import Visit
from labkit.errors import AwsError
from labkit.kinds import Key, ec2

TYPE = "AmazonElasticBlockStorage"
_SNAPSHOT_GIB = 8
"""GiB of a volume from a snapshot whose size nobody told: labkit's own figure."""


def attachment(task: str, volume: Object) -> Object:
    """A task's attachment for a volume that is still to be made."""
    given = volume["managedEBSVolume"]
    policy = given.get("terminationPolicy") or {"deleteOnTermination": True}
    details = {
        "roleArn": given["roleArn"],
        "volumeName": volume["name"],
        "deleteOnTermination": str(policy["deleteOnTermination"]).lower(),
        "volumeId": f"vol-0{arns.short(task)[:16]}",
    }
    return {
        "id": arns.uuid_of(f"ebs/{task}"),
        "type": TYPE,
        "status": "PRECREATED",
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }


def create(visit: Visit) -> str:
    """Make a task's volume; why it can't be made, "" if it could."""
    held = visit.world.require(visit.key)
    given = held["volumeConfigurations"][0]["managedEBSVolume"]
    for action in ("ec2:CreateVolume", "ec2:AttachVolume"):
        if not iam.may(visit.world, given["roleArn"], action):
            user = f"arn:aws:sts::{arns.ACCOUNT}:assumed-role/{iam.name_of(given['roleArn'])}/ECSTaskVolumesForEBS"
            denied = f"User: {user} is not authorized to perform: {action}"
            return f"ECS was unable to attach an EBS volume to the task: UnauthorizedOperation: {denied}"
    key = _key(held)
    volume = {
        "VolumeId": key.name,
        "Size": given.get("sizeInGiB", _SNAPSHOT_GIB),
        "VolumeType": given["volumeType"],
        "State": "creating",
        "AvailabilityZone": held["availabilityZone"],
        "CreateTime": visit.world.clock.stamp(),
        "Encrypted": bool(given.get("encrypted")),
        "SnapshotId": given.get("snapshotId", ""),
        "Iops": given.get("iops", 3000 if given["volumeType"] == "gp3" else None),
        "Attachments": [],
        "Tags": [{"Key": "AmazonECSManaged", "Value": "true"}],
    }
    visit.world.put(key, volume)
    _mark(visit, "ATTACHING")
    return ""


def attach(visit: Visit) -> None:
    """The volume is in use."""
    held = visit.world.require(visit.key)
    key, now = _key(held), visit.world.clock.stamp()
    where = {"VolumeId": key.name, "State": "attached", "AttachTime": now, "DeleteOnTermination": _goes(held)}
    visit.world.put(key, {**visit.world.require(key), "State": "in-use", "Attachments": [where]})
    _mark(visit, "ATTACHED")


def release(visit: Visit) -> None:
    """The task is over: its volume is deleted, or left."""
    held = visit.world.require(visit.key)
    if not has_volume(held) or visit.world.get(_key(held)) is None:
        return
    key = _key(held)
    if _goes(held):
        visit.world.remove(key)
    else:
        visit.world.put(key, {**visit.world.require(key), "State": "available", "Attachments": []})


def has_volume(task: Object) -> bool:
    """Whether a task has a volume of its own."""
    return bool(task.get("volumeConfigurations"))


def _goes(task: Object) -> bool:
    return _details(task)["deleteOnTermination"] == "true"


def _key(task: Object) -> Key:
    return Key(ec2.VOLUME, "", _details(task)["volumeId"])


def _details(task: Object) -> dict[str, str]:
    found = next(one for one in task["attachments"] if one["type"] == TYPE)
    return {one["name"]: one["value"] for one in found["details"]}


def _mark(visit: Visit, status: str) -> None:
    held: list[Object] = visit.world.require(visit.key)["attachments"]
    visit.change(attachments=[{**one, "status": status} if one["type"] == TYPE else one for one in held])


def describe_volumes(world: Cluster, request: Request) -> Object:
    """EC2's call: volumes by id, or all."""
    names = request.get("VolumeIds") or [key.name for key in world.keys(ec2.VOLUME)]
    for name in names:
        if world.get(Key(ec2.VOLUME, "", name)) is None:
            raise AwsError("InvalidVolume.NotFound", f"The volume '{name}' does not exist.")
    return {"Volumes": [world.require(Key(ec2.VOLUME, "", name)) for name in names]}

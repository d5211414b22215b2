"""EC2's calls, as far as a cluster of ECS needs machines: run, describe, terminate them, read their console.

A machine's agent joins the cluster that its user data names, `ECS_CLUSTER=shop`; with an instance profile and no such
line `default`. The profile's role must let it register: without, the machine runs, and the agent's last words are what
GetConsoleOutput shows (a real one writes them to /var/log/ecs/ecs-agent.log). Machines that a lab began with have
ecsInstanceRole; they are described and terminated too. Left out: images, key pairs.
Source: botocore 1.44 ec2; ECS developer guide, "Bootstrapping Amazon ECS Linux container instances".
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from labkit.cloud import interruption, launchtemplates, machines, subnets
from labkit.cluster import Cluster
from labkit.ecs import arns, capabilities, ebs, iam, outages
from labkit.errors import AwsError, LabError
from labkit.instancetypes import instance_type
from labkit.kinds import Key, ecs

Object = dict[str, Any]
Request = Mapping[str, Any]

BOOT_SECONDS = 40.0
"""From the call to the agent's registration: labkit's own figure."""
_CLUSTER = re.compile(r"ECS_CLUSTER=[\"']?([a-zA-Z0-9_-]+)")


def run_instances(world: Cluster, request: Request) -> Object:
    """Launch as many machines as MaxCount says."""
    kind, count = request.get("InstanceType") or "m5.large", request["MaxCount"]
    try:
        instance_type(kind)
    except LabError as unknown:
        raise AwsError("InvalidParameterValue", unknown.message, unknown.hint) from None
    if not 1 <= request["MinCount"] <= count:
        raise AwsError("InvalidParameterValue", "MinCount must be at least 1 and at most MaxCount.")
    market = (request.get("InstanceMarketOptions") or {}).get("MarketType")
    zone, becomes = _zone(request), joins(world, request)
    keys = [machines.launch(world, kind, zone, BOOT_SECONDS, becomes, spot=market == "spot") for _ in range(count)]
    return {**_reservation(keys[0].name), "Instances": [_shown(world.require(key)) for key in keys]}


def _zone(request: Request) -> str:
    subnet = capabilities.zone_of(request.get("SubnetId") or "", arns.REGION)
    return subnet or (request.get("Placement") or {}).get("AvailabilityZone") or f"{arns.REGION}a"


def joins(world: Cluster, request: Request) -> Object:
    """What a machine becomes by its user data (text, or its base64 form) and instance profile."""
    named = _CLUSTER.search(_plain(request.get("UserData") or ""))
    profile = request.get("IamInstanceProfile") or {}
    role = profile.get("Name") or iam.name_of(profile.get("Arn") or "")
    if role and iam.find(world, role) is None:
        told = f"Value ({role}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"
        raise AwsError("InvalidParameterValue", told)
    if named is None and not role:
        return {}
    drains = {"spotDraining": True} if interruption.SETTING in _plain(request.get("UserData") or "") else {}
    return {"cluster": named[1] if named else "default", "role": role, **drains}


def _plain(data: str) -> str:
    try:
        return base64.b64decode(data, validate=True).decode()
    except ValueError:
        return data


def _reservation(name: str) -> Object:
    return {"ReservationId": f"r-{name[2:19]}", "OwnerId": arns.ACCOUNT, "Groups": []}


def _shown(obj: Object) -> Object:
    zone = machines.zone_of(obj)
    where = {"SubnetId": capabilities.subnet_of(zone), "VpcId": capabilities.VPC_ID}
    return {**obj, **where, "ImageId": capabilities.IMAGE_ID}


def describe_instances(world: Cluster, request: Request) -> Object:
    """Machines by id, or all; those that a lab began with run since their registration."""
    held = {one["InstanceId"]: one for one in _all(world)}
    names = request.get("InstanceIds") or list(held)
    for name in names:
        if name not in held:
            raise _missing(name)
    chosen = [name for name in names if _passes(held[name], request.get("Filters") or ())]
    return {"Reservations": [{**_reservation(name), "Instances": [_shown(held[name])]} for name in chosen]}


def _all(world: Cluster) -> Iterator[Object]:
    yield from world.list(machines.INSTANCE)
    known = {key.name for key in world.keys(machines.INSTANCE)}
    for one in world.list(ecs.CONTAINER_INSTANCE):
        if one["ec2InstanceId"] not in known:
            yield _of_container_instance(one)


def _of_container_instance(one: Object) -> Object:
    values = {each["name"]: each.get("value", "") for each in one["attributes"]}
    gone = one["status"] == "INACTIVE"
    return {
        "InstanceId": one["ec2InstanceId"],
        "InstanceType": one["instanceType"],
        "LaunchTime": one["registeredAt"],
        "Placement": {"AvailabilityZone": values.get(ecs.ZONE_ATTRIBUTE, "")},
        "State": machines.state(machines.TERMINATED if gone else machines.RUNNING),
    }


def _passes(obj: Object, filters: Any) -> bool:
    values = {
        "instance-state-name": machines.state_of(obj),
        "instance-type": obj["InstanceType"],
        "availability-zone": machines.zone_of(obj),
        "instance-id": obj["InstanceId"],
    }
    return all(values.get(one.get("Name", "")) in (one.get("Values") or ()) for one in filters)


def terminate_instances(world: Cluster, request: Request) -> Object:
    """End machines: what runs there ends, and their container instances are INACTIVE."""
    changes = []
    for name in request["InstanceIds"]:
        held = next((one for one in _all(world) if one["InstanceId"] == name), None)
        if held is None:
            raise _missing(name)
        key = Key(machines.INSTANCE, "", name)
        if world.get(key) is not None:
            machines.terminate(world, key)
        else:
            outages.terminate(world, name)
        now = machines.state(machines.SHUTTING_DOWN)
        changes.append({"InstanceId": name, "PreviousState": held["State"], "CurrentState": now})
    return {"TerminatingInstances": changes}


def get_console_output(world: Cluster, request: Request) -> Object:
    """What a machine has said: of its ECS agent, whether it could register."""
    held = next((one for one in _all(world) if one["InstanceId"] == request["InstanceId"]), None)
    if held is None:
        raise _missing(request["InstanceId"])
    text = base64.b64encode(held.get("console", "").encode()).decode()
    return {"InstanceId": held["InstanceId"], "Timestamp": world.clock.stamp(), "Output": text}


def _missing(name: str) -> AwsError:
    return AwsError("InvalidInstanceID.NotFound", f"The instance ID '{name}' does not exist")


OPERATIONS = {
    "RunInstances": run_instances,
    "DescribeInstances": describe_instances,
    "TerminateInstances": terminate_instances,
    "CreateLaunchTemplate": launchtemplates.create_launch_template,
    "GetConsoleOutput": get_console_output,
    "DescribeVolumes": ebs.describe_volumes,
    "DescribeSubnets": subnets.describe_subnets,
}

"""EC2 Auto Scaling's operations: groups made, changed, described and deleted, and single machines terminated.

A group's machines are of the type that its launch template or launch configuration names, and join what the user data
there says. Source: botocore 1.44 autoscaling; EC2 Auto Scaling user guide. Left out: instance refresh, warm pools,
weights, policies of one's own (those of managed scaling are described), several instance types (the first counts).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.cloud import ec2, groups, launchtemplates, machines
from labkit.cluster import Cluster
from labkit.ecs import arns, capabilities
from labkit.errors import AwsError, LabError
from labkit.kinds import Key

Object = dict[str, Any]
Request = Mapping[str, Any]

POLICY = "AWS::AutoScaling::ScalingPolicy"
_STATES = {
    machines.PENDING: "Pending",
    machines.RUNNING: "InService",
    machines.SHUTTING_DOWN: "Terminating",
    machines.TERMINATED: "Terminated",
}
_GIVEN = ("LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy", "VPCZoneIdentifier")


def group_arn(name: str) -> str:
    """A group's ARN."""
    place = f"arn:aws:autoscaling:{arns.REGION}:{arns.ACCOUNT}:autoScalingGroup"
    return f"{place}:{arns.uuid_of(f'asg/{name}')}:autoScalingGroupName/{name}"


def refused(message: str) -> AwsError:
    """ValidationError."""
    return AwsError("ValidationError", message)


def create_auto_scaling_group(world: Cluster, request: Request) -> Object:
    """Make a group of what its launch template or configuration says."""
    name, data = request["AutoScalingGroupName"], launchtemplates.data_of(world, request)
    least, desired = request["MinSize"], request.get("DesiredCapacity")
    joins, spot = ec2.joins(world, data), bool(data.get("spot"))
    wanted = least if desired is None else desired
    places = _zones(request)
    try:
        kind = data.get("InstanceType") or "m5.large"
        key = groups.create(world, name, kind, least, request["MaxSize"], wanted, places, ec2.BOOT_SECONDS, joins, spot)
    except LabError as error:
        code = "AlreadyExists" if "already exists" in error.message else "ValidationError"
        raise AwsError(code, error.message, error.hint) from None
    more = {field: request[field] for field in _GIVEN if request.get(field)}
    tags = [{**one, "ResourceId": name, "ResourceType": "auto-scaling-group"} for one in request.get("Tags") or ()]
    protects = bool(request.get("NewInstancesProtectedFromScaleIn"))
    told = {**more, "Tags": tags, "NewInstancesProtectedFromScaleIn": protects}
    world.put(key, {**world.require(key), **told})
    return {}


def _zones(request: Request) -> list[str]:
    if request.get("AvailabilityZones"):
        return list(request["AvailabilityZones"])
    subnets = (request.get("VPCZoneIdentifier") or "").split(",")
    found = [capabilities.zone_of(one.strip(), arns.REGION) for one in subnets if one.strip()]
    return [zone or f"{arns.REGION}a" for zone in found]


def update_auto_scaling_group(world: Cluster, request: Request) -> Object:
    """Change a group's bounds, size or protection; a size out of new bounds moves to them."""
    key = _key(world, request["AutoScalingGroupName"])
    held = world.require(key)
    new = {**held, **{name: request[name] for name in ("MinSize", "MaxSize") if request.get(name) is not None}}
    if new["MinSize"] > new["MaxSize"]:
        raise refused(f"Min bound, {new['MinSize']}, must be less than or equal to max bound, {new['MaxSize']}")
    if request.get("DesiredCapacity") is None:
        new["DesiredCapacity"] = min(max(held["DesiredCapacity"], new["MinSize"]), new["MaxSize"])
    else:
        new["DesiredCapacity"] = _checked(new, request["DesiredCapacity"])
    if request.get("NewInstancesProtectedFromScaleIn") is not None:
        new["NewInstancesProtectedFromScaleIn"] = request["NewInstancesProtectedFromScaleIn"]
    if request.get("AvailabilityZones"):
        new["AvailabilityZones"] = list(request["AvailabilityZones"])
    world.put(key, new)
    return {}


def _checked(group: Object, desired: int) -> int:
    if not group["MinSize"] <= desired <= group["MaxSize"]:
        bounds = f"min size:{group['MinSize']} and max size:{group['MaxSize']}"
        raise refused(f"Desired capacity:{desired} must be between the specified {bounds}")
    return desired


def set_desired_capacity(world: Cluster, request: Request) -> Object:
    """Ask for another number of machines."""
    try:
        groups.resize(world, _key(world, request["AutoScalingGroupName"]), request["DesiredCapacity"])
    except LabError as error:
        raise refused(error.message) from None
    return {}


def describe_auto_scaling_groups(world: Cluster, request: Request) -> Object:
    """Groups with their machines, by name or all."""
    names = request.get("AutoScalingGroupNames")
    keys = [key for key in world.keys(groups.GROUP) if not names or key.name in names]
    return {"AutoScalingGroups": [_shown(world, key) for key in keys]}


def _shown(world: Cluster, key: Key) -> Object:
    group = world.require(key)
    usual = {"DefaultCooldown": 300, "HealthCheckType": "EC2", "HealthCheckGracePeriod": 300, "LoadBalancerNames": []}
    more = {
        "AutoScalingGroupARN": group_arn(key.name),
        "Instances": [_member(one) for one in _members(world, key)],
        "NewInstancesProtectedFromScaleIn": bool(group.get("NewInstancesProtectedFromScaleIn")),
        "TerminationPolicies": ["Default"],
        "Tags": group.get("Tags") or [],
    }
    return {**usual, **group, **more}


def _members(world: Cluster, key: Key) -> list[Object]:
    own = [one for one in world.list(machines.INSTANCE) if one["owner"] == key.name]
    return [one for one in own if machines.state_of(one) != machines.TERMINATED]


def _member(one: Object) -> Object:
    waits = "drainUntil" in one and machines.state_of(one) == machines.RUNNING
    return {
        "InstanceId": one["InstanceId"],
        "InstanceType": one["InstanceType"],
        "AvailabilityZone": machines.zone_of(one),
        "LifecycleState": "Terminating:Wait" if waits else _STATES[machines.state_of(one)],
        "HealthStatus": "Healthy",
        "ProtectedFromScaleIn": bool(one.get("protected")),
    }


def describe_auto_scaling_instances(world: Cluster, request: Request) -> Object:
    """The machines of all groups, or those named."""
    names = request.get("InstanceIds")
    found = [
        {**_member(one), "AutoScalingGroupName": key.name}
        for key in world.keys(groups.GROUP)
        for one in _members(world, key)
        if not names or one["InstanceId"] in names
    ]
    return {"AutoScalingInstances": found}


def delete_auto_scaling_group(world: Cluster, request: Request) -> Object:
    """Delete a group without machines; with ForceDelete its machines are terminated."""
    key = _key(world, request["AutoScalingGroupName"])
    running = _members(world, key)
    if running and not request.get("ForceDelete"):
        told = "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s)"
        raise AwsError("ResourceInUse", f"{told} still in the group.")
    for one in running:
        machines.terminate(world, Key(machines.INSTANCE, "", one["InstanceId"]))
    world.remove(key)
    return {}


def terminate_instance_in_auto_scaling_group(world: Cluster, request: Request) -> Object:
    """Terminate one machine, and want one less or have it replaced."""
    name = request.get("InstanceId") or ""
    held = world.get(Key(machines.INSTANCE, "", name))
    if held is None or not held["owner"] or machines.is_leaving(held):
        raise refused(f"Instance Id not found - No managed instance found for instance ID: {name}")
    key = _key(world, held["owner"])
    if request["ShouldDecrementDesiredCapacity"]:
        set_desired_capacity(world, {**_named(key), "DesiredCapacity": world.require(key)["DesiredCapacity"] - 1})
    groups.release(world, key, name)
    return {"Activity": {**_ending(world, world.require(Key(machines.INSTANCE, "", name))), **_named(key)}}


def _named(key: Key) -> Object:
    return {"AutoScalingGroupName": key.name}


def set_instance_protection(world: Cluster, request: Request) -> Object:
    """Protect machines from scale-in, or no longer."""
    for name in request["InstanceIds"]:
        key = Key(machines.INSTANCE, "", name)
        if (held := world.get(key)) is None or held["owner"] != request["AutoScalingGroupName"]:
            told = f"The instance {name} is not part of Auto Scaling group {request['AutoScalingGroupName']}."
            raise refused(told)
        world.put(key, {**held, "protected": request["ProtectedFromScaleIn"]})
    return {}


def describe_scaling_activities(world: Cluster, request: Request) -> Object:
    """What became of a group's machines, newest first; terminated ones are remembered for an hour."""
    wanted = request.get("AutoScalingGroupName")
    found: list[Object] = []
    for one in world.list(machines.INSTANCE):
        if one["owner"] and wanted in (None, one["owner"]):
            found += [{**each, "AutoScalingGroupName": one["owner"]} for each in _activities(world, one)]
    found.sort(key=lambda each: str(each["StartTime"]), reverse=True)
    return {"Activities": found[: request.get("MaxRecords") or 100]}


def _activities(world: Cluster, one: Object) -> list[Object]:
    leaves = [_ending(world, one)] if machines.is_leaving(one) else []
    return [_launching(one), *leaves]


def _launching(one: Object) -> Object:
    when, over = one["LaunchTime"], machines.state_of(one) != machines.PENDING
    cause = f"At {when} an instance was started in response to a difference between desired and actual capacity."
    return _activity(f"Launching a new EC2 instance: {one['InstanceId']}", cause, when, over)


def _ending(world: Cluster, one: Object) -> Object:
    when = one.get("endedAt") or world.clock.stamp()
    cause = f"At {when} an instance was taken out of service in response to a difference between desired and actual"
    over = machines.state_of(one) == machines.TERMINATED
    return _activity(f"Terminating EC2 instance: {one['InstanceId']}", f"{cause} capacity.", when, over)


def _activity(what: str, cause: str, when: str, over: bool) -> Object:
    status = {"StatusCode": "Successful" if over else "InProgress", "Progress": 100 if over else 50}
    return {"ActivityId": arns.uuid_of(what), "Description": what, "Cause": cause, "StartTime": when, **status}


def describe_policies(world: Cluster, request: Request) -> Object:
    """The scaling policies that ECS gave to groups."""
    wanted = request.get("AutoScalingGroupName")
    keys = [key for key in world.keys(POLICY) if wanted in (None, key.namespace)]
    return {"ScalingPolicies": [world.require(key) for key in keys]}


def _key(world: Cluster, name: str) -> Key:
    key = Key(groups.GROUP, "", arns.short(name))
    if world.get(key) is None:
        raise refused("AutoScalingGroup name not found - null")
    return key


OPERATIONS = {
    "CreateLaunchConfiguration": launchtemplates.create_launch_configuration,
    "CreateAutoScalingGroup": create_auto_scaling_group,
    "UpdateAutoScalingGroup": update_auto_scaling_group,
    "SetDesiredCapacity": set_desired_capacity,
    "DescribeAutoScalingGroups": describe_auto_scaling_groups,
    "DescribeAutoScalingInstances": describe_auto_scaling_instances,
    "DeleteAutoScalingGroup": delete_auto_scaling_group,
    "TerminateInstanceInAutoScalingGroup": terminate_instance_in_auto_scaling_group,
    "SetInstanceProtection": set_instance_protection,
    "DescribeScalingActivities": describe_scaling_activities,
    "DescribePolicies": describe_policies,
}

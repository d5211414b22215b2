"""Target groups: create, describe, modify, delete, their attributes, and the health of what is registered.

Source: botocore 1.44 elbv2 (defaults: interval 30 s, timeout 6 s for HTTP and 10 s otherwise, thresholds 5 and 2). Left
out: listeners and rules, targets that no service registers, slow start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.ecs.requests import Object, Operation, Request
from labkit.errors import AwsError
from labkit.kinds import Key, ecs

KIND = "AWS::ElasticLoadBalancingV2::TargetGroup"
DELAY = "deregistration_delay.timeout_seconds"
ATTRIBUTES = {
    DELAY: "300", "stickiness.enabled": "false", "slow_start.duration_seconds": "0",
    "load_balancing.algorithm.type": "round_robin",
}  # fmt: skip
_DEFAULTS: Mapping[str, Any] = {
    "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-lab", "TargetType": "instance", "HealthCheckEnabled": True,
    "HealthCheckIntervalSeconds": 30, "HealthyThresholdCount": 5, "UnhealthyThresholdCount": 2,
    "HealthCheckPath": "/", "HealthCheckPort": "traffic-port", "Matcher": {"HttpCode": "200"},
}  # fmt: skip
_CHANGED = (
    "HealthCheckProtocol", "HealthCheckPort", "HealthCheckPath", "HealthCheckEnabled", "HealthCheckIntervalSeconds",
    "HealthCheckTimeoutSeconds", "HealthyThresholdCount", "UnhealthyThresholdCount", "Matcher",
)  # fmt: skip


def create_target_group(world: Cluster, request: Request) -> Object:
    """Make a target group; the same once more answers the one that is there."""
    name, given = request["Name"], {field: value for field, value in request.items() if field not in ("Name", "Tags")}
    held = world.get(Key(KIND, "", name))
    if held is None:
        digits = arns.uuid_of(name).replace("-", "")[:16]
        arn = f"arn:aws:elasticloadbalancing:{arns.REGION}:{arns.ACCOUNT}:targetgroup/{name}/{digits}"
        full = {**_DEFAULTS, **given}
        timeout = 6 if full["Protocol"] == "HTTP" else 10
        named = {"TargetGroupArn": arn, "TargetGroupName": name, "LoadBalancerArns": [], "asked": given}
        more = {"HealthCheckProtocol": full["Protocol"], "HealthCheckTimeoutSeconds": timeout}
        held = world.put(Key(KIND, "", name), {**more, **full, **named, "attributes": dict(ATTRIBUTES)})
    elif held["asked"] != given:
        told = f"A target group with the same name '{name}' exists, but with different settings"
        raise AwsError("DuplicateTargetGroupName", told)
    return {"TargetGroups": [held]}


def _found(world: Cluster, arn: str) -> Object:
    held = next((one for one in world.list(KIND) if one["TargetGroupArn"] == arn), None)
    if held is None:
        raise AwsError("TargetGroupNotFound", "One or more target groups not found")
    return held


def describe_target_groups(world: Cluster, request: Request) -> Object:
    """Target groups by name or ARN; all if none is named."""
    named = [world.get(Key(KIND, "", name)) for name in request.get("Names") or ()]
    if None in named:
        raise AwsError("TargetGroupNotFound", "One or more target groups not found")
    named += [_found(world, arn) for arn in request.get("TargetGroupArns") or ()]
    return {"TargetGroups": named or world.list(KIND)}


def modify_target_group(world: Cluster, request: Request) -> Object:
    """Change a target group's health check."""
    held = _found(world, request["TargetGroupArn"])
    new = {**held, **{field: request[field] for field in _CHANGED if request.get(field) is not None}}
    world.put(Key(KIND, "", held["TargetGroupName"]), new)
    return {"TargetGroups": [new]}


def delete_target_group(world: Cluster, request: Request) -> Object:
    """Delete a target group."""
    world.remove(Key(KIND, "", _found(world, request["TargetGroupArn"])["TargetGroupName"]))
    return {}


def modify_target_group_attributes(world: Cluster, request: Request) -> Object:
    """Set attributes; the deregistration delay is 0 to 3600 seconds."""
    held = _found(world, request["TargetGroupArn"])
    given = {one["Key"]: one["Value"] for one in request["Attributes"]}
    delay = given.get(DELAY, "0")
    if not delay.isdecimal() or int(delay) > 3600:
        raise AwsError("InvalidConfigurationRequest", f"{DELAY} must be between 0 and 3600")
    attributes = {**held["attributes"], **given}
    delays = {"deregistrationDelay": float(attributes[DELAY])}
    world.put(Key(KIND, "", held["TargetGroupName"]), {**held, "attributes": attributes, **delays})
    return describe_target_group_attributes(world, request)


def describe_target_group_attributes(world: Cluster, request: Request) -> Object:
    """All attributes of a target group."""
    held = _found(world, request["TargetGroupArn"])["attributes"]
    return {"Attributes": [{"Key": name, "Value": value} for name, value in held.items()]}


def describe_target_health(world: Cluster, request: Request) -> Object:
    """What is registered in a target group, and how it is."""
    arn = _found(world, request["TargetGroupArn"])["TargetGroupArn"]
    alive = [task for task in world.list(ecs.TASK) if task["lastStatus"] != "STOPPED"]
    targets = [one for task in alive for one in task.get("targets", ())]
    return {"TargetHealthDescriptions": [_described(one) for one in targets if one["targetGroupArn"] == arn]}


def _described(target: Object) -> Object:
    health = {"State": target["state"], "Reason": target.get("reason"), "Description": target.get("description")}
    place = {"Id": target["id"], "Port": target["port"]}
    return {"Target": place, "HealthCheckPort": str(target["port"]), "TargetHealth": health}


OPERATIONS: Mapping[str, Operation] = {
    "CreateTargetGroup": create_target_group, "DescribeTargetGroups": describe_target_groups,
    "ModifyTargetGroup": modify_target_group, "DeleteTargetGroup": delete_target_group,
    "ModifyTargetGroupAttributes": modify_target_group_attributes,
    "DescribeTargetGroupAttributes": describe_target_group_attributes,
    "DescribeTargetHealth": describe_target_health,
}  # fmt: skip

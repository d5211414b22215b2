"""Scalable targets: services of ECS whose number of tasks is scaled, with its bounds.

A target is an object in DescribeScalableTargets' shape; `last` is labkit's own: the newest activity, for cooldowns.
Registered or changed, a target whose service is out of its bounds is brought to them at once (observed on real
targets: "minimum capacity was set to 2"); later only a policy does that.
Source: botocore 1.44 application-autoscaling; its user guide. Left out: other services' resources, predictions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labkit.cloud import cloudwatch
from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.errors import AwsError
from labkit.kinds import Key, ecs

Object = dict[str, Any]
Request = Mapping[str, Any]

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
SCHEDULED = "AWS::ApplicationAutoScaling::ScheduledAction"
ACTIVITY = "AWS::ApplicationAutoScaling::ScalingActivity"
NAMESPACE, DIMENSION = "ecs", "ecs:service:DesiredCount"
SUSPENSIONS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
_ROLE = "aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"


def invalid(message: str, hint: str = "") -> AwsError:
    """ValidationException."""
    return AwsError("ValidationException", message, hint)


def missing(what: str, request: Request) -> AwsError:
    """ObjectNotFoundException: nothing of the kind for the resource of a request."""
    where = f"service namespace: {request['ServiceNamespace']}, resource ID: {request.get('ResourceId')}"
    told = f"{what} for {where}, scalable dimension: {request.get('ScalableDimension')}"
    return AwsError("ObjectNotFoundException", told)


def target_key(resource: str) -> Key:
    """The target of a resource: `service/CLUSTER/SERVICE`."""
    return Key(TARGET, "", resource)


def service_of(resource: str) -> Key:
    """The service that a resource id means; ValidationException for anything else."""
    word, *names = resource.split("/")
    if word != "service" or len(names) != 2:
        raise invalid(f"Unsupported resource type or malformed resource id: {resource}", "Write service/CLUSTER/NAME.")
    return Key(ecs.SERVICE, names[0], names[1])


def resource_of(service: Key) -> str:
    """The resource id of a service."""
    return f"service/{service.namespace}/{service.name}"


def check(request: Request) -> str:
    """The resource id of a request; ValidationException if it isn't a service of ECS."""
    if request["ServiceNamespace"] != NAMESPACE or request.get("ScalableDimension") not in (None, DIMENSION):
        raise invalid("Only services of ECS are simulated.", f"ServiceNamespace is ecs, ScalableDimension {DIMENSION}.")
    resource = str(request["ResourceId"])
    service_of(resource)
    return resource


def require(world: Cluster, request: Request) -> Object:
    """The target that a request is about; ObjectNotFoundException."""
    held = world.get(target_key(check(request)))
    if held is None:
        raise missing("No scalable target registered", request)
    return held


def named(resource: str) -> Object:
    """The three fields that name a target in every answer."""
    return {"ServiceNamespace": NAMESPACE, "ResourceId": resource, "ScalableDimension": DIMENSION}


def register_scalable_target(world: Cluster, request: Request) -> Object:
    """Register a service with its bounds, or change them, or suspend some of its scaling."""
    resource = check(request)
    service, key = service_of(resource), target_key(resource)
    if (found := world.get(service)) is None or found["status"] == "INACTIVE":
        raise invalid(f"ECS service doesn't exist: {resource}")
    held = world.get(key) or {}
    bounds = {name: request.get(name, held.get(name)) for name in ("MinCapacity", "MaxCapacity")}
    _check_bounds(bounds)
    given = {**(held.get("SuspendedState") or {}), **(request.get("SuspendedState") or {})}
    target = {
        **held,
        **named(resource),
        **bounds,
        "RoleARN": request.get("RoleARN") or f"arn:aws:iam::{arns.ACCOUNT}:role/{_ROLE}",
        "CreationTime": held.get("CreationTime") or world.clock.stamp(),
        "SuspendedState": {name: bool(given.get(name)) for name in SUSPENSIONS},
        "ScalableTargetARN": _arn(resource),
    }
    world.put(key, target)
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


def _check_bounds(bounds: Object) -> None:
    least, most = bounds["MinCapacity"], bounds["MaxCapacity"]
    if least is None or most is None:
        raise invalid("MinCapacity and MaxCapacity must be specified when registering a new scalable target")
    if not 0 <= least <= most:
        raise invalid("Maximum capacity cannot be less than minimum capacity")


def _arn(resource: str) -> str:
    number = arns.uuid_of(resource).replace("-", "")[:24]
    return f"arn:aws:application-autoscaling:{arns.REGION}:{arns.ACCOUNT}:scalable-target/{number}"


def deregister_scalable_target(world: Cluster, request: Request) -> Object:
    """Take a target away, with its policies, their alarms, and its scheduled actions."""
    resource = require(world, request)["ResourceId"]
    for key in world.keys(POLICY, resource):
        remove_policy(world, key)
    for key in world.keys(SCHEDULED, resource):
        world.remove(key)
    world.remove(target_key(resource))
    return {}


def remove_policy(world: Cluster, key: Key) -> None:
    """Take a policy away, and the alarms that it has made."""
    names = [one["AlarmName"] for one in world.require(key)["Alarms"]]
    cloudwatch.delete_alarms(world, {"AlarmNames": names})
    world.remove(key)


def describe_scalable_targets(world: Cluster, request: Request) -> Object:
    """Targets, all or by resource."""
    names = request.get("ResourceIds")
    found = [one for one in world.list(TARGET) if not names or one["ResourceId"] in names]
    return {"ScalableTargets": limited(request, found)}


def limited(request: Request, found: Sequence[Object]) -> list[Object]:
    """As many as a request takes at most, fifty if it doesn't say."""
    return list(found[: request.get("MaxResults") or 50])

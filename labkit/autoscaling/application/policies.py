"""Scaling policies of Application Auto Scaling: target tracking, which makes its two alarms, and steps.

Source: botocore 1.44 application-autoscaling; the alarms' names, counts and 0.9 are those that AWS makes (observed).
Left out: predictive scaling, metric math, high-resolution metrics.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.autoscaling.application import stepping, targets, targettracking
from labkit.autoscaling.application.stepping import Step
from labkit.autoscaling.application.targets import POLICY, invalid
from labkit.cloud import alarming, cloudwatch
from labkit.cloud.alarms import Rule
from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.kinds import Key

Object = dict[str, Any]
Request = Mapping[str, Any]

TRACKING, STEPS = "TargetTrackingScaling", "StepScaling"
_BY_SERVICE = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}
_REQUESTS = "ALBRequestCountPerTarget"
LABEL = "TargetTrackingScalingPolicyConfiguration"
STEP_LABEL = "StepScalingPolicyConfiguration"


def put_scaling_policy(world: Cluster, request: Request) -> Object:
    """Make or change a policy of a target; target tracking also makes its alarms, which aren't to be edited."""
    target = targets.require(world, request)
    resource, name = target["ResourceId"], request["PolicyName"]
    kind = request.get("PolicyType") or STEPS
    key = Key(POLICY, resource, name)
    _check(kind, request)
    policy = {
        "PolicyARN": policy_arn(resource, name),
        "PolicyName": name,
        **targets.named(resource),
        "PolicyType": kind,
        "Alarms": [],
        "CreationTime": (world.get(key) or {}).get("CreationTime") or world.clock.stamp(),
    }
    if kind == TRACKING:
        policy[LABEL] = dict(request[LABEL])
        policy["Alarms"] = _make_alarms(world, policy)
    else:
        policy[STEP_LABEL] = dict(request[STEP_LABEL])
    world.put(key, policy)
    return {"PolicyARN": policy["PolicyARN"], "Alarms": policy["Alarms"]}


def policy_arn(resource: str, name: str) -> str:
    """A policy's ARN; what an alarm for a step policy names as its action."""
    place = f"arn:aws:autoscaling:{arns.REGION}:{arns.ACCOUNT}:scalingPolicy"
    return f"{place}:{arns.uuid_of(f'{resource}/{name}')}:resource/ecs/{resource}:policyName/{name}"


def _check(kind: str, request: Request) -> None:
    label = {TRACKING: LABEL, STEPS: STEP_LABEL}.get(kind)
    if label is None:
        raise invalid(f"{kind} isn't simulated.", "Use TargetTrackingScaling or StepScaling.")
    given = request.get(label)
    if given is None:
        raise invalid(f"{label} must be specified for policy type {kind}.")
    if kind == STEPS:
        if given.get("AdjustmentType") not in (stepping.CHANGE, stepping.EXACT, stepping.PERCENT):
            raise invalid("AdjustmentType must be specified for step scaling policies.")
        stepping.check(steps_of(given))
    elif ("PredefinedMetricSpecification" in given) == ("CustomizedMetricSpecification" in given):
        raise invalid("Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be given.")
    elif given["TargetValue"] <= 0:
        raise invalid("TargetValue must be greater than 0.")


def steps_of(given: Request) -> list[Step]:
    """A step policy's adjustments."""
    return [
        Step(one.get("MetricIntervalLowerBound"), one.get("MetricIntervalUpperBound"), one["ScalingAdjustment"])
        for one in given.get("StepAdjustments") or ()
    ]


def _make_alarms(world: Cluster, policy: Object) -> list[Object]:
    given, resource = policy[LABEL], policy["ResourceId"]
    target, followed = float(given["TargetValue"]), metric_of(resource, given)
    rules = {"High": targettracking.high_alarm(target), "Low": targettracking.low_alarm(target)}
    made = []
    for word, rule in rules.items():
        own = arns.uuid_of(f"{policy['PolicyARN']}/{word}")
        name = f"TargetTracking-{resource}-Alarm{word}-{own}"
        cloudwatch.put_metric_alarm(world, _alarm(name, policy["PolicyARN"], followed, rule))
        made.append({"AlarmName": name, "AlarmARN": cloudwatch.alarm_arn(name)})
    return made


def _alarm(name: str, policy: str, followed: Object, rule: Rule) -> Object:
    return {
        **followed,
        "AlarmName": name,
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy}.",
        "AlarmActions": [policy],
        "Period": 60,
        "EvaluationPeriods": rule.periods,
        "Threshold": rule.threshold,
        "ComparisonOperator": rule.comparison,
    }


def metric_of(resource: str, given: Request) -> Object:
    """The metric that a target tracking policy follows, in the API's names. ValidationException."""
    if (own := given.get("CustomizedMetricSpecification")) is not None:
        if own.get("Metrics"):
            raise invalid("Metric math isn't simulated.", "Give MetricName, Namespace and Statistic.")
        return {name: own[name] for name in ("Namespace", "MetricName", "Dimensions", "Statistic") if own.get(name)}
    told = given["PredefinedMetricSpecification"]
    kind = told["PredefinedMetricType"]
    _, cluster, service = resource.split("/")
    if kind in _BY_SERVICE:
        dimensions = [{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}]
        named = {"Namespace": "AWS/ECS", "MetricName": _BY_SERVICE[kind]}
        return {**named, "Dimensions": dimensions, "Statistic": "Average"}
    if kind != _REQUESTS:
        raise invalid(f"Predefined metric type {kind} isn't simulated.")
    label: str = told.get("ResourceLabel") or ""
    if "targetgroup/" not in label:
        raise invalid(f"ResourceLabel must be specified for {_REQUESTS}: app/LB/ID/targetgroup/GROUP/ID.")
    group = label[label.index("targetgroup/") :]
    dimensions = [{"Name": "TargetGroup", "Value": group}]
    named = {"Namespace": "AWS/ApplicationELB", "MetricName": "RequestCountPerTarget"}
    return {**named, "Dimensions": dimensions, "Statistic": "Sum"}


def delete_scaling_policy(world: Cluster, request: Request) -> Object:
    """Delete a policy; alarms that it has made go with it."""
    key = Key(POLICY, targets.check(request), request["PolicyName"])
    if world.get(key) is None:
        raise targets.missing("No scaling policy found", request)
    targets.remove_policy(world, key)
    return {}


def alarms_of(world: Cluster, policy: Object) -> list[Object]:
    """The alarms that trigger a policy: its own, or those that name it as an action."""
    if policy["Alarms"]:
        found = [world.get(alarming.key_of(one["AlarmName"])) for one in policy["Alarms"]]
        return [one for one in found if one is not None]
    return [one for one in world.list(alarming.KIND) if policy["PolicyARN"] in one["AlarmActions"]]


def describe_scaling_policies(world: Cluster, request: Request) -> Object:
    """Policies, all or by resource or name."""
    names, resource = request.get("PolicyNames"), request.get("ResourceId")
    found = [
        {**one, "Alarms": [_short(alarm) for alarm in alarms_of(world, one)]}
        for one in world.list(POLICY)
        if resource in (None, one["ResourceId"]) and (not names or one["PolicyName"] in names)
    ]
    return {"ScalingPolicies": targets.limited(request, found)}


def _short(alarm: Object) -> Object:
    return {"AlarmName": alarm["AlarmName"], "AlarmARN": alarm["AlarmArn"]}

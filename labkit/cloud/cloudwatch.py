"""CloudWatch's operations: alarms, metrics put and read.

Source: botocore 1.44 cloudwatch; messages from public reports. Left out: metric math, dashboards, percentiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from labkit.clock import EPOCH
from labkit.cloud import alarming, metrics
from labkit.cloud.alarms import INSUFFICIENT, OPERATORS
from labkit.cloud.metrics import Metric, Point
from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.errors import AwsError

Object = dict[str, Any]
Request = Mapping[str, Any]

_INITIAL = "Unchecked: Initial alarm creation"
_MISSING = ("missing", "notBreaching", "breaching", "ignore")
_GIVEN = ("AlarmDescription", "Unit", "DatapointsToAlarm", "TreatMissingData")
_STATES = ("OK", "ALARM", INSUFFICIENT)
ALARMS_AT_ONCE = 100


def alarm_arn(name: str) -> str:
    """An alarm's ARN."""
    return f"arn:aws:cloudwatch:{arns.REGION}:{arns.ACCOUNT}:alarm:{name}"


def put_metric_alarm(world: Cluster, request: Request) -> Object:
    """Make an alarm, or change one; a new one has INSUFFICIENT_DATA until its first evaluation."""
    _check(request)
    key = alarming.key_of(request["AlarmName"])
    now = world.clock.stamp()
    fresh = {
        "StateValue": INSUFFICIENT,
        "StateReason": _INITIAL,
        "StateUpdatedTimestamp": now,
        "StateTransitionedTimestamp": now,
    }
    held = world.get(key) or fresh
    actions = {name: list(request.get(name) or ()) for name in ("OKActions", "AlarmActions", "InsufficientDataActions")}
    alarm = {
        "AlarmName": key.name,
        "AlarmArn": alarm_arn(key.name),
        "AlarmConfigurationUpdatedTimestamp": now,
        "ActionsEnabled": request.get("ActionsEnabled", True),
        **actions,
        **{name: held[name] for name in fresh},
        "MetricName": request["MetricName"],
        "Namespace": request["Namespace"],
        "Statistic": request["Statistic"],
        "Dimensions": [dict(one) for one in request.get("Dimensions") or ()],
        "Period": request["Period"],
        "EvaluationPeriods": request["EvaluationPeriods"],
        "Threshold": float(request["Threshold"]),
        "ComparisonOperator": request["ComparisonOperator"],
        **{name: request[name] for name in _GIVEN if request.get(name) is not None},
    }
    world.put(key, alarm)
    return {}


def _check(request: Request) -> None:
    for name in ("MetricName", "Namespace", "Period", "Threshold", "Statistic"):
        if request.get(name) is None:
            raise AwsError("ValidationError", f"The parameter {name} is required.", "Metric math isn't simulated.")
    if request["ComparisonOperator"] not in OPERATORS:
        raise AwsError("ValidationError", f"{request['ComparisonOperator']} isn't simulated.")
    if request["Period"] % 60 or request["Period"] <= 0:
        raise AwsError("ValidationError", "Period must be a multiple of 60.", "Shorter periods aren't simulated.")
    if (request.get("DatapointsToAlarm") or 1) > request["EvaluationPeriods"]:
        told = "DatapointsToAlarm must be less than or equal to EvaluationPeriods"
        raise AwsError("ValidationError", told)
    if (request.get("TreatMissingData") or "missing") not in _MISSING:
        raise AwsError("ValidationError", f"TreatMissingData must be one of {', '.join(_MISSING)}.")


def describe_alarms(world: Cluster, request: Request) -> Object:
    """Alarms by name, prefix, state or the beginning of an action, by name's order."""
    names, prefix = request.get("AlarmNames"), request.get("AlarmNamePrefix") or ""
    state, action = request.get("StateValue"), request.get("ActionPrefix") or ""
    found = [
        alarm
        for alarm in sorted(world.list(alarming.KIND), key=lambda one: str(one["AlarmName"]))
        if (not names or alarm["AlarmName"] in names)
        and alarm["AlarmName"].startswith(prefix)
        and state in (None, alarm["StateValue"])
        and (not action or any(one.startswith(action) for one in alarm["AlarmActions"]))
    ]
    return {"MetricAlarms": found[: request.get("MaxRecords") or ALARMS_AT_ONCE], "CompositeAlarms": []}


def delete_alarms(world: Cluster, request: Request) -> Object:
    """Delete alarms; those that aren't there are passed over."""
    for name in request["AlarmNames"]:
        if world.get(alarming.key_of(name)) is not None:
            world.remove(alarming.key_of(name))
    return {}


def set_alarm_state(world: Cluster, request: Request) -> Object:
    """Set an alarm's state for a test; the next evaluation sets it right."""
    key = alarming.key_of(request["AlarmName"])
    if world.get(key) is None:
        raise AwsError("ResourceNotFound", f"Alarm {key.name} does not exist")
    if request["StateValue"] not in _STATES:
        raise AwsError("InvalidParameterValue", f"StateValue must be one of {', '.join(_STATES)}")
    alarming.became(world, key, request["StateValue"], request["StateReason"])
    return {}


def describe_alarm_history(world: Cluster, request: Request) -> Object:
    """The state changes of alarms, newest first."""
    items = []
    for entry in world.history:
        if entry.key.kind != alarming.KIND or not entry.old or not entry.new:
            continue
        before, after = entry.old["StateValue"], entry.new["StateValue"]
        if before != after and request.get("AlarmName") in (None, entry.key.name):
            items.append(_change(entry.key.name, world.clock.stamp(entry.time), before, after))
    return {"AlarmHistoryItems": items[::-1][: request.get("MaxRecords") or ALARMS_AT_ONCE]}


def _change(name: str, when: str, before: str, after: str) -> Object:
    what = {"AlarmName": name, "AlarmType": "MetricAlarm", "HistoryItemType": "StateUpdate"}
    return {**what, "Timestamp": when, "HistorySummary": f"Alarm updated from {before} to {after}"}


def put_metric_data(world: Cluster, request: Request) -> Object:
    """Take in one's own values; those without a Timestamp count as of now."""
    found = []
    for one in request.get("MetricData") or ():
        of = metrics.named({**one, "Namespace": request["Namespace"]})
        time = _moment(one["Timestamp"]) if one.get("Timestamp") else world.clock.now
        found += [(of, point) for point in _given(one, time)]
    for of, point in found:
        metrics.metrics_of(world).put(of, point)
    return {}


def _given(one: Request, time: float) -> list[Point]:
    if (told := one.get("StatisticValues")) is not None:
        return [Point(time, told["Sum"], told["SampleCount"], told["Minimum"], told["Maximum"])]
    given = one.get("Values") or ([one["Value"]] if one.get("Value") is not None else [])
    counts = one.get("Counts") or [1.0] * len(given)
    if len(counts) != len(given):
        raise AwsError("InvalidParameterValue", "The parameters Values and Counts must be of the same size.")
    return [Point(time, value * count, count, value, value) for value, count in zip(given, counts, strict=True)]


def _moment(value: datetime | str | float) -> float:
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if isinstance(value, datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=EPOCH.tzinfo)
        return (zoned - EPOCH).total_seconds()
    return float(value) - EPOCH.timestamp()


def get_metric_statistics(world: Cluster, request: Request) -> Object:
    """A metric's points between two moments, one a period, oldest first."""
    start, end = _moment(request["StartTime"]), _moment(request["EndTime"])
    points = metrics.metrics_of(world).points(metrics.named(request), start, end, request["Period"])
    wanted = request.get("Statistics") or ()
    told = [
        {"Timestamp": world.clock.stamp(point.time), **{name: point.statistic(name) for name in wanted}, "Unit": "None"}
        for point in points
    ]
    return {"Label": request["MetricName"], "Datapoints": told}


def get_metric_data(world: Cluster, request: Request) -> Object:
    """Several metrics' values, newest first unless told; only MetricStat queries."""
    start, end = _moment(request["StartTime"]), _moment(request["EndTime"])
    return {"MetricDataResults": [_result(world, one, start, end, request) for one in request["MetricDataQueries"]]}


def _result(world: Cluster, query: Request, start: float, end: float, request: Request) -> Object:
    asked = query.get("MetricStat")
    if asked is None:
        raise AwsError("ValidationError", "Expressions aren't simulated.", "Give a MetricStat.")
    of = asked["Metric"]
    for name in ("Namespace", "MetricName"):
        if not of.get(name):
            raise AwsError("ValidationError", f"The parameter {name} is required.")
    points = metrics.metrics_of(world).points(metrics.named(of), start, end, asked["Period"])
    ordered = points if request.get("ScanBy") == "TimestampAscending" else points[::-1]
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or of["MetricName"],
        "Timestamps": [world.clock.stamp(point.time) for point in ordered],
        "Values": [point.statistic(asked["Stat"]) for point in ordered],
        "StatusCode": "Complete",
    }


def list_metrics(world: Cluster, request: Request) -> Object:
    """The metrics that there are, by namespace and name."""
    found = [of for of in metrics.metrics_of(world).series if _is_asked(of, request)]
    return {"Metrics": [_shown(of) for of in found]}


def _is_asked(of: Metric, request: Request) -> bool:
    dimensions = [(one["Name"], one.get("Value")) for one in request.get("Dimensions") or ()]
    known = dict(of.dimensions)
    return (
        request.get("Namespace") in (None, of.namespace)
        and request.get("MetricName") in (None, of.name)
        and all(name in known and value in (None, known[name]) for name, value in dimensions)
    )


def _shown(of: Metric) -> Object:
    dimensions = [{"Name": name, "Value": value} for name, value in of.dimensions]
    return {"Namespace": of.namespace, "MetricName": of.name, "Dimensions": dimensions}


OPERATIONS = {
    "PutMetricAlarm": put_metric_alarm,
    "DescribeAlarms": describe_alarms,
    "DeleteAlarms": delete_alarms,
    "SetAlarmState": set_alarm_state,
    "DescribeAlarmHistory": describe_alarm_history,
    "PutMetricData": put_metric_data,
    "GetMetricStatistics": get_metric_statistics,
    "GetMetricData": get_metric_data,
    "ListMetrics": list_metrics,
}

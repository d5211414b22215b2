"""Application Auto Scaling of ECS services, worked out by hand from its user guide and ECS's.

The tests put the metric themselves, through a customized metric: what counts is what becomes of it.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab
from labkit.kinds import Key, ecs
from tests.autoscaling.ecs_groups import register

WEB = Key(ecs.SERVICE, "default", "web")
NAMED = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/default/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}
QUEUE = {"Namespace": "Shop", "MetricName": "Queue", "Statistic": "Average"}


def service(count: int = 4, least: int = 1, most: int = 20, **suspended: bool) -> Lab:
    """A steady service of `count` tasks that is a scalable target."""
    lab = Lab.ecs(instances=8, seed=1)
    register(lab, cpu=128, memory=128)
    lab.client.create_service(serviceName="web", taskDefinition="web", desiredCount=count)
    lab.run("3m")
    aas(lab).register_scalable_target(**NAMED, MinCapacity=least, MaxCapacity=most, SuspendedState=suspended)
    return lab.run(0)


def aas(lab: Lab) -> Any:
    return lab.boto3.client("application-autoscaling")


def track(lab: Lab, name: str = "queue", target: float = 50, metric: str = "Queue", **more: Any) -> None:
    """Target tracking on a metric of one's own."""
    own = {**QUEUE, "MetricName": metric}
    given = {"TargetValue": target, "CustomizedMetricSpecification": own, **more}
    kind = {"PolicyName": name, "PolicyType": "TargetTrackingScaling"}
    aas(lab).put_scaling_policy(**NAMED, **kind, TargetTrackingScalingPolicyConfiguration=given)


def minutes(lab: Lab, *values: float | None, metric: str = "Queue") -> list[int]:
    """The desired count after each minute in which that value came in; None: no value."""
    counts = []
    for value in values:
        if value is not None:
            data = [{"MetricName": metric, "Value": value}]
            lab.boto3.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=data)
        lab.run("1m")
        counts.append(count(lab))
    return counts


def count(lab: Lab) -> int:
    return int(lab.cluster.require(WEB)["desiredCount"])


def activities(lab: Lab, **more: Any) -> list[Any]:
    found: list[Any] = aas(lab).describe_scaling_activities(ServiceNamespace="ecs", **more)["ScalingActivities"]
    return found


# 4.2: three minutes above the target, then ceil(running x metric / target); the calm value 50 is on target.
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([50, 100, 100, 100], [4, 4, 4, 8]),  # three of three
        ([50, 100, 100, 50, 100, 100], [4, 4, 4, 4, 4, 4]),  # never three in a row
        ([50, 60, 60, 60], [4, 4, 4, 5]),  # 4.8 needed
        ([50, 57, 57, 57], [4, 4, 4, 5]),  # 4.56 needed
        ([50, 900, 900, 900], [4, 4, 4, 20]),  # 72 needed, 20 at most
        ([50, 50, 50, 50], [4, 4, 4, 4]),
    ],
)
def test_target_tracking_scales_out_after_three_points(values: list[float], expected: list[int]) -> None:
    lab = service()
    track(lab)
    assert minutes(lab, *values) == expected


# 4.2: fifteen minutes below nine tenths of the target; between those and the target nothing happens.
@pytest.mark.parametrize(("value", "expected"), [(46, 4), (44, 4), (37.5, 3), (30, 3), (12.5, 1), (1, 1)])
def test_target_tracking_scales_in_after_fifteen(value: float, expected: int) -> None:
    lab = service()
    track(lab)
    found = minutes(lab, 50, *[value] * 16)
    assert found[:15] == [4] * 15
    assert found[-1] == expected


def test_scale_in_can_be_switched_off() -> None:
    lab = service()
    track(lab, DisableScaleIn=True)
    assert set(minutes(lab, 50, *[1] * 20)) == {4}


def test_out_if_any_in_if_all() -> None:
    lab = service()
    track(lab, "queue")
    track(lab, "mails", metric="Mails")
    for _ in range(17):
        data = [{"MetricName": "Queue", "Value": 5.0}, {"MetricName": "Mails", "Value": 50.0}]
        lab.boto3.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=data)
        lab.run("1m")
    assert count(lab) == 4  # the mails are on target
    for _ in range(3):
        data = [{"MetricName": "Queue", "Value": 5.0}, {"MetricName": "Mails", "Value": 100.0}]
        lab.boto3.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=data)
        lab.run("1m")
    assert count(lab) == 8


def test_without_data_nothing_is_scaled() -> None:
    lab = service()
    track(lab)
    assert set(minutes(lab, *[None] * 20)) == {4}


# 4.2: what a cooling activity has added counts; a larger wish is served at once.
def test_a_larger_wish_is_served_within_the_cooldown() -> None:
    lab = service()
    track(lab)
    assert minutes(lab, 50, 75, 75, 75, 75) == [4, 4, 4, 6, 9]  # 4 x 1.5, then 6 x 1.5


def test_scale_in_waits_for_the_cooldown_and_scale_out_does_not() -> None:
    lab = service(count=10)
    track(lab, ScaleInCooldown=600, ScaleOutCooldown=0)
    found = minutes(lab, 50, *[40] * 15)
    assert found[-1] == 8  # 10 x 40 / 50
    assert minutes(lab, *[25] * 9) == [8] * 9
    assert minutes(lab, 100, 100, 100)[-1] == 16


# 4.2: below the minimum a scale-out first goes to it, above the maximum a scale-in; the other way nothing happens.
@pytest.mark.parametrize(
    ("start", "values", "expected"),
    [
        (2, [50, 60, 60, 60], 5),
        (2, [50, *[1] * 16], 2),
        (12, [50, *[45.5] * 3, *[40] * 15], 9),
        (12, [50, 90, 90, 90], 12),
    ],
)
def test_a_count_set_by_hand_outside_the_bounds(start: int, values: list[float], expected: int) -> None:
    lab = service(count=6, least=5, most=9)
    track(lab)
    lab.client.update_service(service="web", desiredCount=start)
    lab.run("2m")
    assert minutes(lab, *values)[-1] == expected


def test_bounds_are_kept_at_registration() -> None:
    lab = service(count=2, least=3)
    assert count(lab) == 3
    [activity] = activities(lab)
    assert (activity["Description"], activity["Cause"]) == (
        "Setting desired count to 3.",
        "minimum capacity was set to 3",
    )


@pytest.mark.parametrize(
    ("suspended", "values", "expected"),
    [
        ("DynamicScalingOutSuspended", [50, 100, 100, 100], 4),
        ("DynamicScalingInSuspended", [50, *[1] * 16], 4),
        ("ScheduledScalingSuspended", [50, 100, 100, 100], 8),
    ],
)
def test_suspended_scaling_rests(suspended: str, values: list[float], expected: int) -> None:
    lab = service(**{suspended: True})
    track(lab)
    assert minutes(lab, *values)[-1] == expected


def test_no_scale_in_during_a_deployment() -> None:
    lab = service()
    track(lab)
    minutes(lab, 50, *[5] * 14)
    register(lab, "huge", cpu=8192)
    lab.client.update_service(service="web", taskDefinition="huge")  # which fits nowhere
    assert minutes(lab, 5, 5, 5) == [4, 4, 4]
    lab.client.update_service(service="web", taskDefinition="web")
    assert minutes(lab, *[5] * 3)[-1] == 1  # 4 x 5 / 50, rounded up


def test_the_texts_are_those_of_the_service() -> None:
    lab = service()
    track(lab)
    minutes(lab, 50, 100, 100, 100, 50)
    [activity] = activities(lab)
    [high, _] = aas(lab).describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"][0]["Alarms"]
    assert high["AlarmName"].startswith("TargetTracking-service/default/web-AlarmHigh-")
    assert activity["Cause"] == f"monitor alarm {high['AlarmName']} in state ALARM triggered policy queue"
    assert activity["StatusMessage"] == "Successfully set desired count to 8. Change successfully fulfilled by ecs."
    said = [event["message"] for event in lab.cluster.require(WEB)["events"]]
    assert f"Message: {activity['StatusMessage']} Cause: {activity['Cause']}" in said


def test_at_the_maximum_it_says_so_once() -> None:
    lab = service(most=4)
    track(lab)
    minutes(lab, 50, 100, 100, 100, 100, 100)
    assert activities(lab) == []
    [activity] = activities(lab, IncludeNotScaledActivities=True)
    assert activity["NotScaledReasons"] == [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 4, "CurrentCapacity": 4}]


def steps(lab: Lab, name: str, comparison: str, adjustments: list[tuple[Any, Any, int]], **more: Any) -> None:
    """A step policy and its alarm at 50, one point of one minute."""
    listed = [
        {"ScalingAdjustment": change, **{word: value for word, value in bounds.items() if value is not None}}
        for lower, upper, change in adjustments
        for bounds in [{"MetricIntervalLowerBound": lower, "MetricIntervalUpperBound": upper}]
    ]
    given = {"AdjustmentType": "PercentChangeInCapacity", "StepAdjustments": listed, **more}
    kind = {"PolicyName": name, "PolicyType": "StepScaling", "StepScalingPolicyConfiguration": given}
    arn = aas(lab).put_scaling_policy(**NAMED, **kind)["PolicyARN"]
    lab.boto3.client("cloudwatch").put_metric_alarm(
        AlarmName=name, AlarmActions=[arn], **QUEUE, Period=60, EvaluationPeriods=1, Threshold=50,
        ComparisonOperator=comparison,
    )  # fmt: skip


# 4.3: the guide's walk-through, from 10 tasks: 60 -> 11, 70 -> 14; then 40 -> 13, 30 -> 10 (no cooldown).
def test_the_guides_walk_through_of_steps() -> None:
    lab = service(count=10)
    steps(lab, "out", "GreaterThanOrEqualToThreshold", [(0, 10, 0), (10, 20, 10), (20, None, 30)], Cooldown=1)
    steps(lab, "in", "LessThanOrEqualToThreshold", [(-10, 0, 0), (-20, -10, -10), (None, -20, -30)], Cooldown=1)
    assert minutes(lab, 55, 60, 55, 70, 55, 40, 45, 30) == [10, 11, 11, 14, 14, 13, 13, 10]


# 4.3: an activity has added 2; a step of 3 within its cooldown adds one more.
def test_what_a_cooling_step_has_added_counts() -> None:
    lab = service(count=10)
    steps(lab, "out", "GreaterThanThreshold", [(0, 10, 2), (10, None, 3)], AdjustmentType="ChangeInCapacity")
    assert minutes(lab, 55, 65) == [12, 13]


# 4.2: at no tasks one data point is enough, and the least is added.
def test_from_nothing_one_point_is_enough() -> None:
    lab = service(count=0, least=0)
    track(lab)
    assert minutes(lab, None, 400) == [0, 1]


def test_an_alarm_whose_actions_are_off_does_nothing() -> None:
    lab = service(count=10)
    steps(lab, "out", "GreaterThanThreshold", [(0, None, 2)], AdjustmentType="ChangeInCapacity")
    [alarm] = lab.boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]
    lab.boto3.client("cloudwatch").put_metric_alarm(
        AlarmName="out", AlarmActions=alarm["AlarmActions"], **QUEUE, Period=60, EvaluationPeriods=1, Threshold=50,
        ComparisonOperator="GreaterThanThreshold", ActionsEnabled=False,
    )  # fmt: skip
    assert minutes(lab, 90) == [10]


def test_refusals() -> None:
    lab = service()
    client = aas(lab)
    with pytest.raises(ClientError, match="ValidationException.*Maximum capacity cannot be less"):
        client.register_scalable_target(**NAMED, MinCapacity=5, MaxCapacity=2)
    with pytest.raises(ClientError, match="doesn't exist"):
        client.register_scalable_target(**{**NAMED, "ResourceId": "service/default/no"}, MinCapacity=1, MaxCapacity=2)
    with pytest.raises(ClientError, match="ObjectNotFoundException"):
        client.delete_scaling_policy(**NAMED, PolicyName="no")
    client.deregister_scalable_target(**NAMED)
    with pytest.raises(ClientError, match="No scalable target registered for service namespace: ecs, resource ID"):
        track(lab)


def test_a_target_takes_its_policies_and_their_alarms_along() -> None:
    lab = service()
    track(lab)
    aas(lab).deregister_scalable_target(**NAMED)
    assert lab.boto3.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    lab.run("2m")
    names = {call[0] for _, call in lab.cluster.clock.waiting()}
    assert not names & {"application-autoscaling", "cloudwatch-alarms", "cloudwatch-metrics"}


def test_forks_go_on_alike() -> None:
    lab = service()
    track(lab)
    minutes(lab, 50, 100)
    twin = lab.fork()
    assert minutes(lab, 100, 100, 100) == minutes(twin, 100, 100, 100)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(1, 500), min_size=1, max_size=25), st.integers(1, 5), st.integers(5, 30))
def test_the_count_stays_within_its_bounds(values: list[float], least: int, most: int) -> None:
    lab = service(count=5, least=least, most=most)
    track(lab, ScaleOutCooldown=0, ScaleInCooldown=0)
    assert all(least <= one <= most for one in minutes(lab, *values))

"""Alarms that are evaluated each minute, and CloudWatch's operations."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from labkit import Lab
from labkit.cloud.alarming import reason
from labkit.cloud.alarms import Rule


def alarm(lab: Lab, **more: Any) -> Any:
    cw = lab.boto3.client("cloudwatch")
    usual = {
        "AlarmName": "busy",
        "Namespace": "Shop",
        "MetricName": "Queue",
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 10.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    cw.put_metric_alarm(**usual | more)
    return cw


def state(cw: Any) -> str:
    return str(cw.describe_alarms()["MetricAlarms"][0]["StateValue"])


def minutes(lab: Lab, cw: Any, values: list[float | None]) -> list[str]:
    """The state after each minute in which that value came in."""
    seen = []
    for value in values:
        if value is not None:
            cw.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Queue", "Value": value}])
        lab.run("1m")
        seen.append(state(cw))
    return seen


# Section 4.5: M of the last N points, missing points by TreatMissingData; worked out by hand.
@pytest.mark.parametrize(
    ("settings", "values", "expected"),
    [
        ({}, [20, 20, 20, 5], "ALARM ALARM ALARM OK"),
        ({"DatapointsToAlarm": 2}, [5, 20, 5, 20, 5], "OK OK OK ALARM OK"),
        ({"TreatMissingData": "notBreaching"}, [None, 20, 20, 20], "OK OK OK ALARM"),
        ({"TreatMissingData": "breaching"}, [None, None, 5], "ALARM ALARM OK"),
        ({}, [None, None], "INSUFFICIENT_DATA INSUFFICIENT_DATA"),
    ],
)
def test_states_follow_the_points(settings: dict[str, Any], values: list[float | None], expected: str) -> None:
    lab = Lab.ecs(instances=0)
    assert minutes(lab, alarm(lab, **settings), values) == expected.split()


def test_the_reason_is_told_in_cloudwatchs_words() -> None:
    points: list[tuple[float, float | None]] = [(60.0, 82.5), (120.0, 90.0), (180.0, 71.0)]
    told = reason(Rule("GreaterThanThreshold", 70, 3, 3), points, "OK", "ALARM")
    assert told == (
        "Threshold Crossed: 3 out of the last 3 datapoints [71.0 (05/01/26 09:03:00), 90.0 (05/01/26 09:02:00), "
        "82.5 (05/01/26 09:01:00)] were greater than the threshold (70.0) "
        "(minimum 3 datapoints for OK -> ALARM transition)."
    )
    back = reason(Rule("GreaterThanThreshold", 90, 1, 1), [(60.0, 1.0)], "ALARM", "OK")
    assert back.endswith("was not greater than the threshold (90.0) (minimum 1 datapoint for ALARM -> OK transition).")
    assert reason(Rule("LessThanThreshold", 9), [(0.0, None)], "OK", "INSUFFICIENT_DATA") == (
        "Insufficient Data: 1 datapoint was unknown."
    )
    assert reason(Rule("LessThanThreshold", 9, 1, 1, "notBreaching"), [(0.0, None)], "OK", "OK") == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
        "[NonBreaching]."
    )


def test_many_points_are_told_by_the_newest() -> None:
    points: list[tuple[float, float | None]] = [(60.0 * at, 0.0) for at in range(15)]
    told = reason(Rule("LessThanThreshold", 63, 15, 15), points, "OK", "ALARM")
    assert told.startswith("Threshold Crossed: 15 out of the last 15 datapoints were less than the threshold (63.0).")
    assert told.count("09:") == 5


def test_a_lab_without_alarms_sleeps() -> None:
    lab = Lab.ecs(instances=1).run("5m")
    cw = alarm(lab)
    lab.run("1m")
    assert any(call[0] == "cloudwatch-alarms" for _, call in lab.cluster.clock.waiting())
    cw.delete_alarms(AlarmNames=["busy"])
    lab.run("2m")
    names = {call[0] for _, call in lab.cluster.clock.waiting()}
    assert not names & {"cloudwatch-alarms", "cloudwatch-metrics", "ecs-managed-scaling"}


def test_history_state_and_refusals() -> None:
    lab = Lab.ecs(instances=0)
    cw = alarm(lab)
    cw.set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a test")
    [item] = cw.describe_alarm_history(AlarmName="busy")["AlarmHistoryItems"]
    assert item["HistorySummary"] == "Alarm updated from INSUFFICIENT_DATA to ALARM"
    with pytest.raises(ClientError, match="ResourceNotFound"):
        cw.set_alarm_state(AlarmName="idle", StateValue="OK", StateReason="a test")
    with pytest.raises(ClientError, match="less than or equal to EvaluationPeriods"):
        alarm(lab, DatapointsToAlarm=4)


def test_metrics_are_read_as_points_and_as_data() -> None:
    lab = Lab.ecs(instances=0)
    cw = lab.boto3.client("cloudwatch")
    for value in (10, 20):
        cw.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Queue", "Value": value}])
        lab.run("1m")
    span = {"StartTime": "2026-01-05T09:00:00Z", "EndTime": "2026-01-05T10:00:00Z"}
    asked = {"Namespace": "Shop", "MetricName": "Queue"}
    points = cw.get_metric_statistics(**asked, **span, Period=300, Statistics=["Average", "Maximum"])["Datapoints"]
    assert [(one["Average"], one["Maximum"]) for one in points] == [(15, 20)]
    query = {"Id": "q", "MetricStat": {"Metric": asked, "Period": 60, "Stat": "Sum"}}
    [result] = cw.get_metric_data(MetricDataQueries=[query], **span)["MetricDataResults"]
    assert result["Values"] == [20, 10]
    assert [one["MetricName"] for one in cw.list_metrics(Namespace="Shop")["Metrics"]] == ["Queue"]

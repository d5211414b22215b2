"""How metrics are named in messages."""

from __future__ import annotations

import pytest

from labkit.autoscaling.hpa.fleet import Fleet
from labkit.autoscaling.hpa.proposals import Failed, Given, Scale, proposed, selector_text
from labkit.autoscaling.hpa.replicas import NO_PODS, Tolerance, Totals, Unscalable
from labkit.autoscaling.hpa.sources import LabMetrics
from labkit.autoscaling.hpa.spec import MetricSpec
from labkit.cluster import Cluster


def given(found: Totals | None = None) -> Given:
    def sums(metric: MetricSpec) -> Totals:
        if found is None:
            raise Unscalable(NO_PODS)
        return found

    return Given(Cluster(), "default", Scale(2, 2), Fleet((), ()), Tolerance(), LabMetrics(), sums)


def test_a_resource_says_what_it_is_and_shows_both_figures():
    got = proposed(MetricSpec("Resource", "cpu", "Utilization", 50), given(Totals(2, 300, 400)))
    assert (got.replicas, got.name) == (3, "cpu resource utilization (percentage of request)")
    assert got.status["resource"]["current"] == {"averageUtilization": 75, "averageValue": "150m"}


def test_a_failure_says_why_to_whom():
    with pytest.raises(Failed) as failed:
        proposed(MetricSpec("ContainerResource", "cpu", "AverageValue", 50, "app"), given())
    assert failed.value.reason == "FailedGetContainerResourceMetric"
    assert failed.value.whole == f"failed to get app container metric value: failed to get cpu usage: {NO_PODS}"


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (None, "nil"),
        ({}, "&LabelSelector{MatchLabels:map[string]string{},MatchExpressions:[]LabelSelectorRequirement{},}"),
        (
            {"matchExpressions": [{"key": "to", "operator": "In", "values": ["a", "b"]}]},
            "&LabelSelector{MatchLabels:map[string]string{},MatchExpressions:[]LabelSelectorRequirement{"
            "LabelSelectorRequirement{Key:to,Operator:In,Values:[a b],},},}",
        ),
    ],
)
def test_a_selector_is_printed_as_go_does(selector, text):
    assert selector_text(selector) == text

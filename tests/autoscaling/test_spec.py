"""An autoscaler's spec, read."""

from __future__ import annotations

import pytest

from labkit.autoscaling.hpa.replicas import Tolerance
from labkit.autoscaling.hpa.rules import Bounds, Policy, Rules
from labkit.autoscaling.hpa.spec import MetricSpec, read

CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}


def test_without_behavior_there_are_no_rules():
    found = read({"maxReplicas": 9, "metrics": [CPU]})
    assert (found.bounds, found.up, found.down, found.tolerance) == (Bounds(1, 9), None, None, Tolerance())


def test_behavior_has_windows_policies_and_tolerances():
    down = {"policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}], "selectPolicy": "Min", "tolerance": "50m"}
    found = read({"minReplicas": 2, "maxReplicas": 9, "behavior": {"scaleUp": {}, "scaleDown": down}})
    assert found.down == Rules(300, (Policy("Pods", 2, 60),), "Min")
    assert found.tolerance == Tolerance(up=0.1, down=0.05)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (CPU, MetricSpec("Resource", "cpu", "Utilization", 50)),
        (
            {
                "type": "ContainerResource",
                "containerResource": {"name": "cpu", "container": "app", "target": {"averageValue": "250m"}},
            },
            MetricSpec("ContainerResource", "cpu", "AverageValue", 250, "app"),
        ),
        (
            {"type": "External", "external": {"metric": {"name": "queue", "selector": {}}, "target": {"value": "30"}}},
            MetricSpec("External", "queue", "Value", 30_000, selector={}),
        ),
    ],
)
def test_a_metric_has_its_target_in_thousandths_or_per_cent(metric, expected):
    assert read({"maxReplicas": 9, "metrics": [metric]}).metrics == (expected,)

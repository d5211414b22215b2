"""`kubectl autoscale`: the targets of a HorizontalPodAutoscaler, and how they are shown."""

from __future__ import annotations

import pytest

from labkit import Lab


@pytest.fixture
def lab() -> Lab:
    made = Lab.kubernetes(nodes=1)
    made.kubectl("create deployment web --image=shop/web:1 --replicas=2")
    return made


@pytest.mark.parametrize(
    ("flags", "targets"),
    [
        ("", "cpu: <unknown>/80%"),
        ("--cpu-percent=70", "cpu: <unknown>/70%"),
        ("--cpu=60% --memory=70%", "cpu: <unknown>/60%, memory: <unknown>/70%"),
        ("--cpu=500m --memory=200Mi", "cpu: <unknown>/500m, memory: <unknown>/200Mi"),
        ("--cpu=500 --memory=512", "cpu: <unknown>/500m, memory: <unknown>/512Mi"),
    ],
)
def test_targets_are_shares_or_amounts(lab: Lab, flags: str, targets: str) -> None:
    output = lab.kubectl(f"autoscale deploy web --min=1 --max=5 {flags}")
    assert (output.stdout, output.stderr) == ("horizontalpodautoscaler.autoscaling/web autoscaled\n", "")
    assert targets in lab.kubectl("get hpa web --no-headers")


def test_the_targets_column_shows_what_was_measured(lab: Lab) -> None:
    lab.kubectl("autoscale deploy web --max=5 --cpu=50%")
    key = next(key for key in lab.cluster.objects() if key.kind == "HorizontalPodAutoscaler")
    seen = {
        "type": "Resource",
        "resource": {"name": "cpu", "current": {"averageUtilization": 12, "averageValue": "9m"}},
    }
    lab.cluster.set_status(key, {"currentReplicas": 2, "desiredReplicas": 2, "currentMetrics": [seen]})
    assert lab.kubectl("get hpa web --no-headers").split() == [
        "web", "Deployment/web", "cpu:", "12%/50%", "1", "5", "2", "0s",
    ]  # fmt: skip
    assert "12% (9m) / 50%" in lab.kubectl("describe hpa web")


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        ("--cpu=a%", "invalid percentage value: a"),
        ("--cpu=many", "invalid resource cpu value: many"),
        ("--memory=1Q", "invalid resource memory value: 1Q"),
    ],
)
def test_odd_targets_are_refused(lab: Lab, flags: str, why: str) -> None:
    before = len(lab.history)
    output = lab.kubectl(f"autoscale deploy web --max=5 {flags}")
    said = f"error: failed to create HorizontalPodAutoscaler using autoscaling/v2 API: {why}\n"
    assert (output.stderr, output.exit_code) == (said, 1)
    assert len(lab.history) == before

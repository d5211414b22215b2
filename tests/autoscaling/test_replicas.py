"""How many pods a metric asks for, beyond the recorded table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.autoscaling.hpa.replicas import (
    PodState,
    Sample,
    Tolerance,
    Totals,
    Unscalable,
    by_average,
    by_utilization,
    by_value,
    by_value_per_pod,
    grouped,
    is_unready,
)

NEAR = Tolerance()
COUNTS = st.integers(0, 20)


def settled(count: int, used: int, requested: int = 100) -> Totals:
    return Totals(ready=count, used=count * used, requested=count * requested)


@pytest.mark.parametrize(("used", "size"), [(50, 4), (54, 4), (55, 4), (56, 5), (100, 8), (45, 4), (44, 4), (25, 2)])
def test_the_size_follows_the_ratio_outside_the_tolerance(used, size):
    assert by_utilization(4, 50, settled(4, used), NEAR).replicas == size


def test_the_tolerance_may_differ_up_and_down():
    assert by_utilization(4, 50, settled(4, 56), Tolerance(up=0.2)).replicas == 4
    assert by_utilization(4, 50, settled(4, 46), Tolerance(down=0.0)).replicas == 4
    assert by_utilization(10, 50, settled(10, 46), Tolerance(down=0.05)).replicas == 10


def test_the_worked_example_of_the_documentation():
    assert by_average(1, 100_000, Totals(ready=1, used=200_000), NEAR).replicas == 2


def test_unready_pods_count_as_idle_on_the_way_up():
    assert by_utilization(4, 50, settled(2, 100)._replace(unready=2, unready_requested=200), NEAR).replicas == 4


def test_missing_pods_count_in_full_on_the_way_down():
    assert by_utilization(4, 50, settled(3, 10)._replace(missing=1, missing_requested=100), NEAR).replicas == 3


@given(COUNTS, st.integers(0, 300), COUNTS, COUNTS, st.integers(1, 200))
def test_pods_without_metrics_never_turn_the_direction(ready, used, unready, missing, target):
    if not ready:
        return
    plain = settled(ready, used)
    doubtful = plain._replace(
        unready=unready, unready_requested=100 * unready, missing=missing, missing_requested=100 * missing
    )
    current = ready + unready + missing
    sure, found = by_utilization(ready, target, plain, NEAR), by_utilization(current, target, doubtful, NEAR)
    if sure.replicas > ready:
        assert found.replicas >= current
    if sure.replicas < ready:
        assert found.replicas <= current


@given(st.integers(1, 20), st.integers(0, 10**6), st.integers(1, 10**5))
def test_one_value_for_all_pods_is_shared_by_the_ready_ones(current, value, target):
    found = by_value(current, target, value, current, NEAR)
    ratio = value / target
    assert found.replicas == current if NEAR.covers(ratio) else abs(found.replicas - ratio * current) < 1


def test_one_value_needs_a_pod():
    with pytest.raises(Unscalable, match="unable to calculate ready pods: no pods returned by selector"):
        by_value(2, 100, 500, None, NEAR)


def test_a_value_a_pod_is_divided():
    assert by_value_per_pod(2, 30_000, 100_000, NEAR).replicas == 4


def test_nobody_ready_is_no_size():
    with pytest.raises(Unscalable, match="did not receive metrics for targeted pods"):
        grouped([PodState("a", phase="Pending")], {}, "cpu", 0.0)


@pytest.mark.parametrize(
    ("pod", "unready"),
    [
        (PodState("a", ready=None), True),
        (PodState("a", started=None), True),
        (PodState("a", started=900, ready=True, ready_changed=970), True),
        (PodState("a", started=900, ready=True, ready_changed=960), False),
        (PodState("a", started=900, ready=False, ready_changed=910), True),
        (PodState("a", started=100, ready=False, ready_changed=110), True),
        (PodState("a", started=100, ready=False, ready_changed=500), False),
    ],
)
def test_the_cpu_of_a_pod_that_may_be_starting_does_not_count(pod, unready):
    assert is_unready(pod, Sample(10, timestamp=990, window=30), now=1000) is unready

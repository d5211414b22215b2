"""Tests of labkit.autoscaling.karpenter.cost."""

from __future__ import annotations

from labkit.autoscaling.karpenter.cost import eviction_cost, lifetime_remaining


def test_an_ordinary_pod_costs_one() -> None:
    assert eviction_cost() == 1.0


def test_priority_and_annotation_raise_the_cost_within_bounds() -> None:
    assert 1 < eviction_cost("1000") < eviction_cost(priority=1000)
    assert eviction_cost(priority=2 * 10**9) == 10
    assert eviction_cost("-2147483647") == -10


def test_an_annotation_that_is_no_number_counts_as_nothing() -> None:
    assert eviction_cost("high") == 1.0


def test_life_runs_out() -> None:
    assert [lifetime_remaining(age, 100) for age in (0, 25, 100, 500)] == [1.0, 0.75, 0.0, 0.0]
    assert lifetime_remaining(10**9, None) == 1.0

"""Tests of labkit.autoscaling.karpenter.budgets."""

from __future__ import annotations

from datetime import datetime

from labkit.autoscaling.karpenter.budgets import Budget, allowed

NOON = datetime.fromisoformat("2026-05-05T12:00:00Z")


def test_the_default_lets_a_tenth_go_rounded_up() -> None:
    assert [allowed([Budget()], nodes, "Empty", NOON) for nodes in (0, 1, 10, 11)] == [0, 1, 1, 2]


def test_the_least_of_those_that_count_wins() -> None:
    assert allowed([Budget("50%"), Budget("3"), Budget("1", reasons=("Drifted",))], 20, "Empty", NOON) == 3


def test_a_budget_counts_only_within_its_window() -> None:
    nightly = Budget("0", "0 22 * * *", "2h")
    assert allowed([nightly], 20, "Empty", NOON) is None
    assert allowed([nightly], 20, "Empty", NOON.replace(hour=23)) == 0


def test_without_budgets_there_is_no_bound() -> None:
    assert allowed([], 20, "Empty", NOON) is None

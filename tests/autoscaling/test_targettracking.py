"""Tests of labkit.autoscaling.application.targettracking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.autoscaling.application.targettracking import Wish, agreed, capacity, high_alarm, low_alarm


# Worked out by hand from "needing +1.5 adds 2, needing -1.5 takes 1" (Auto Scaling guides, target tracking).
@pytest.mark.parametrize(
    ("running", "metric", "target", "expected"),
    [
        (10, 57.5, 50, 12),  # 11.5 needed: + 1.5 becomes + 2
        (10, 42.5, 50, 9),  # 8.5 needed: - 1.5 becomes - 1
        (4, 75, 50, 6),
        (4, 50, 50, 4),
        (3, 100, 60, 5),
        (6, 30, 60, 3),
        (1, 10, 70, 1),
        (0, 90, 70, 0),
    ],
)
def test_enough_are_added_and_not_too_many_taken(running: int, metric: float, target: float, expected: int) -> None:
    assert capacity(running, metric, target) == expected


@given(st.integers(1, 500), st.floats(1, 400), st.floats(10, 90))
def test_afterwards_the_metric_is_at_its_target_or_below(running: int, metric: float, target: float) -> None:
    new = capacity(running, metric, target)
    assert running * metric / new <= target * (1 + 1e-6)


def test_the_alarms_are_those_that_aws_makes() -> None:
    assert [low_alarm(target).threshold for target in (70, 80)] == [63.0, 72.0]
    assert (high_alarm(70).periods, low_alarm(70).periods) == (3, 15)


def test_out_if_any_in_if_all() -> None:
    out, down = Wish("cpu", 8), Wish("memory", 2)
    assert agreed(4, [out, down]) == 8
    assert agreed(4, [down], quiet=1) == 4
    assert agreed(4, [down, Wish("cpu", 3)]) == 3
    assert agreed(4, [down._replace(may_shrink=False)]) == 4

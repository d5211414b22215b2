"""Tests of labkit.autoscaling.application.stepping."""

from __future__ import annotations

import pytest

from labkit.autoscaling.application.stepping import CHANGE, EXACT, PERCENT, Step, capacity, check, rounded
from labkit.errors import AwsError

OUT = [Step(0, 10, 0), Step(10, 20, 10), Step(20, None, 30)]
IN = [Step(-10, 0, 0), Step(-20, -10, -10), Step(None, -20, -30)]


def test_the_walk_through_of_the_guide() -> None:
    # Threshold 50, capacity 10; metric 60, 70, 40, 30.
    current = 10
    for metric, steps, expected in ((60, OUT, 11), (70, OUT, 14), (40, IN, 13), (30, IN, 10)):
        current = capacity(current, PERCENT, steps, metric - 50)
        assert current == expected


@pytest.mark.parametrize(
    ("change", "expected"), [(12.7, 12), (0.3, 1), (-0.3, -1), (-6.67, -6), (0.0, 0), (1.0, 1), (-1.0, -1)]
)
def test_percentages_are_rounded_towards_zero_but_never_to_nothing(change: float, expected: int) -> None:
    assert rounded(change) == expected


def test_other_adjustments_are_taken_as_they_are() -> None:
    assert capacity(10, CHANGE, [Step(0, None, 3)], 5) == 13
    assert capacity(2, CHANGE, [Step(None, 0, -5)], -5) == 0
    assert capacity(10, EXACT, [Step(0, None, 4)], 5) == 4
    assert capacity(10, CHANGE, [Step(5, None, 3)], 2) == 10


def test_a_percentage_changes_by_the_least_asked_for() -> None:
    assert capacity(10, PERCENT, [Step(0, None, 10)], 1, least_change=3) == 13
    assert capacity(100, PERCENT, [Step(0, None, 10)], 1, least_change=3) == 110


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "at least one step adjustment"),
        ([Step(0, 10, 1), Step(5, None, 2)], "overlap"),
        ([Step(0, 10, 1), Step(15, None, 2)], "gap"),
        ([Step(-10, 0, -1)], "null lower bound"),
        ([Step(0, 10, 1)], "null upper bound"),
        ([Step(None, None, 1), Step(None, 0, 1)], "At most one"),
    ],
)
def test_steps_that_make_no_sense_are_refused(steps: list[Step], words: str) -> None:
    with pytest.raises(AwsError, match=words):
        check(steps)


def test_good_steps_pass() -> None:
    check(OUT)
    check(IN)

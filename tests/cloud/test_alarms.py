"""Tests of labkit.cloud.alarms against the two tables of the CloudWatch user guide."""

from __future__ import annotations

import pytest

from labkit.cloud.alarms import ALARM, INSUFFICIENT, OK, Rule, state

KEPT = "the state before"
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")

# "Configuring how CloudWatch alarms treat missing data": 0 doesn't breach, X breaches, - is missing; 3 of 3 points.
THREE_OF_THREE = [
    ("0-X-X", (OK, OK, OK, OK)),
    ("0----", (OK, OK, OK, OK)),
    ("-----", (INSUFFICIENT, KEPT, ALARM, OK)),
    ("0XX-X", (ALARM, ALARM, ALARM, ALARM)),
    ("--X--", (ALARM, KEPT, ALARM, OK)),
]
# The same page: 2 of 3 points.
TWO_OF_THREE = [
    ("0-X-X", (ALARM, ALARM, ALARM, ALARM)),
    ("00X0X", (ALARM, ALARM, ALARM, ALARM)),
    ("0-X--", (OK, OK, ALARM, OK)),
    ("----0", (OK, OK, ALARM, OK)),
    ("----X", (ALARM, KEPT, ALARM, OK)),
]
ROWS = [
    (needed, points, treatment, expected)
    for needed, rows in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for points, states in rows
    for treatment, expected in zip(TREATMENTS, states, strict=True)
]


@pytest.mark.parametrize(("needed", "points", "treatment", "expected"), ROWS)
def test_missing_points_count_as_the_guide_says(needed: int, points: str, treatment: str, expected: str) -> None:
    values = [{"0": 0.0, "X": 9.0, "-": None}[point] for point in points]
    rule = Rule("GreaterThanThreshold", 5.0, 3, needed, treatment)
    assert state(rule, values, KEPT) == expected


def test_only_the_newest_points_count() -> None:
    rule = Rule("LessThanThreshold", 5.0, 2, 2)
    assert state(rule, [1.0, 1.0, 1.0, 9.0, 9.0], OK) == OK
    assert state(rule, [9.0, 9.0, 1.0, 1.0], OK) == ALARM


@pytest.mark.parametrize(
    ("comparison", "breaches"),
    [
        ("GreaterThanThreshold", [False, False, True]),
        ("GreaterThanOrEqualToThreshold", [False, True, True]),
        ("LessThanThreshold", [True, False, False]),
        ("LessThanOrEqualToThreshold", [True, True, False]),
    ],
)
def test_comparisons_are_those_of_the_api(comparison: str, breaches: list[bool]) -> None:
    assert [Rule(comparison, 5.0).breaches(value) for value in (4.0, 5.0, 6.0)] == breaches

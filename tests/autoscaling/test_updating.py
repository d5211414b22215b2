"""Tests of labkit.autoscaling.vpa.updating."""

from __future__ import annotations

from labkit.autoscaling.vpa.updating import LONG_LIFE, QUICK_OOM, Asked, is_due, urgency


def asked(request: int, target: int, lower: int, upper: int) -> Asked:
    return Asked({"cpu": request}, {"cpu": target}, {"cpu": lower}, {"cpu": upper})


def test_a_pod_outside_its_range_is_due_at_any_age() -> None:
    assert is_due(urgency([asked(100, 500, 400, 600)]), age=0)


def test_a_pod_within_its_range_waits_half_a_day() -> None:
    found = urgency([asked(450, 500, 400, 600)])
    assert not is_due(found, age=LONG_LIFE - 1)
    assert is_due(found, age=LONG_LIFE)


def test_a_small_change_is_never_due() -> None:
    assert not is_due(urgency([asked(480, 500, 400, 600)]), age=10 * LONG_LIFE)


def test_a_pod_just_killed_for_memory_is_due_if_it_would_change() -> None:
    found = urgency([asked(480, 500, 400, 600)])
    assert is_due(found, 60, killed_after=QUICK_OOM - 1)
    assert not is_due(found, 60, killed_after=QUICK_OOM)
    assert not is_due(urgency([asked(500, 500, 400, 600)]), 60, killed_after=1)


def test_pods_that_grow_go_before_those_that_shrink_more() -> None:
    grows, shrinks = urgency([asked(100, 120, 1, 999)]), urgency([asked(900, 100, 1, 999)])
    assert grows.rank > shrinks.rank


def test_a_container_without_a_request_is_outside() -> None:
    assert urgency([Asked({}, {"cpu": 100}, {}, {})]).outside_range

"""Tests of labkit.autoscaling.application.cooling."""

from __future__ import annotations

from labkit.autoscaling.application.cooling import Activity, credited, granted

OUT, IN = Activity(0, 4, 6, 300), Activity(0, 6, 4, 300)


def test_without_a_cooldown_a_wish_is_granted() -> None:
    assert granted(6, 9, None, 100) == 9
    assert granted(6, 3, OUT, 301) == 3


def test_scale_in_waits_for_the_end_of_a_cooldown() -> None:
    assert granted(6, 3, OUT, 100) == 6
    assert granted(4, 3, IN, 299) == 4
    assert granted(4, 3, IN, 300) == 3


def test_a_larger_wish_is_granted_at_once() -> None:
    assert granted(6, 8, OUT, 100) == 8
    assert granted(4, 8, IN, 100) == 8


def test_what_was_added_already_is_credited() -> None:
    # The guide's example: 2 were added, a step of 3 fires within the cooldown: 1 more.
    assert credited(3, OUT, 100) == 1
    assert credited(1, OUT, 100) == 0
    assert credited(3, OUT, 300) == 3
    assert credited(3, IN, 100) == 3

"""Tests of labkit.autoscaling.capacity.reservation: rows worked out by hand from the developer guide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.autoscaling.capacity.reservation import Bounds, Waiting, desired, needed, reservation, shed_now

M5_LARGE = {"CPU": 2048, "MEMORY": 7680}
FULL = Bounds()


@pytest.mark.parametrize(
    ("running", "empty", "more", "bounds", "metric", "machines"),
    [
        (10, 0, 0, FULL, 100.0, 10),  # every machine has tasks, nothing waits
        (0, 0, 0, FULL, 100.0, 0),  # nothing there, nothing needed
        (0, 0, 3, FULL, 200.0, 2),  # from nothing: two first
        (10, 4, 0, FULL, 60.0, 6),  # four empty: M = 6
        (10, 0, 5, FULL, 150.0, 15),  # 20 tasks wait, 4 fit a machine
        (10, 0, 5, Bounds(target=50), 150.0, 30),  # the same at target 50
        (10, 0, 5, Bounds(most_step=2), 120.0, 12),  # clamped to the largest step
        (10, 0, 1, Bounds(least_step=3), 130.0, 13),  # and to the smallest
        (9, 0, 0, Bounds(target=90), 100.0, 10),  # a tenth is kept empty
    ],
)
def test_the_metric_and_what_follows(
    running: int, empty: int, more: int, bounds: Bounds, metric: float, machines: int
) -> None:
    assert reservation(running, empty, more, bounds) == pytest.approx(metric)
    assert desired(running, empty, more, bounds) == machines


def test_waiting_tasks_are_packed_by_each_resource() -> None:
    assert needed([Waiting({"CPU": 512, "MEMORY": 1024}, 20)], [M5_LARGE]) == 5
    assert needed([Waiting({"CPU": 256, "MEMORY": 3000}, 5)], [M5_LARGE]) == 3


def test_the_largest_need_of_several_groups_counts() -> None:
    groups = [Waiting({"CPU": 512}, 20), Waiting({"CPU": 1024}, 4)]
    assert needed(groups, [M5_LARGE]) == 5


def test_a_task_too_large_for_the_smallest_type_does_not_count() -> None:
    sizes = [M5_LARGE, {"CPU": 8192, "MEMORY": 30000}]
    assert needed([Waiting({"CPU": 4096}, 3)], sizes) == 0
    assert needed([Waiting({"CPU": 2048}, 8)], sizes) == 2


@given(st.integers(1, 200), st.integers(0, 200))
def test_each_minute_at_least_one_goes_and_fewer_than_half(running: int, wanted: int) -> None:
    gone = shed_now(running, wanted)
    assert (gone > 0) == (wanted < running)
    assert gone <= max(running - wanted, 0)
    assert gone < running / 2 or gone <= 1

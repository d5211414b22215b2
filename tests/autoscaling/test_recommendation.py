"""Tests of labkit.autoscaling.vpa.recommendation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labkit.autoscaling.vpa.recommendation import LEAST_CPU, LEAST_MEMORY, MOST, confidence, recommend
from labkit.autoscaling.vpa.usage import Usage, Watched


def used(cores: list[float], every: float = 60.0) -> Usage:
    seen = Watched(Usage())
    for count, value in enumerate(cores):
        seen.see_cpu(value, count * every)
        seen.see_memory(int(value * 2**30), count * every)
    return seen.usage


def test_without_history_the_least_is_recommended() -> None:
    [estimate] = recommend({"web": Usage()}).values()
    assert estimate.target == (LEAST_CPU, LEAST_MEMORY)


def test_the_least_is_shared_by_the_containers() -> None:
    both = recommend({"web": Usage(), "sidecar": Usage()})
    assert both["web"].target == (LEAST_CPU // 2, LEAST_MEMORY // 2)


def test_one_sample_gives_no_confidence_and_no_upper_bound() -> None:
    [estimate] = recommend({"web": used([0.5])}).values()
    assert estimate.upper == (MOST, MOST)


@given(st.lists(st.floats(0.01, 4), min_size=2, max_size=30))
def test_the_target_lies_within_its_bounds(cores: list[float]) -> None:
    [estimate] = recommend({"web": used(cores, 3600)}).values()
    assert estimate.lower.cpu <= estimate.target.cpu <= estimate.upper.cpu
    assert estimate.lower.memory <= estimate.target.memory <= estimate.upper.memory


def test_bounds_narrow_with_the_days() -> None:
    hour, week = (recommend({"web": used([0.5] * count)})["web"] for count in (60, 1440 * 7))
    assert week.upper.cpu < hour.upper.cpu
    assert week.lower.cpu > hour.lower.cpu


def test_confidence_is_the_smaller_of_days_and_samples() -> None:
    assert confidence(used([0.5] * 24, every=3600.0)) == 24 / 1440

"""Patterns of load are values, and pure functions of time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.metrics import load
from labkit.metrics.patterns import HOURS, drawn, from_json, to_json

PATTERNS = [
    load.constant(50),
    load.step(20, 100, at="5m"),
    load.ramp(0, 300, over="10m", at="1m"),
    load.sine(10, 20, "1h"),
    load.day(20, 200, start="9h"),
    load.flash(10, 500),
    load.recorded([(0, 1), ("1m", 5), (90, 3)]),
    load.random(5, 9, seed=7),
    load.day(20, 200) + load.flash(0, 300),
]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda one: type(one).__name__)
def test_a_pattern_survives_being_written_and_read(pattern):
    assert from_json(to_json(pattern)) == pattern


@given(st.sampled_from(PATTERNS), st.floats(0, 1e6))
def test_a_rate_is_never_negative_and_always_the_same(pattern, t):
    assert pattern.rate(t) == from_json(to_json(pattern)).rate(t) >= 0


@given(st.floats(0, 1e6), st.integers(0, 99))
def test_a_random_rate_stays_between_its_bounds(t, seed):
    assert 5 <= load.random(5, 9, seed=seed).rate(t) <= 9


def test_a_random_rate_hits_its_draws_and_depends_on_its_seed():
    one, other = load.random(0, 1, "1m", seed=1), load.random(0, 1, "1m", seed=2)
    assert one.rate(120) == drawn(1, 2)
    assert one.rate(120) != other.rate(120)


def test_a_step_changes_at_its_moment():
    pattern = load.step(20, 100, at="5m")
    assert [pattern.rate(t) for t in (0, 299, 300, 9999)] == [20, 20, 100, 100]


def test_a_ramp_is_a_line_and_then_stays():
    pattern = load.ramp(0, 300, over="10m", at="1m")
    assert [pattern.rate(t) for t in (0, 60, 360, 660, 9999)] == [0, 0, 150, 300, 300]


def test_a_sine_is_low_high_low():
    pattern = load.sine(10, 20, period=100)
    assert [round(pattern.rate(t), 6) for t in (0, 25, 50, 100)] == [10, 15, 20, 10]


def test_a_day_is_low_in_the_night_and_high_in_the_evening_every_day():
    pattern = load.day(20, 200)
    assert [pattern.rate(hour * 3600) for hour in (4, 20, 28)] == [20, 200, 20]
    assert load.day(20, 200, start="20h").rate(0) == 200
    assert min(HOURS) == 0 and max(HOURS) == 1 and len(HOURS) == 24


def test_a_flash_crowd_comes_stays_and_goes_by_halves():
    pattern = load.flash(10, 110, at=60, rise=10, hold=20, fall=30)
    assert [pattern.rate(t) for t in (0, 60, 65, 70, 90, 120, 150)] == [10, 10, 60, 110, 110, 60, 35]


def test_patterns_add_up():
    assert (load.constant(5) + load.step(1, 2, at=10)).rate(20) == 7

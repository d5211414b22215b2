"""Tests of labkit.autoscaling.vpa.histogram."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.autoscaling.vpa.histogram import CPU, HALF_LIFE, MEMORY, Histogram

VALUES = st.floats(0, 900)


@given(VALUES)
def test_a_value_lies_in_its_bucket(value: float) -> None:
    bucket = CPU.find(value)
    assert CPU.start(bucket) <= value * (1 + 1e-9)
    assert value <= CPU.start(bucket + 1) * (1 + 1e-9)


@given(st.lists(VALUES, min_size=1, max_size=20))
def test_percentiles_rise_with_the_share(values: list[float]) -> None:
    histogram = Histogram(CPU)
    for time, value in enumerate(values):
        histogram.add(value, 1.0, time)
    read = [histogram.percentile(share / 10) for share in range(11)]
    assert read == sorted(read)
    assert read[-1] >= max(values)


def test_what_is_taken_back_leaves_nothing() -> None:
    histogram = Histogram(MEMORY)
    histogram.add(3e8, 1.0, 10)
    histogram.subtract(3e8, 1.0, 10)
    assert histogram.is_empty
    assert histogram.percentile(0.9) == 0


def test_a_day_later_a_sample_counts_twice_as_much() -> None:
    histogram = Histogram(CPU)
    histogram.add(1.0, 1.5, 0)
    histogram.add(5.0, 1.0, HALF_LIFE)
    assert histogram.percentile(0.5) > 5


def test_very_long_after_old_samples_are_forgotten() -> None:
    histogram = Histogram(CPU)
    histogram.add(5.0, 1.0, 0)
    histogram.add(1.0, 1.0, 300 * HALF_LIFE)
    assert histogram.percentile(1.0) == pytest.approx(1.0, rel=0.06)


def test_a_fork_goes_on_by_itself() -> None:
    histogram = Histogram(CPU)
    histogram.add(1.0, 1.0, 0)
    histogram.fork().add(9.0, 100.0, 1)
    assert histogram.percentile(1.0) < 2

"""Patterns as a learner writes them."""

from __future__ import annotations

import pytest

from labkit.errors import FieldError
from labkit.metrics import load
from labkit.metrics.patterns import Constant, Recorded


@pytest.mark.parametrize("value", [50, "50", 50.0, load.constant(50)])
def test_a_number_its_text_and_a_pattern_are_read(value):
    assert load.read(value) == Constant(50.0)


def test_a_csv_file_is_a_recorded_load(tmp_path):
    path = tmp_path / "day.csv"
    path.write_text("seconds,rps\n0,20\n60,80.5\n")
    assert load.read(str(path)) == load.recorded(path) == Recorded(((0, 20.0), (60, 80.5)))


def test_a_list_of_points_is_a_recorded_load():
    assert load.read([(0, 1), ("1m", 2)]) == Recorded(((0, 1.0), (60, 2.0)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("many", "a rate is a number of requests a second, not 'many'"),
        (-1, "a rate is 0 or more, not -1"),
        ([(0, 1), (0, 2)], "the moments of a load go upwards"),
        ([], "a recorded load is a list of (seconds, rate), at least one"),
        ("nowhere.csv", 'the path "nowhere.csv" cannot be read: No such file or directory'),
    ],
)
def test_what_is_no_load_is_refused(value, text):
    with pytest.raises(FieldError) as error:
        load.read(value)
    assert text in str(error.value)


def test_a_span_that_takes_no_time_is_refused():
    with pytest.raises(FieldError, match="longer than 0"):
        load.sine(1, 2, period=0)

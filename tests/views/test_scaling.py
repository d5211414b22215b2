"""An hour of autoscaling in words, and as a table."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.views.scaling import Bounds, Hour, Series, describe, latency, minutes, moment, table, verdict
from labkit.views.scaling_svg import render
from labkit.views.timecharts import Panel, ticks


@pytest.fixture
def hour() -> Hour:
    """Four minutes: the load doubles, and one pod becomes two, then one."""
    times = np.array([0.0, 60, 120, 180, 240])
    load = {
        "rps": np.array([10.0, 20, 20, 10, 10]), "ready": np.array([1.0, 1, 2, 2, 1]),
        "utilisation": np.array([50.0, 100, 50, np.nan, 50]), "latency": np.array([0.02, 10, 0.03, 0.02, 0.02]),
        "errors": np.array([0.0, 7, 0, 0, 0]),
    }  # fmt: skip
    sizes = {"replicas": np.array([1.0, 1, 2, 2]), "desired": np.array([1.0, 2, 2, 1]), "proposed": np.ones(4)}
    return Hour(Series(times, load), Series(times[1:], sizes), Bounds(1, 4), 60, (54, 66))


def test_changes_turns_and_failures_are_counted(hour: Hour) -> None:
    assert (hour.changes, hour.reversals) == (2, 1)
    assert hour.failed == pytest.approx(0.1)
    assert verdict(hour).startswith("2 changes of size, 1 turn between up and down; 10.0% of the requests failed")
    assert "Load from 10 to 20" in describe(hour) and "within 1 to 4" in describe(hour)


def test_a_moment_shows_what_was_measured_last(hour: Hour) -> None:
    assert moment(hour, 119) == (
        "1:59: 20 requests a second, 1 ready, 1 desired, 100 % of the request, 10.0 s, 7 errors a second"
    )
    assert "no utilisation" in moment(hour, 185)


def test_the_table_has_a_row_every_so_often(hour: Hour) -> None:
    rows = table(hour, every=60).rows
    assert [row[0] for row in rows] == ["0:00", "1:00", "2:00", "3:00", "4:00"]
    assert rows[1][5] == "10.0 s"


def test_times_and_latencies_are_written_shortly() -> None:
    assert (minutes(125), latency(0.0244), latency(1.52)) == ("2:05", "24 ms", "1.5 s")


def test_the_picture_is_the_same_each_time_and_carries_its_words(hour: Hour) -> None:
    assert render(hour, 60) == render(hour, 60) != render(hour, 120)
    assert 'role="img"' in render(hour, 0) and "target 60 %" in render(hour, 0)
    assert "nan" not in render(hour, 0)


def test_a_line_is_broken_where_a_value_is_missing() -> None:
    panel = Panel(0, 100, 10, 4)
    assert panel.line(np.arange(4.0), np.array([1.0, np.nan, 2, 3])).count("M") == 2
    assert panel.steps(np.arange(4.0), np.array([1.0, 1, 2, 2])).count("V") == 1
    assert float(panel.y(20)) == 0


@pytest.mark.parametrize("most", [1.5, 7, 10.6, 60, 180, 3000])
def test_ticks_are_few_and_round(most: float) -> None:
    found = ticks(most)
    assert found[0] == (0.0, "0") and len(found) <= 6 and found[-1][0] <= most

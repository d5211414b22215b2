"""From a slider's new value to the new picture: every widget's move, against a tenth of a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import cycle
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from labkit.widgets import drain_drill, load_and_replicas, probe_timeline, rollout_player, task_lifecycle

GOAL = 0.1
"""Seconds."""


def of_rollout() -> tuple[Any, Iterable[Any]]:
    """The rollout player's surge."""
    return rollout_player(7).surge, (2, 3, 4, 5)


def of_drain() -> tuple[Any, Iterable[Any]]:
    """The replicas of the drain drill."""
    return drain_drill().parts["replicas"], (5, 6, 7, 8)


def of_probes() -> tuple[Any, Iterable[Any]]:
    """The start of the probe timeline's application."""
    return probe_timeline(company=True, length=600).starts, (11, 12, 13, 14)


def of_task() -> tuple[Any, Iterable[Any]]:
    """The moment at which the task lifecycle's task is stopped."""
    widget = task_lifecycle(fate="you stop the task", balancer=True, check=True, length=300)
    return widget.after, range(31, 60)


def of_hour() -> tuple[Any, Iterable[Any]]:
    """The target of an hour of autoscaling: 240 syncs, up to ten pods."""
    return load_and_replicas().parts["target"], (50, 55, 65, 70, 75, 80, 85, 90, 95)


@pytest.mark.parametrize("widget", [of_hour, of_rollout, of_drain, of_probes, of_task], ids=lambda made: made.__name__)
def test_move(benchmark: BenchmarkFixture, widget: Callable[[], tuple[Any, Iterable[Any]]]) -> None:
    slider, values = widget()
    turn = cycle(values)

    def move() -> None:
        slider.value = next(turn)

    benchmark.pedantic(move, rounds=8)
    benchmark.extra_info["goal"] = GOAL
    assert benchmark.stats.stats.max < GOAL

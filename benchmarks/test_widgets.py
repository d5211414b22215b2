"""From a slider's new value to the new picture: every widget's move, against a tenth of a second.

No value comes twice: what was seen once is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from labkit.widgets import (
    drain_drill,
    load_and_replicas,
    ninth_pod,
    placement_lab,
    probe_timeline,
    rollout_player,
    task_lifecycle,
    two_loops,
)

GOAL = 0.1
"""Seconds."""


def of_rollout() -> tuple[Any, Sequence[Any]]:
    """The rollout player's surge."""
    return rollout_player(7).surge, (2, 3, 4, 5)


def of_drain() -> tuple[Any, Sequence[Any]]:
    """The replicas of the drain drill."""
    return drain_drill().parts["replicas"], (2, 3, 4, 5, 7, 8)


def of_probes() -> tuple[Any, Sequence[Any]]:
    """The start of the probe timeline's application."""
    return probe_timeline(company=True, length=600).starts, range(11, 19)


def of_task() -> tuple[Any, Sequence[Any]]:
    """The moment at which the task lifecycle's task is stopped."""
    widget = task_lifecycle(fate="you stop the task", balancer=True, check=True, length=300)
    return widget.after, range(31, 60)


def of_hour() -> tuple[Any, Sequence[Any]]:
    """The target of an hour of autoscaling: 240 syncs, up to ten pods."""
    return load_and_replicas().parts["target"], (50, 55, 65, 70, 75, 80, 85, 90, 95)


def of_ninth_pod() -> tuple[Any, Sequence[Any]]:
    """The size of the ninth pod: two labs, each with an autoscaler of machines."""
    return ninth_pod().parts["cpu"], (500, 600, 700, 800, 1000, 1100, 1200, 1300)


def of_placement() -> tuple[Any, Sequence[Any]]:
    """The number of tasks of the placement lab."""
    return placement_lab().sizes["tasks"], (11, 12, 13, 14, 15, 16, 17, 18)


def of_two_loops() -> tuple[Any, Sequence[Any]]:
    """The target of both loops of ECS: 70 minutes of tasks and machines."""
    return two_loops().parts["target"], (45, 50, 55, 65, 70, 75, 80, 85)


WIDGETS = [of_hour, of_rollout, of_drain, of_probes, of_task, of_ninth_pod, of_placement, of_two_loops]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda made: made.__name__)
def test_move(benchmark: BenchmarkFixture, widget: Callable[[], tuple[Any, Sequence[Any]]]) -> None:
    slider, values = widget()
    turn = iter(values)

    def move() -> None:
        slider.value = next(turn)

    benchmark.pedantic(move, rounds=len(values))
    benchmark.extra_info["goal"] = GOAL
    assert benchmark.stats.stats.median < GOAL

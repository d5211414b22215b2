"""Stabilisation, policies and bounds, beyond the recorded table."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labkit.autoscaling.hpa.rules import (
    WAITS_DOWN,
    Bounds,
    Memory,
    Policy,
    Rules,
    normalized,
    normalized_by_behavior,
    rescaled,
)

BOUNDS = Bounds(1, 50)
UP = Rules(0, (Policy("Pods", 4, 15), Policy("Percent", 100, 15)))
DOWN = Rules(300, (Policy("Percent", 100, 15),))
WANTS = st.lists(st.integers(0, 60), max_size=40)


def test_down_goes_to_the_highest_recommendation_of_five_minutes():
    memory = Memory(recommendations=((0.0, 10),))
    early = normalized(memory, 300.0, 10, 2, BOUNDS)
    assert (early.replicas, early.able) == (10, WAITS_DOWN)
    assert normalized(early.memory, 301.0, 10, 2, BOUNDS).replicas == 2


def test_the_last_recommendation_of_a_size_is_the_one_that_counts():
    memory = Memory(recommendations=((0.0, 10),))
    for moment in range(15, 600, 15):
        memory = normalized(memory, float(moment), 10, 10, BOUNDS).memory
    assert memory.recommendations == ((585.0, 10),)


@given(WANTS)
def test_a_size_is_always_within_its_bounds_and_steps(wants):
    memory, current = Memory(), 5
    for number, wanted in enumerate(wants):
        got = normalized(memory, 15.0 * number, current, wanted, BOUNDS)
        assert BOUNDS.least <= got.replicas <= min(BOUNDS.most, max(2 * current, 4))
        memory, current = got.memory, got.replicas


@given(WANTS)
def test_policies_are_never_exceeded_within_a_minute(wants):
    up = Rules(0, (Policy("Pods", 3, 60),))
    memory, sizes = Memory(), [5]
    for number, wanted in enumerate(wants):
        now, current = 15.0 * number, sizes[-1]
        got = normalized_by_behavior(memory, now, current, wanted, BOUNDS, up, DOWN)
        memory = got.memory
        if got.replicas != current:
            memory = rescaled(memory, now, current, got.replicas, up, DOWN)
        sizes.append(got.replicas)
        lately = sizes[-4:]
        assert max(0, *(lately[-1] - size for size in lately)) <= 3 + max(0, lately[0] - min(lately))


def test_a_disabled_direction_stays():
    never = Rules(0, (), "Disabled")
    got = normalized_by_behavior(Memory(), 0.0, 10, 2, BOUNDS, UP, never)
    assert (got.replicas, got.limit[0]) == (10, "ScaleDownLimit")


def test_a_window_up_takes_the_lowest_recommendation():
    memory = Memory(recommendations=((0.0, 5),))
    slow = UP._replace(window=60)
    got = normalized_by_behavior(memory, 30.0, 5, 9, BOUNDS, slow, DOWN)
    assert (got.replicas, got.able[0]) == (5, "ScaleUpStabilized")
    assert normalized_by_behavior(got.memory, 90.0, 5, 9, BOUNDS, slow, DOWN).replicas == 9

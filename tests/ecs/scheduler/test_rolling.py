"""The bounds of a rolling update, worked out by hand, and what they allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.ecs.scheduler.rolling import Bounds, Counts, bounds, is_stuck, step

WORKED = [
    # desired, minimumHealthyPercent, maximumPercent, (lower, upper), where it comes from
    (4, 50, 100, (2, 4), "service definition parameters: two may be stopped first"),
    (2, 75, 200, (2, 4), "service event messages: nothing may be stopped"),
    (4, 100, 200, (4, 8), "service definition parameters: four are started first"),
    (3, 100, 125, (3, 3), "service event messages: nothing may be started"),
    (1, 100, 100, (1, 1), "rounding: nothing may be started or stopped"),
    (1, 50, 100, (1, 1), "rounding: half a task is one"),
    (1, 0, 100, (0, 1), "defaults of daemons"),
    (1, 100, 150, (1, 1), "rounding: one and a half is one"),
    (1, 100, 200, (1, 2), "defaults of replicas"),
    (3, 50, 150, (2, 4), "rounding: up below, down above"),
    (5, 66, 133, (4, 6), "rounding: 3.3 and 6.65"),
    (7, 90, 110, (7, 7), "rounding: 6.3 and 7.7"),
    (10, 90, 110, (9, 11), "no rounding"),
    (10, 33, 100, (4, 10), "rounding: 3.3"),
    (100, 29, 107, (29, 107), "exact where floating point would not be"),
    (0, 100, 200, (0, 0), "nothing desired"),
]


@pytest.mark.parametrize(("desired", "least", "most", "expected", "source"), WORKED)
def test_bounds_are_rounded_up_below_and_down_above(desired, least, most, expected, source):
    assert bounds(desired, least, most) == expected, source


def old(number: int) -> Counts:
    """So many healthy tasks of an old revision."""
    return Counts(occupied=number, healthy=number, outgoing=number)


@pytest.mark.parametrize(
    ("desired", "least", "most", "start", "stop"),
    [(4, 50, 100, 0, 2), (2, 75, 200, 2, 0), (4, 100, 200, 4, 0), (10, 90, 110, 1, 1), (1, 0, 100, 0, 1)],
)
def test_a_first_batch_uses_all_that_the_bounds_allow(desired, least, most, start, stop):
    done = step(old(desired), desired, bounds(desired, least, most))
    assert (done.start, done.outgoing) == (start, stop)


@pytest.mark.parametrize(("desired", "least", "most"), [(1, 100, 100), (3, 100, 125), (1, 50, 150)])
def test_where_neither_is_allowed_a_deployment_is_stuck(desired, least, most):
    done = step(old(desired), desired, bounds(desired, least, most))
    assert is_stuck(old(desired), desired, done)


def test_an_unhealthy_task_is_replaced_before_it_is_stopped_where_there_is_room():
    ailing = Counts(occupied=2, healthy=1, current=1, running=1, unhealthy=1)
    assert step(ailing, 2, Bounds(2, 4)) == (1, 0, 0, 0, 0)
    assert step(ailing._replace(occupied=3, current=2, running=2), 2, Bounds(2, 4)).unhealthy == 1
    assert step(ailing, 2, Bounds(2, 2)) == (0, 0, 1, 0, 0)
    assert step(ailing._replace(stopping=1), 2, Bounds(2, 2)) == (0, 0, 0, 0, 0)


@given(
    st.integers(0, 30), st.integers(0, 100), st.integers(100, 300), st.integers(0, 40), st.integers(0, 40),
    st.integers(0, 20),
)  # fmt: skip
def test_no_step_leaves_the_bounds(desired, least, most, old_ones, new_ones, idle):
    counts = Counts(old_ones + new_ones + idle, old_ones + new_ones, new_ones, new_ones, 0, old_ones, idle)
    bound = bounds(desired, least, most)
    done = step(counts, desired, bound)
    assert done.start == 0 or counts.occupied + done.start <= bound.upper
    stopped = done.surplus + done.outgoing
    assert stopped == 0 or counts.healthy - stopped >= min(bound.lower, counts.healthy)

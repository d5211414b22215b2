"""Health checks: the next change, against every check done one by one."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.ecs.health import HEALTHY, UNHEALTHY, UNKNOWN, Change, next_change, of_task
from labkit.kinds.ecs import HealthCheck
from labkit.kubelet.behaviour import Behaviour


def one_by_one(check, told, answers_after, until):
    """Every change up to a moment, by doing each check."""
    status, failures, changes = UNKNOWN, 0, []
    for turn in range(1, math.floor(until / check.interval) + 1):
        at = turn * check.interval
        if answers_after <= at < told.live_for:
            new, failures = HEALTHY, 0
        else:
            failures += status == HEALTHY or at > check.start_period
            new = UNHEALTHY if failures >= check.retries else status
        if new != status:
            failures = 0
            changes.append(Change(at, new))
        status = new
    return changes


@given(
    interval=st.integers(5, 60),
    retries=st.integers(1, 5),
    start_period=st.integers(0, 200),
    answers_after=st.floats(0, 300),
    live_for=st.one_of(st.just(math.inf), st.floats(0, 600)),
)
def test_the_next_change_is_the_one_that_comes(interval, retries, start_period, answers_after, live_for):
    check = HealthCheck(interval=interval, retries=retries, start_period=start_period)
    told, changes, since, status = Behaviour(live_for=live_for), [], 0.0, UNKNOWN
    while (change := next_change(check, told, answers_after, since, status)) is not None and change.at <= 3000:
        changes.append(change)
        since, status = change
    assert changes == one_by_one(check, told, answers_after, 3000)


def test_failures_in_the_start_period_do_not_count():
    check = HealthCheck(interval=10, retries=3, start_period=60)
    assert next_change(check, Behaviour(live_for=0.0), 0, 0, UNKNOWN) == Change(90, UNHEALTHY)
    assert next_change(check, Behaviour(), 35, 0, UNKNOWN) == Change(40, HEALTHY)
    assert next_change(check, Behaviour(), 0, 10, HEALTHY) is None


@pytest.mark.parametrize(
    ("statuses", "health"),
    [
        ({"a": HEALTHY, "b": HEALTHY}, HEALTHY), ({"a": HEALTHY, "b": UNKNOWN}, UNKNOWN),
        ({"a": UNHEALTHY, "b": UNKNOWN}, UNHEALTHY), ({"a": HEALTHY, "log": UNHEALTHY}, HEALTHY),
    ],
)  # fmt: skip
def test_a_task_is_as_healthy_as_its_worst_essential_container(statuses, health):
    assert of_task(statuses, {"a": True, "b": True, "log": False}) == health

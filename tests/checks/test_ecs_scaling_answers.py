"""What the checks of lesson 27 look at."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.checks.ecs_scaling_answers import (
    after,
    counts,
    fleet,
    is_served,
    provide,
    rate,
    register,
    resize,
    seen,
    serve,
    size,
    statuses,
    stepping,
    target,
    tracking,
    up,
    wanted,
)


@pytest.fixture
def lab() -> Lab:
    made = serve(register(Lab.ecs(8, seed=1)), 2)
    made.load("service/web", rps=30)
    made.run("4m").aws(target(2, 12))
    made.aws(tracking(60))
    return made


def test_time_under_load_passes_in_a_fork(lab: Lab) -> None:
    now = lab.now
    assert after(lab, 75, "10m")[:2] == (5, 60.0)
    assert after(lab, None, "10m")[:2] == (2, 60.0)
    assert lab.now == now and rate(lab) == 30


def test_desired_counts_are_told_since_a_moment(lab: Lab) -> None:
    lab.load("service/web", rps=75).run("5m")
    assert counts(lab, 240) == [2, 5]
    assert counts(lab, lab.now) == [5]
    assert wanted(lab) == up(lab) == 5


def test_steps_without_an_end_leave_the_bound_out() -> None:
    assert '{"MetricIntervalLowerBound": 20, "ScalingAdjustment": 3}' in stepping((20, None, 3))


def test_tasks_of_a_provider_wait_and_get_machines() -> None:
    lab = register(Lab.ecs(0, seed=1))
    serve(provide(lab, ("fleet", fleet(lab, 0))), 8)
    assert statuses(lab.run("30s"))["PROVISIONING"] == 8 and seen(lab).waiting == 8
    assert size(lab.run("1m")) == 2
    assert seen(lab.run("3m")) == (8, 0.0, 0, 2)


def test_where_the_service_is_gone_there_is_nothing_to_want(lab: Lab) -> None:
    lab.aws("ecs delete-service --service web --force")
    lab.run("1m")
    assert not is_served(lab)
    assert up(resize(lab, 9).run("1m")) == after(lab, 75).running == 0


def test_a_lab_without_load_has_no_rate() -> None:
    assert rate(Lab.ecs(1)) == 0.0

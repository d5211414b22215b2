"""What the checks of lesson 21 look at."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.checks.scaling import COST, SERVICE, after, app, behavior, changes, cpu, hpa, is_active, target_of


@pytest.fixture
def lab() -> Lab:
    made = Lab.kubernetes(nodes=1, cpu="8", seed=1)
    made.apply(app() + "---" + SERVICE + "---" + hpa(more=behavior(down="stabilizationWindowSeconds: 60")))
    return made.behave("app=web", cost=COST).load("web", rps=10).run("2m")


def test_time_under_load_passes_in_a_fork(lab: Lab) -> None:
    now = lab.now
    busy, quiet = after(lab, 40, "5m"), after(lab, 1, "5m")
    assert (busy.ready, quiet.ready) == (7, 2)
    assert 54 <= busy.used <= 66 and busy.changes >= 1
    assert lab.now == now


def test_changes_are_counted_since_a_moment(lab: Lab) -> None:
    begin = lab.now
    lab.load("web", rps=40).run("2m")
    assert changes(lab) == changes(lab, begin) >= 1
    assert changes(lab, lab.now) == 0


def test_targets_are_read_from_the_autoscalers_that_are_there(lab: Lab) -> None:
    assert is_active(lab) and target_of(lab) == [60] and target_of(lab, "averageValue") == []
    lab.apply(hpa(cpu("type: AverageValue, averageValue: 100m")))
    assert target_of(lab, "averageValue") == ["100m"]
    assert not is_active(Lab.kubernetes(nodes=1))

"""Why services of ECS and capacity providers have their size."""

from __future__ import annotations

import pytest

from labkit.errors import LabError
from tests.autoscaling.ecs_groups import cluster, register, run
from tests.autoscaling.test_application import minutes, service, track


def test_a_service_is_explained_by_its_alarms_and_arithmetic() -> None:
    lab = service()
    track(lab)
    minutes(lab, 50, 75, 75)
    told = str(lab.why_capacity("web"))
    assert "service/web: 4 tasks desired, 4 wanted" in told
    assert "AlarmHigh is OK: > 50 in 2 of the last 3 minutes, needed 3" in told
    assert "it wants nothing" in told
    minutes(lab, 75)
    told = str(lab.why_capacity("web"))
    assert "4 x 75.0 / 50 = 6.00, rounded up: 6" in told or "6 x 75.0 / 50" in told
    assert "the activity from 4 to 6 cools down for 300 s more" in told


def test_no_line_is_too_wide_for_a_page() -> None:
    lab = service()
    track(lab)
    told = str(lab.why_capacity("web")).splitlines()
    assert max(map(len, told)) <= 110
    assert any(line.startswith("    AlarmHigh") for line in told)


def test_what_holds_a_service_back_is_told() -> None:
    lab = service(most=4)
    track(lab)
    minutes(lab, 50, 100, 100, 100)
    assert "held back: it is at its maximum of 4" in lab.why_capacity("service/web").lines


def test_a_provider_is_explained_by_m_and_n() -> None:
    lab = cluster()
    run(lab, 20)
    assert "from nothing it goes to 2 first" in lab.run("1m").why_capacity("web").lines
    lines = lab.run("2m").why_capacity("provider/web").lines
    assert "waiting in PROVISIONING: 12 tasks; they fit m5.large" in lines
    assert "CapacityProviderReservation = 250 (100 x 5 / 2), its target is 100" in lines
    assert "held back: 2 of its machines are younger than the warm-up" in lines


def test_tasks_that_fit_nowhere_are_told() -> None:
    lab = cluster()
    register(lab, "huge", cpu=8192)
    run(lab, 2, "huge")
    lines = lab.run("1m").why_capacity("web").lines
    assert lines[0] == "waiting in PROVISIONING: 2 tasks; none fits m5.large, so none counts"


def test_a_scale_in_is_told_minute_by_minute() -> None:
    lab = cluster(desired=8, instanceWarmupPeriod=0).run("16m")
    why = lab.why_capacity("web")
    assert (why.current, why.wanted) == (5, 3)
    assert "each minute at least one goes and fewer than half: 2 now" in why.lines


def test_what_nobody_scales_is_refused() -> None:
    with pytest.raises(LabError, match="nothing scales 'api'"):
        cluster().why_capacity("api")

"""Times of scheduled actions: at, rate, cron."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labkit.autoscaling.application.timetable import following, read
from labkit.errors import AwsError
from tests.autoscaling.test_application import NAMED, aas, count, service

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


# 4.4, and the user guide's table of cron examples; worked out by hand from Monday 5 January 2026, 09:00 UTC.
@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("at(2026-01-05T10:30:00)", None, "2026-01-05T10:30"),
        ("at(2026-01-05T11:30:00)", "Europe/Berlin", "2026-01-05T10:30"),
        ("at(2026-01-05T08:00:00)", None, None),
        ("rate(5 minutes)", None, "2026-01-05T09:05"),
        ("rate(1 day)", None, "2026-01-06T09:00"),
        ("cron(0 10 * * ? *)", None, "2026-01-05T10:00"),
        ("cron(15 12 * * ? *)", "America/New_York", "2026-01-05T17:15"),
        ("cron(0 18 ? * MON-FRI *)", None, "2026-01-05T18:00"),
        ("cron(0 8 1 * ? *)", None, "2026-02-01T08:00"),
        ("cron(0/10 * ? * SUN *)", None, "2026-01-11T00:00"),
        ("cron(0 0 ? * 1 *)", None, "2026-01-11T00:00"),
        ("cron(0 0 ? * 7 *)", None, "2026-01-10T00:00"),
        ("cron(0 9 5 1 ? 2027)", None, "2027-01-05T09:00"),
        ("cron(0 9 5 1 ? 2025)", None, None),
    ],
)
def test_the_next_time(text: str, zone: str | None, expected: str | None) -> None:
    found = following(read(text, zone), MONDAY, MONDAY)
    assert (found.strftime("%Y-%m-%dT%H:%M") if found else None) == expected


@pytest.mark.parametrize(
    "text",
    ["every day", "rate(5 minute)", "rate(0 minutes)", "rate(1 minutes)", "cron(0 10 * * *)", "cron(0 10 * * * *)",
     "cron(0 25 * * ? *)", "at(tomorrow)", "cron(0 0 L * ? *)"],
)  # fmt: skip
def test_bad_schedules_are_refused(text: str) -> None:
    with pytest.raises(AwsError):
        read(text)


def test_scheduled_actions_set_the_bounds_and_move_the_count() -> None:
    lab = service(count=4)
    rows = (("morning", "at(2026-01-05T09:10:00)", 6, 20), ("night", "cron(30 9 * * ? *)", 1, 2))
    for name, schedule, least, most in rows:
        action = {"MinCapacity": least, "MaxCapacity": most}
        aas(lab).put_scheduled_action(**NAMED, ScheduledActionName=name, Schedule=schedule, ScalableTargetAction=action)
    lab.run("5m")
    assert count(lab) == 4
    assert count(lab.run("5m")) == 6
    assert count(lab.run("20m")) == 2
    [target] = aas(lab).describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 2)
    aas(lab).delete_scheduled_action(**NAMED, ScheduledActionName="night")
    assert len(aas(lab).describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]) == 1

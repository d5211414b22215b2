from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from labkit.controllers import schedule


def cronjob(world: Any, runs: str = "1s", **spec: Any) -> None:
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "job:1"}]}
    template = {"metadata": {"annotations": {"labkit.dev/exits-after": runs}}, "spec": pod}
    job = {"spec": {"template": template, "parallelism": 1, "completions": 1}}
    spec = {"schedule": "* * * * *", "jobTemplate": job, **spec}
    world.create("batch/v1", "CronJob", "tick", spec=spec)


def test_a_schedule_goes_by_the_clocks_of_its_zone() -> None:
    plan, before = schedule.parse("30 2 * * *"), datetime(2026, 3, 28, 12, tzinfo=UTC)
    first = schedule.following(plan, before, ZoneInfo("Europe/Berlin"))
    assert first == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_day_that_never_comes_is_given_up() -> None:
    assert schedule.following(schedule.parse("0 0 31 2 *"), datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_a_job_starts_every_minute_and_three_are_kept(world: Any) -> None:
    cronjob(world)
    world.run(60 * 6 + 30)
    assert len(world.events("tick", "SuccessfulCreate")) == 6
    assert len(world.names("Job")) == 3


def test_forbid_lets_the_running_job_end(world: Any) -> None:
    cronjob(world, runs="1h", concurrencyPolicy="Forbid")
    world.run(200)
    assert len(world.names("Job")) == 1
    assert world.events("tick", "JobAlreadyActive")


def test_replace_deletes_the_running_job(world: Any) -> None:
    cronjob(world, runs="1h", concurrencyPolicy="Replace")
    world.run(200)
    assert len(world.names("Job")) == 1
    assert world.events("tick", "SuccessfulDelete")


def test_a_suspended_cronjob_starts_nothing(world: Any) -> None:
    cronjob(world, suspend=True)
    assert world.run(200).names("Job") == []

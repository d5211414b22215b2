"""Adapters of the table cron: labkit.controllers.schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from labkit.controllers import schedule
from labkit.controllers.cronjob import surplus
from labkit.errors import FieldError
from labkit.manifests import schedule as syntax

Row = dict[str, Any]

_NEVER = -9223372036.854776  # how the table writes the pause until no time at all


def runs(row: Row) -> Iterator[str]:
    """The times of the following starts, without end."""
    zone, text = schedule.zoned(row["schedule"], row["timeZone"])
    if why := syntax.error(text):
        raise FieldError(why)
    plan, at = schedule.parse(text), _time(row["from"])
    while (coming := schedule.following(plan, at, zone)) is not None:
        yield _stamp(at := coming)
    yield "never"


def location(row: Row) -> str:
    """Whether a time zone is known."""
    try:
        schedule.zone_of(row["timeZone"])
    except FieldError as error:
        return error.message
    return "ok"


def due(row: Row) -> Row:
    """Which start is due."""
    plan, now = schedule.parse(row["schedule"]), _time(row["now"])
    since = _time(row["lastScheduleTime"] or row["created"])
    wait = schedule.next_in(plan, since, now)
    answer: Row = {"events": [], "missed": "none", "requeue_after_s": _NEVER if wait is None else wait}
    deadline = row["startingDeadlineSeconds"]
    begin = since if deadline is None else max(since, now - timedelta(seconds=deadline))
    try:
        found = schedule.due(plan, begin, now)
    except schedule.ScheduleError as error:
        return answer | {"err": error.message, "start_at": None}
    many = [f"Warning TooManyMissedTimes {schedule.TOO_MANY}"] if found.missed == "many" else []
    answer |= {"missed": found.missed, "events": many, "start_at": found.start and _stamp(found.start)}
    return answer | ({"job_name": schedule.job_name("cj", found.start)} if found.start else {})


def cleaned(row: Row) -> list[str]:
    """The finished Jobs that the history limits let go."""
    limits = (row["successfulJobsHistoryLimit"], row["failedJobsHistoryLimit"])
    successes, failures = (len(row["jobs"]) if limit is None else limit for limit in limits)
    return [f"delete {job['metadata']['name']}" for job in surplus(list(map(_job, row["jobs"])), successes, failures)]


def _job(one: Row) -> Row:
    kinds = {"complete": "Complete", "failed": "Failed"}
    conditions = [{"type": kinds[one["state"]], "status": "True"}] if one["state"] in kinds else []
    start = {"startTime": f"{one['start_min']:09}"} if one.get("start_min") is not None else {}
    return {"metadata": {"name": one["name"]}, "status": {"conditions": conditions} | start}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("cron", "next"): runs,
    ("cron", "LoadLocation"): location,
    ("cron", "nextScheduleTime"): due,
    ("cron", "cleanupFinishedJobs"): cleaned,
}

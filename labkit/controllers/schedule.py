"""When a CronJob is due: the standard syntax of cron, with time zones. All pure.

Own code because the kept libraries mean something else: of the recorded answers croniter 6 gives 83 of 120, cronsim
66. They differ in `@every`, in `*/2` beside a day of the week, and at changes of daylight saving time.
Source: github.com/robfig/cron v3.0.1 spec.go, parser.go, constantdelay.go.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from labkit.errors import FieldError, LabError
from labkit.fields import durations
from labkit.manifests import schedule as syntax

_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}  # fmt: skip
_YEARS = 5
MANY = 100
TOO_MANY = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"


class Every(NamedTuple):
    """A fixed pause in seconds."""

    seconds: int


class Fields(NamedTuple):
    """The numbers of each field; `star`: a field of days is `*`, so that both must match."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    star: bool

    def has_day(self, at: datetime) -> bool:
        """Whether the day matches: one of the two day fields is enough unless one of them is `*`."""
        day, weekday = at.day in self.days, at.isoweekday() % 7 in self.weekdays
        return (day and weekday) if self.star else (day or weekday)


Schedule = Every | Fields


def parse(text: str) -> Schedule:
    """A schedule that `labkit.manifests.schedule.error` finds nothing wrong with."""
    if text.startswith("@every "):
        return Every(max(int(durations.parse_go(text.removeprefix("@every ")) // 10**9), 1))
    parts = _DESCRIPTORS.get(text, text).split()
    of_days = [part for field in (parts[2], parts[4]) for part in field.split(",")]
    star = any(part in ("*", "?", "*/1", "?/1") for part in of_days)
    minutes, hours, days, months, weekdays = syntax.numbers(parts)
    return Fields(minutes, hours, days, months, weekdays, star)


def following(schedule: Schedule, after: datetime, zone: tzinfo = UTC) -> datetime | None:
    """The first due time later than `after`, in UTC; None if there is none within five years."""
    if isinstance(schedule, Every):
        return after.replace(microsecond=0) + timedelta(seconds=schedule.seconds)
    start = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    at = _Moment(start.astimezone(zone), zone)
    limit = at.local.year + _YEARS
    while at.local.year <= limit:
        # Each step goes on to the next match of its field, or wraps and lets the larger fields be looked at again.
        if all(step(schedule, at) for step in (_to_month, _to_day, _to_hour, _to_minute)):
            return at.local.astimezone(UTC)
    return None


class _Moment:
    """A local time that only moves forward; once moved, its smaller parts are zero."""

    def __init__(self, local: datetime, zone: tzinfo) -> None:
        self.local = local
        self.zone = zone
        self.moved = False

    def begin(self, **parts: Any) -> None:
        """Set parts of the local time to their beginning, at the first move only."""
        if not self.moved:
            self.moved = True
            self.set(self.local.replace(**parts))

    def set(self, local: datetime) -> None:
        """Go to a local time; one that a change of daylight saving time leaves out becomes the one after it."""
        self.local = local.replace(tzinfo=self.zone).astimezone(UTC).astimezone(self.zone)

    def add(self, pause: timedelta) -> None:
        """Let time pass."""
        self.local = (self.local.astimezone(UTC) + pause).astimezone(self.zone)


def _to_month(fields: Fields, at: _Moment) -> bool:
    while at.local.month not in fields.months:
        at.begin(day=1, hour=0, minute=0)
        year, month = divmod(at.local.year * 12 + at.local.month, 12)
        at.set(at.local.replace(year=year, month=month + 1, day=1))
        if at.local.month == 1:
            return False
    return True


def _to_day(fields: Fields, at: _Moment) -> bool:
    while not fields.has_day(at.local):
        at.begin(hour=0, minute=0)
        at.set(at.local.replace(tzinfo=None) + timedelta(days=1))
        if at.local.hour:
            # Midnight is left out or comes twice on this day.
            at.add(timedelta(hours=24 - at.local.hour if at.local.hour > 12 else -at.local.hour))
        if at.local.day == 1:
            return False
    return True


def _to_hour(fields: Fields, at: _Moment) -> bool:
    while at.local.hour not in fields.hours:
        if not at.moved:
            at.moved = True
            at.add(-timedelta(minutes=at.local.minute))
        at.add(timedelta(hours=1))
        if at.local.hour == 0:
            return False
    return True


def _to_minute(fields: Fields, at: _Moment) -> bool:
    while at.local.minute not in fields.minutes:
        at.moved = True
        at.add(timedelta(minutes=1))
        if at.local.minute == 0:
            return False
    return True


class Due(NamedTuple):
    """The latest start that is due and not done, where counting began, and how many were missed."""

    since: datetime
    start: datetime | None
    missed: str


class ScheduleError(LabError):
    """A schedule that never comes."""


def due(schedule: Schedule, since: datetime, now: datetime, zone: tzinfo = UTC) -> Due:
    """What is due by `now`, counted from `since`: missed "none", "few" or "many" (more than a hundred)."""
    first = following(schedule, since, zone)
    second = following(schedule, first, zone) if first else None
    if first is None or second is None:
        raise ScheduleError("time difference between two schedules is less than 1 second")
    if now < second:
        return Due(since, first if now >= first else None, "none")
    pause = round((second - first).total_seconds())
    count = int((now - first).total_seconds()) // pause + 1
    start, coming = None, following(schedule, first + timedelta(seconds=(count - 2) * pause), zone)
    while coming is not None and coming <= now:
        start, coming = coming, following(schedule, coming, zone)
    return Due(since, start, "many" if count > MANY else "few")


def next_in(schedule: Schedule, since: datetime, now: datetime, zone: tzinfo = UTC) -> float | None:
    """Seconds until the next start, and a tenth more; None if there is none."""
    try:
        found = due(schedule, since, now, zone)
        base = found.start or (found.since if found.missed == "none" else now)
    except ScheduleError:
        base = now
    coming = following(schedule, base, zone)
    return None if coming is None else (coming - now).total_seconds() + 0.1


def job_name(name: str, start: datetime) -> str:
    """What the Job of a start is called: the CronJob's name and the minutes since 1970."""
    return f"{name}-{int(start.timestamp()) // 60}"


def zone_of(name: str) -> tzinfo:
    """The time zone of that name; FieldError in Go's words if there is none. Names are exact, "" is UTC."""
    if name in ("", "UTC"):
        return UTC
    if name not in available_timezones():
        raise FieldError(f"unknown time zone {name}")
    return ZoneInfo(name)


def zoned(text: str, zone: str | None) -> tuple[tzinfo, str]:
    """(time zone, schedule) of a schedule that may name its zone itself: `TZ=Europe/Berlin 0 3 * * *`."""
    if not text.startswith(("TZ=", "CRON_TZ=")):
        return zone_of(zone or ""), text
    named, space, rest = text.partition(" ")
    if not space:
        raise FieldError("invalid schedule format: runtime error: slice bounds out of range [:-1]")
    return zone_of(named.partition("=")[2]), rest.strip()

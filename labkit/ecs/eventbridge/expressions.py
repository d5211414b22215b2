"""Schedule expressions of EventBridge: `rate(5 minutes)` and `cron(0 12 ? * MON-FRI *)`, in UTC. Pure.

Six fields: minutes, hours, day of month, month, day of week (1 is Sunday), year; one of the two day fields must be `?`.
Own reader because cron with six fields, `L`, `W`, `#` and a Sunday of 1 is nobody else's dialect.
Source: Amazon EventBridge user guide, "Cron expressions reference", "Rate expressions reference". A rate counts from
the rule's creation.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from labkit.errors import AwsError

UNITS = {"minute": 60, "hour": 3600, "day": 86400}
Names = dict[str, int]
MONTHS: Names = {name: at for at, name in enumerate(re.findall("...", "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"), 1)}
DAYS: Names = {name: at for at, name in enumerate(re.findall("...", "SUNMONTUEWEDTHUFRISAT"), 1)}
BOUNDS: tuple[tuple[int, int, Names], ...] = (
    (0, 59, {}), (0, 23, {}), (1, 31, {}), (1, 12, MONTHS), (1, 7, DAYS), (1970, 2199, {}),
)  # fmt: skip
YEARS = 30


class Rate(NamedTuple):
    """Each so many seconds."""

    seconds: int


class Cron(NamedTuple):
    """Numbers of the fields; the day fields as text where they have `L`, `W` or `#`."""

    minutes: frozenset[int]
    hours: frozenset[int]
    day: frozenset[int] | str
    months: frozenset[int]
    weekday: frozenset[int] | str
    years: frozenset[int]


def invalid() -> AwsError:
    """ValidationException, as EventBridge has it for any expression it can't read."""
    return AwsError("ValidationException", "Parameter ScheduleExpression is not valid.")


def parse(text: str) -> Rate | Cron:
    """A schedule expression; AwsError ValidationException."""
    if found := re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", text):
        count, unit, plural = int(found[1]), found[2], bool(found[3])
        if count < 1 or plural == (count == 1):
            raise invalid()
        return Rate(count * UNITS[unit])
    found = re.fullmatch(r"cron\((.*)\)", text)
    fields = found[1].split() if found else []
    if len(fields) != 6 or (fields[2] == "?") == (fields[4] == "?"):
        raise invalid()
    read = [_field(one, at) for at, one in enumerate(fields)]
    return Cron(*read)  # type: ignore[arg-type]


def _field(text: str, at: int) -> frozenset[int] | str:
    if at in (2, 4) and (text == "?" or re.fullmatch(r"L|LW|\d+W|[\w]+L|[\w]+#[1-5]", text)):
        return text
    return frozenset(number for part in text.split(",") for number in _part(part, at))


def _part(text: str, at: int) -> range:
    low, high, names = BOUNDS[at]
    found = re.fullmatch(r"(\*|(\w+)(?:-(\w+))?)(?:/(\d+))?", text)
    if found is None:
        raise invalid()
    whole, first, last, step = found.groups()
    start = low if whole == "*" else _number(first, names)
    end = high if whole == "*" or (step and not last) else _number(last or first, names)
    if not low <= start <= end <= high or step == "0":
        raise invalid()
    return range(start, end + 1, int(step or 1))


def _number(text: str, names: dict[str, int]) -> int:
    if text.upper() in names:
        return names[text.upper()]
    if not text.isdecimal():
        raise invalid()
    return int(text)


def following(schedule: Rate | Cron, after: datetime, since: datetime) -> datetime | None:
    """The first due time later than `after`; `since`: when the rule was made. None if there is none in 30 years."""
    if isinstance(schedule, Rate):
        turns = (after - since) // timedelta(seconds=schedule.seconds) + 1
        return since + turns * timedelta(seconds=schedule.seconds)
    day = after.date()
    while day.year <= after.year + YEARS:
        if is_due(schedule, day):
            for hour in sorted(schedule.hours):
                for minute in sorted(schedule.minutes):
                    at = datetime.combine(day, time(hour, minute), after.tzinfo)
                    if at > after:
                        return at
        day += timedelta(days=1)
    return None


def is_due(schedule: Cron, day: date) -> bool:
    """Whether something is due on a day."""
    if day.year not in schedule.years or day.month not in schedule.months:
        return False
    return _has_day(schedule.day, day) if schedule.weekday == "?" else _has_weekday(schedule.weekday, day)


def _has_day(field: frozenset[int] | str, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    if not isinstance(field, str):
        return day.day in field
    if field == "L":
        return day.day == last
    return day == _working(day.replace(day=last if field == "LW" else min(int(field[:-1]), last)))


def _working(day: date) -> date:
    """The working day nearest to a day within its month."""
    last = monthrange(day.year, day.month)[1]
    if day.isoweekday() == 6:
        return day - timedelta(days=1) if day.day > 1 else day + timedelta(days=2)
    if day.isoweekday() == 7:
        return day + timedelta(days=1) if day.day < last else day - timedelta(days=2)
    return day


def _has_weekday(field: frozenset[int] | str, day: date) -> bool:
    weekday = day.isoweekday() % 7 + 1
    if not isinstance(field, str):
        return weekday in field
    if field == "L":
        return weekday == 7
    name, number = (field[:-1], "L") if field.endswith("L") else field.split("#")
    if weekday != _number(name, DAYS):
        return False
    last = monthrange(day.year, day.month)[1]
    return day.day > last - 7 if number == "L" else (day.day - 1) // 7 + 1 == int(number)

"""When a scheduled action is due: `at(...)`, `rate(...)`, `cron(...)` with six fields, in a time zone. All pure.

Source: Application Auto Scaling user guide, "Schedule recurring scaling actions using cron expressions". Left out: the
letters L, W and # of cron.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from labkit.controllers import schedule
from labkit.controllers.schedule import Fields
from labkit.errors import AwsError
from labkit.manifests import schedule as syntax

_FORM = re.compile(r"(at|rate|cron)\((.*)\)")
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
YEARS = range(1970, 2200)


class At(NamedTuple):
    """Once."""

    moment: datetime


class Rate(NamedTuple):
    """Every so many seconds, from the action's creation on."""

    seconds: int


class Cron(NamedTuple):
    """By fields and years, in a zone."""

    fields: Fields
    years: frozenset[int]
    zone: tzinfo


Timetable = At | Rate | Cron


def zone_of(name: str | None) -> tzinfo:
    """A time zone by its name, UTC for none; ValidationException."""
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise _invalid(f"Unknown time zone: {name}") from None


def read(text: str, zone: str | None = None) -> Timetable:
    """A schedule as it is written; ValidationException."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise _invalid(f"Schedule expression {text} is not valid.")
    of = zone_of(zone)
    if found[1] == "at":
        return At(_moment(found[2], of))
    return _rate(found[2]) if found[1] == "rate" else _cron(found[2], of)


def _moment(text: str, zone: tzinfo) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        raise _invalid(f"at({text}) is not valid.") from None


def _rate(text: str) -> Rate:
    number, _, unit = text.partition(" ")
    if not number.isdigit() or not int(number) or unit.removesuffix("s") not in _UNITS:
        raise _invalid(f"rate({text}) is not valid.")
    if (int(number) == 1) != (not unit.endswith("s")):
        raise _invalid(f"rate({text}) is not valid: one minute, but several minutes.")
    return Rate(int(number) * _UNITS[unit.removesuffix("s")])


def _cron(text: str, zone: tzinfo) -> Cron:
    fields = text.split()
    if len(fields) != 6 or (fields[2] == "?") == (fields[4] == "?"):
        raise _invalid(f"cron({text}) is not valid.")
    fields[4] = ",".join(map(_weekday, fields[4].split(",")))
    if syntax.error(" ".join(fields[:5])):
        raise _invalid(f"cron({text}) is not valid.")
    parsed = schedule.parse(" ".join(fields[:5]))
    assert isinstance(parsed, Fields)
    return Cron(parsed, _years(fields[5], text), zone)


def _weekday(part: str) -> str:
    """Days are 1 (Sunday) to 7 here, 0 to 6 in the common syntax."""
    span, slash, step = part.partition("/")
    ends = [str(int(one) - 1) if one.isdigit() else one for one in span.split("-")]
    return "-".join(ends) + slash + step


def _years(field: str, text: str) -> frozenset[int]:
    if field in ("*", "?"):
        return frozenset(YEARS)
    found: set[int] = set()
    for part in field.split(","):
        first, _, last = part.partition("-")
        if not first.isdigit() or (last and not last.isdigit()):
            raise _invalid(f"cron({text}) is not valid.")
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)


def following(table: Timetable, after: datetime, created: datetime) -> datetime | None:
    """The first due time later than `after`; None if there is none."""
    if isinstance(table, At):
        return table.moment.astimezone(UTC) if table.moment > after else None
    if isinstance(table, Rate):
        past = int((after - created).total_seconds() // table.seconds)
        return created + timedelta(seconds=(past + 1) * table.seconds)
    return _by_cron(table, after)


def _by_cron(table: Cron, after: datetime) -> datetime | None:
    found = schedule.following(table.fields, after, table.zone)
    while found is not None and (year := found.astimezone(table.zone).year) not in table.years:
        later = [one for one in table.years if one > year]
        if not later:
            return None
        begin = datetime(min(later), 1, 1, tzinfo=table.zone).astimezone(UTC) - timedelta(seconds=1)
        found = schedule.following(table.fields, begin, table.zone)
    return found


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)

"""The texts of a CronJob's schedule that can't be read.

Source: github.com/robfig/cron v3.0.1 parser.go; pkg/apis/batch/validation/validation.go, v1.36.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY = re.compile(r"@every [-+]?(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_DAYS = "sun mon tue wed thu fri sat"


class _Bounds(NamedTuple):
    """A field's lowest and highest number, and the names of its numbers."""

    low: int
    high: int
    names: dict[str, int]


_FIELDS = (
    _Bounds(0, 59, {}),
    _Bounds(0, 23, {}),
    _Bounds(1, 31, {}),
    _Bounds(1, 12, {name: number for number, name in enumerate(_MONTHS.split(), 1)}),
    _Bounds(0, 6, {name: number for number, name in enumerate(_DAYS.split())}),
)


class _BadPartError(Exception):
    """A part that can't be read."""


def error(schedule: str) -> str:
    """What is wrong with a schedule, in the parser's words; "" if nothing is."""
    if not schedule:
        return "empty spec string"
    if schedule.startswith("@"):
        if schedule in _DESCRIPTORS or _EVERY.fullmatch(schedule):
            return ""
        return f"unrecognized descriptor: {schedule}"
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        return f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
    try:
        for field, bounds in zip(fields, _FIELDS, strict=True):
            _check(field, bounds)
    except _BadPartError as bad:
        return str(bad)
    return ""


def numbers(fields: list[str]) -> list[frozenset[int]]:
    """The numbers that each of the five fields of a good schedule means: minutes, hours, days, months, weekdays."""
    return [_check(field, bounds) for field, bounds in zip(fields, _FIELDS, strict=True)]


def _check(field: str, bounds: _Bounds) -> frozenset[int]:
    return frozenset(number for part in field.split(",") if part for number in _range(part, bounds))


def _range(part: str, bounds: _Bounds) -> range:
    span, *steps = part.split("/")
    ends = span.split("-")
    if len(ends) > 2:
        raise _BadPartError(f"too many hyphens: {part}")
    start, end = _ends(ends, bounds)
    if len(steps) > 1:
        raise _BadPartError(f"too many slashes: {part}")
    step = _number(steps[0], {}) if steps else 1
    end = bounds.high if steps and len(ends) == 1 else end
    for bad in _out_of_bounds(start, end, step, bounds):
        raise _BadPartError(f"{bad}: {part}")
    return range(start, end + 1, step)


def _ends(ends: list[str], bounds: _Bounds) -> tuple[int, int]:
    if ends[0] in ("*", "?"):
        return bounds.low, bounds.high
    start = _number(ends[0], bounds.names)
    return start, _number(ends[1], bounds.names) if len(ends) == 2 else start


def _out_of_bounds(start: int, end: int, step: int, bounds: _Bounds) -> Iterator[str]:
    if start < bounds.low:
        yield f"beginning of range ({start}) below minimum ({bounds.low})"
    if end > bounds.high:
        yield f"end of range ({end}) above maximum ({bounds.high})"
    if start > end:
        yield f"beginning of range ({start}) beyond end of range ({end})"
    if step == 0:
        yield "step of range should be a positive number"


def _number(text: str, names: dict[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    if not re.fullmatch(r"[-+]?\d+", text):
        raise _BadPartError(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    if int(text) < 0:
        raise _BadPartError(f"negative number ({int(text)}) not allowed: {text}")
    return int(text)

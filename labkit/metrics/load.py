"""Patterns of load in a learner's words: `from labkit import load`, then `lab.load("web", rps=load.day(20, 200))`.

Spans of time are written as everywhere (`"10m"`, `90`) and count from the moment at which the load is declared.
FieldError for a value that can't be read. Patterns can be added: `load.constant(20) + load.flash(0, 300, at="10m")`.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from labkit.errors import FieldError
from labkit.fields import durations
from labkit.metrics.patterns import Constant, Day, Flash, Pattern, Random, Recorded, Sine, Step

Duration = str | int | float


def constant(value: float) -> Pattern:
    """Always `value`."""
    return Constant(_amount(value))


def step(before: float, after: float, at: Duration = "1m") -> Pattern:
    """`before` until `at`, then `after`."""
    return steps((0, before), (at, after))


def steps(*levels: tuple[Duration, float]) -> Pattern:
    """Each value from its moment on: `steps((0, 20), ("5m", 100), ("15m", 20))`."""
    return Step(_points(levels))


def ramp(start: float, end: float, over: Duration = "10m", at: Duration = 0) -> Pattern:
    """`start` until `at`, then evenly to `end` within `over`, and there it stays."""
    begin = _seconds(at)
    return Recorded(((begin, _amount(start)), (begin + _positive(over), _amount(end))))


def sine(low: float, high: float, period: Duration = "1h") -> Pattern:
    """A wave that begins at `low` and is at `high` after half a period."""
    return Sine(_amount(low), _amount(high), _positive(period))


def day(low: float, high: float, start: Duration = 0) -> Pattern:
    """The curve of a shop's day: `low` at 4:00, `high` at 20:00; it begins at the time of day `start` (`"9h"`)."""
    return Day(_amount(low), _amount(high), _seconds(start))


def flash(
    base: float, peak: float, at: Duration = "10m", rise: Duration = "1m", hold: Duration = "5m", fall: Duration = "5m"
) -> Pattern:
    """A flash crowd: `base` until `at`, `peak` within `rise` and for `hold`; then half of it goes each `fall`."""
    spans = (_seconds(at), _positive(rise), _seconds(hold), _positive(fall))
    return Flash(_amount(base), _amount(peak), *spans)


def recorded(source: str | Path | Iterable[Sequence[Any]]) -> Pattern:
    """Straight lines between points (seconds, rate): a list of them, or the path of a CSV file of two columns.

    A first line that holds no numbers is a header. LabError in the words of the file system if there is no such file.
    """
    rows = _rows(Path(source)) if isinstance(source, str | Path) else source
    return Recorded(_points(rows))


def random(low: float, high: float, every: Duration = "1m", seed: int = 0) -> Pattern:
    """Drawn anew between `low` and `high` each `every`, with straight lines between; the same for the same seed."""
    return Random(_amount(low), _amount(high), _positive(every), seed)


def read(value: Any) -> Pattern:
    """A pattern from what a learner may write: a pattern, a number or its text, a list of points, a CSV's path."""
    if isinstance(value, Pattern):
        return value
    if isinstance(value, Path) or (isinstance(value, str) and value.endswith(".csv")):
        return recorded(value)
    return recorded(value) if isinstance(value, list | tuple) else constant(value)


def _rows(path: Path) -> list[list[str]]:
    try:
        rows = [row for row in csv.reader(path.read_text().splitlines()) if row]
    except OSError as error:
        raise FieldError(f'the path "{path}" cannot be read: {error.strerror}') from None
    return rows[1:] if rows and not _is_number(rows[0][0]) else rows


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _points(rows: Iterable[Sequence[Any]]) -> tuple[tuple[float, float], ...]:
    listed = list(rows)
    if not listed or any(isinstance(row, str) or len(row) < 2 for row in listed):
        raise FieldError("a recorded load is a list of (seconds, rate), at least one")
    points = tuple((_seconds(row[0]), _amount(row[1])) for row in listed)
    if any(after[0] <= before[0] for before, after in pairwise(points)):
        raise FieldError("the moments of a load go upwards: each is later than the one before")
    return points


def _amount(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise FieldError(f"a rate is a number of requests a second, not {value!r}") from None
    if not math.isfinite(number) or number < 0:
        raise FieldError(f"a rate is 0 or more, not {value!r}")
    return number


def _seconds(span: Any) -> float:
    return durations.seconds(float(span) if isinstance(span, str) and _is_number(span) else span)


def _positive(span: Any) -> float:
    if (found := _seconds(span)) <= 0:
        raise FieldError(f"a span of time is longer than 0, not {span!r}")
    return found

"""Durations: ages as kubectl prints them, Go's `1m30s`, and what a learner writes for a span of time.

Seconds are ints or floats throughout; parsing counts in whole nanoseconds, so no digit gets lost on the way.
Source: apimachinery pkg/util/duration/duration.go v1.36, Go time/format.go and time/time.go.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache

from labkit.errors import FieldError
from labkit.fields.gotext import INT64_MAX, quote

NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_DAY = 86_400_000_000_000
_NUMBER = re.compile(r"([0-9]*)(?:\.([0-9]*))?")
_UNIT = re.compile(r"[^.0-9]+")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_DAYS = re.compile(r"([0-9]+)d(.*)", re.DOTALL)


def human(seconds: float) -> str:
    """An age with two or three figures, as in the AGE column: `85s`, `2m59s`, `7h59m`, `2d2h`, `2y1d`."""
    whole = math.trunc(seconds)
    if whole < 120:
        return _seconds(whole)
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if minutes < 180:
        return _pair(minutes, "m", whole % 60 if minutes < 10 else 0, "s")
    if hours < 48:
        return _pair(hours, "h", minutes % 60 if hours < 8 else 0, "m")
    if days < 730:
        return _pair(days, "d", hours % 24 if days < 8 else 0, "h")
    return _pair(days // 365, "y", days % 365 if days < 2920 else 0, "d")


def short_human(seconds: float) -> str:
    """An age with one figure: `59s`, `1m`, `23h`, `364d`, `8y`."""
    whole = math.trunc(seconds)
    if whole < 60:
        return _seconds(whole)
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86400:
        return f"{whole // 3600}h"
    days = whole // 86400
    return f"{days}d" if days < 365 else f"{days // 365}y"


def _seconds(whole: int) -> str:
    # Clocks of two machines may differ a little: one second in the future counts as now.
    return "<invalid>" if whole < -1 else f"{max(whole, 0)}s"


def _pair(large: int, unit: str, small: int, small_unit: str) -> str:
    return f"{large}{unit}{small}{small_unit}" if small else f"{large}{unit}"


def parse_go(text: str) -> int:
    """Go's `time.ParseDuration` in nanoseconds: `1h15m30.918s`, `-1.5h`, `300ms`; a unit is needed except for 0."""
    sign, rest = (-1 if text[:1] == "-" else 1), text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0
    if not rest:
        raise FieldError(f"time: invalid duration {quote(text)}")
    total = Fraction(0)
    while rest:
        part, rest = _leading_part(rest, text)
        total += part
        if total > INT64_MAX:
            raise FieldError(f"time: invalid duration {quote(text)}")
    return sign * int(total)


def _leading_part(rest: str, text: str) -> tuple[int, str]:
    number = _NUMBER.match(rest)
    if not number or not (number[1] or number[2]):
        raise FieldError(f"time: invalid duration {quote(text)}")
    unit = _UNIT.match(rest, number.end())
    if not unit:
        raise FieldError(f"time: missing unit in duration {quote(text)}")
    if unit[0] not in NANOSECONDS:
        raise FieldError(f"time: unknown unit {quote(unit[0])} in duration {quote(text)}")
    digits = number[1] + (number[2] or "")
    return int(digits) * NANOSECONDS[unit[0]] // 10 ** len(number[2] or ""), rest[unit.end() :]


def seconds(span: str | float) -> float:
    """A span of time in seconds: `90`, `"90s"`, `"1m30s"`, `"2h"`, `"1d"`, `"1d12h"`; a bare number counts seconds.

    What can't be read, or is no finite number, is a FieldError in the words of Go's parser.
    """
    if isinstance(span, int | float) and not isinstance(span, bool):
        if not math.isfinite(span):
            raise FieldError(f"time: invalid duration {quote(str(span))}")
        return span
    if not isinstance(span, str):
        raise FieldError(f"time: invalid duration {quote(str(span))}", 'write seconds, or a text such as "1m30s"')
    return _parse_text(span.strip())


@lru_cache(maxsize=1024)
def _parse_text(text: str) -> float:
    if _PLAIN.fullmatch(text):
        return _plain(Fraction(text))
    days = _DAYS.fullmatch(text)
    if not days:
        return _plain(Fraction(parse_go(text), NANOSECONDS["s"]))
    rest = parse_go(days[2]) if days[2] else 0
    return _plain(Fraction(int(days[1]) * _DAY + rest, NANOSECONDS["s"]))


def _plain(seconds: Fraction) -> float:
    return int(seconds) if seconds.denominator == 1 else float(seconds)


def format_go(seconds: float) -> str:
    """A duration as Go prints it: `0s`, `1.5s`, `1m30s`, `2h0m0s`, `300ms`; to the nanosecond."""
    nanoseconds = round(Fraction(seconds) * NANOSECONDS["s"])
    sign, left = ("-" if nanoseconds < 0 else ""), abs(nanoseconds)
    if left < NANOSECONDS["s"]:
        return sign + _below_a_second(left)
    minutes, rest = divmod(left, NANOSECONDS["m"])
    text = f"{_decimal(rest, NANOSECONDS['s'])}s"
    if minutes:
        text = f"{minutes % 60}m{text}"
    return f"{sign}{minutes // 60}h{text}" if minutes >= 60 else sign + text


def _below_a_second(nanoseconds: int) -> str:
    if not nanoseconds:
        return "0s"
    unit = next(unit for unit in ("ms", "µs", "ns") if nanoseconds >= NANOSECONDS[unit])
    return _decimal(nanoseconds, NANOSECONDS[unit]) + unit


def _decimal(count: int, unit: int) -> str:
    whole, part = divmod(count, unit)
    digits = str(part).rjust(len(str(unit)) - 1, "0").rstrip("0") if part else ""
    return f"{whole}.{digits}" if digits else str(whole)

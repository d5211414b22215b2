"""Patterns of load: the rate (requests a second, or any other value) as a pure function of the seconds since its start.

Nothing here draws from a generator: the random pattern hashes its seed and the number of its interval, so that a fork
or a replay meets the same load. Patterns are values that go through JSON and back; `a + b` is the load of both.
"""

from __future__ import annotations

import math
from bisect import bisect_right

import msgspec

HOURS = (
    0.30, 0.18, 0.10, 0.04, 0.00, 0.02, 0.08, 0.22, 0.42, 0.56, 0.64, 0.70,
    0.76, 0.74, 0.70, 0.68, 0.70, 0.76, 0.86, 0.96, 1.00, 0.94, 0.74, 0.50,
)  # fmt: skip
"""The day curve at each full hour, as a share of the way from its low to its high: labkit's own picture of a shop."""


class Pattern(msgspec.Struct, frozen=True, tag_field="pattern", tag=str.lower):
    """Something whose value is known at every moment."""

    def rate(self, t: float) -> float:
        """The value `t` seconds after the start."""
        raise NotImplementedError

    def __add__(self, other: Pattern) -> Sum:
        return Sum((self, other))  # type: ignore[arg-type]  # every Pattern is one of the members of AnyPattern


class Constant(Pattern, frozen=True):
    """Always the same."""

    value: float

    def rate(self, t: float) -> float:
        """The value."""
        return self.value


class Step(Pattern, frozen=True):
    """Each level from its moment on; before the first moment the first level. `levels`: (seconds, value), ascending."""

    levels: tuple[tuple[float, float], ...]

    def rate(self, t: float) -> float:
        """The level that began last."""
        at = bisect_right(self.levels, t, key=_moment) - 1
        return self.levels[max(at, 0)][1]


class Recorded(Pattern, frozen=True):
    """Straight lines from point to point; before the first and after the last the value stays."""

    points: tuple[tuple[float, float], ...]

    def rate(self, t: float) -> float:
        """The value on the line between the two points around `t`."""
        points = self.points
        at = bisect_right(points, t, key=_moment)
        if at == 0 or at == len(points):
            return points[min(at, len(points) - 1)][1]
        (begin, before), (end, after) = points[at - 1 : at + 1]
        return before + (after - before) * (t - begin) / (end - begin)


class Sine(Pattern, frozen=True):
    """low at the start, high after half a period, low again: `low + (high - low) * (1 - cos(2 pi t / period)) / 2`."""

    low: float
    high: float
    period: float

    def rate(self, t: float) -> float:
        """The value on the wave."""
        return self.low + (self.high - self.low) * (1 - math.cos(math.tau * t / self.period)) / 2


class Day(Pattern, frozen=True):
    """The curve of HOURS, day after day; `start` is the time of day, in seconds, at which the pattern begins."""

    low: float
    high: float
    start: float = 0.0

    def rate(self, t: float) -> float:
        """The value on the line between two full hours."""
        hour, rest = divmod((self.start + t) / 3600 % 24, 1.0)
        before, after = HOURS[int(hour)], HOURS[(int(hour) + 1) % 24]
        return self.low + (self.high - self.low) * (before + (after - before) * rest)


class Flash(Pattern, frozen=True):
    """A flash crowd: `base` until `at`, `peak` within `rise` and for `hold`, then half of the rest goes each `fall`.

    `value = base + (peak - base) * 2 ** -((t - at - rise - hold) / fall)` on the way back.
    """

    base: float
    peak: float
    at: float
    rise: float
    hold: float
    fall: float

    def rate(self, t: float) -> float:
        """The value before, during or after the crowd."""
        since = t - self.at
        if since <= 0:
            return self.base
        if since < self.rise:
            return self.base + (self.peak - self.base) * since / self.rise
        over = max(since - self.rise - self.hold, 0.0)
        return float(self.base + (self.peak - self.base) * 2 ** -(over / self.fall))


class Random(Pattern, frozen=True):
    """A value between low and high drawn anew every so many seconds, with straight lines between the draws.

    The draw of interval n is a hash of (seed, n): splitmix64.
    """

    low: float
    high: float
    every: float
    seed: int = 0

    def rate(self, t: float) -> float:
        """The value on the line between two draws."""
        number, rest = divmod(t / self.every, 1.0)
        before, after = drawn(self.seed, int(number)), drawn(self.seed, int(number) + 1)
        return self.low + (self.high - self.low) * (before + (after - before) * rest)


class Sum(Pattern, frozen=True):
    """Several patterns at once."""

    parts: tuple[AnyPattern, ...]

    def rate(self, t: float) -> float:
        """The sum of their values."""
        return sum(part.rate(t) for part in self.parts)


AnyPattern = Constant | Step | Recorded | Sine | Day | Flash | Random | Sum

_ALL = 0xFFFFFFFFFFFFFFFF


def drawn(seed: int, number: int) -> float:
    """A number from 0 to 1 that is always the same for the same seed and number (splitmix64, Steele et al. 2014)."""
    z = (seed * 0xD1342543DE82EF95 + (number + 1) * 0x9E3779B97F4A7C15) & _ALL
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _ALL
    return float((z ^ (z >> 31)) >> 11) / (1 << 53)


def _moment(point: tuple[float, float]) -> float:
    return point[0]


def to_json(pattern: Pattern) -> str:
    """A pattern as JSON text."""
    return msgspec.json.encode(pattern).decode()


def from_json(text: str) -> Pattern:
    """A pattern from its JSON text."""
    read: Pattern = msgspec.json.decode(text, type=AnyPattern)
    return read

"""CloudWatch's metrics: for each one a point a minute, beside the graph and in no history.

A point is what came in during a minute: sum, number of values, least and most; statistics are made of those.
Source: CloudWatch API reference, StatisticSet, GetMetricStatistics. Left out: percentiles, resolution under a minute,
that points are rolled up after 15 days.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from labkit.cluster import Cluster

BESIDE = "cloudwatch"
"""Under which name a cluster carries its metrics."""
MINUTE = 60.0


class Metric(NamedTuple):
    """A metric's name: its namespace, its own name, its dimensions by name."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


def metric(namespace: str, name: str, **dimensions: str) -> Metric:
    """A metric by its dimensions: `metric("AWS/ECS", "CPUUtilization", ClusterName="default")`."""
    return Metric(namespace, name, tuple(sorted(dimensions.items())))


def named(request: Mapping[str, object]) -> Metric:
    """The metric that a request in the API's names means."""
    dimensions: Iterable[Mapping[str, str]] = request.get("Dimensions") or ()  # type: ignore[assignment]
    pairs = tuple(sorted((one["Name"], one["Value"]) for one in dimensions))
    return Metric(str(request["Namespace"]), str(request["MetricName"]), pairs)


class Point(NamedTuple):
    """What came in during a period that began at `time` (seconds since the lab's start)."""

    time: float
    sum: float
    samples: float
    least: float
    most: float

    def statistic(self, name: str) -> float:
        """Average, Sum, SampleCount, Minimum or Maximum."""
        found = {"Sum": self.sum, "SampleCount": self.samples, "Minimum": self.least, "Maximum": self.most}
        return self.sum / self.samples if name == "Average" else found[name]


STATISTICS = ("Average", "Sum", "SampleCount", "Minimum", "Maximum")


class Series:
    """The points of one metric, oldest first, in columns of equal length."""

    def __init__(self, columns: tuple[array[float], ...] = ()) -> None:
        self.columns = columns or tuple(array("d") for _ in Point._fields)

    def add(self, point: Point) -> None:
        """Add what came in; into the point of its minute, if there is one."""
        times = self.columns[0]
        at = bisect_left(times, point.time)
        if at < len(times) and times[at] == point.time:
            point = _merged(self._point(at), point)
            for column, value in zip(self.columns, point, strict=True):
                column[at] = value
            return
        for column, value in zip(self.columns, point, strict=True):
            column.insert(at, value)

    def _point(self, at: int) -> Point:
        return Point(*(column[at] for column in self.columns))

    def between(self, start: float, end: float) -> list[Point]:
        """The points of the minutes from `start` until before `end`."""
        times = self.columns[0]
        part = slice(bisect_left(times, start), bisect_left(times, end))
        return list(map(Point._make, zip(*(column[part] for column in self.columns), strict=True)))

    def until(self, time: float) -> Series:
        """The points of the minutes that were over at a moment."""
        count = bisect_right(self.columns[0], time - MINUTE)
        return Series(tuple(column[:count] for column in self.columns))


def _merged(one: Point, other: Point) -> Point:
    least, most = min(one.least, other.least), max(one.most, other.most)
    return Point(one.time, one.sum + other.sum, one.samples + other.samples, least, most)


class Metrics:
    """All metrics of a lab; `done`: the last minute that each of those who act by the minute has had."""

    def __init__(self, series: dict[Metric, Series] | None = None, done: dict[str, float] | None = None) -> None:
        self.series, self.done = series or {}, done or {}

    def add(self, of: Metric, time: float, value: float) -> None:
        """Take in a value at a moment."""
        self.put(of, Point(time, value, 1.0, value, value))

    def put(self, of: Metric, point: Point) -> None:
        """Take in several values at once."""
        self.series.setdefault(of, Series()).add(point._replace(time=point.time // MINUTE * MINUTE))

    def points(self, of: Metric, start: float, end: float, period: float = MINUTE) -> list[Point]:
        """The points from `start` until before `end`, one for each period in which something came in."""
        held = self.series.get(of)
        within = held.between(start, end) if held else []
        if period == MINUTE:
            return within
        found: dict[float, Point] = {}
        for point in within:
            begin = point.time // period * period
            moved = point._replace(time=begin)
            found[begin] = _merged(found[begin], moved) if begin in found else moved
        return list(found.values())

    def fork(self) -> Metrics:
        """The same, going on by itself."""
        twins = {of: Series(tuple(column[:] for column in held.columns)) for of, held in self.series.items()}
        return Metrics(twins, dict(self.done))

    def until(self, time: float) -> Metrics:
        """What was known at a moment."""
        done = {name: last for name, last in self.done.items() if last <= time}
        return Metrics({of: held.until(time) for of, held in self.series.items()}, done)


def metrics_of(world: Cluster) -> Metrics:
    """The metrics that a world carries; none at first."""
    held: Metrics = world.beside.setdefault(BESIDE, Metrics())
    return held


def wait(world: Cluster, name: str) -> float:
    """Seconds until somebody's next full minute; 0 if that is now, and then not a second time."""
    if early := -world.clock.now % MINUTE:
        return early
    done = metrics_of(world).done
    if done.get(name) == world.clock.now:
        return MINUTE
    done[name] = world.clock.now
    return 0.0

"""Samples of load, one every 15 s: they go along with a cluster without being in its history.

`Traffic` is what a cluster carries beside its graph: for every Service under load its series and how its pods share the
load. A fork takes a copy along, a look into the past has those up to that moment.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import NamedTuple

from labkit.kinds.registry import Key
from labkit.metrics.model import Answer, Server, answer

RESOLUTION = 15.0
"""How often metrics-server scrapes (`--metric-resolution=15s`), and how often labkit samples a load."""

BESIDE = "load"
"""Under which name a cluster carries its Traffic."""

MEASURES = ("rps", "ready", "cpu", "utilisation", "memory", "latency", "errors")
"""Requests a second, ready endpoints, millicores a pod, % of the request, bytes a pod, seconds, failures a second."""


class Group(NamedTuple):
    """Pods of a Service that are alike, each with its node; `others` are more Services that send to these pods."""

    pods: tuple[Key, ...]
    server: Server
    nodes: tuple[str, ...]
    others: tuple[Key, ...] = ()
    answers: bool = True


class Layout(NamedTuple):
    """How a Service's load is shared from a moment on.

    `places`: each pod's group; `shared`: the nodes where pods without a limit take what others leave.
    """

    since: float
    groups: tuple[Group, ...]
    ready: int
    places: dict[Key, int]
    shared: frozenset[str] = frozenset()

    @property
    def settled(self) -> bool:
        """Whether every endpoint answers; else it has to be looked at again."""
        return all(group.answers for group in self.groups)


NOBODY = Layout(0.0, (), 0, {})


class Series:
    """The samples of one Service: columns of equal length."""

    def __init__(self, columns: dict[str, array[float]] | None = None) -> None:
        self.columns = columns or {name: array("d") for name in ("time", *MEASURES)}

    def append(self, values: tuple[float, ...]) -> None:
        """Add a sample: the time, then MEASURES in order; a second one of a moment takes the place of the first."""
        times = self.columns["time"]
        if times and times[-1] == values[0]:
            for column in self.columns.values():
                column.pop()
        for column, value in zip(self.columns.values(), values, strict=True):
            column.append(value)

    def last(self, measure: str) -> float:
        """The newest value, 0 if there is none."""
        column = self.columns[measure]
        return column[-1] if column else 0.0

    def until(self, time: float) -> Series:
        """The samples up to and including a moment."""
        count = bisect_right(self.columns["time"], time)
        return Series({name: column[:count] for name, column in self.columns.items()})


class Traffic:
    """Series and layouts by Service; `dirty` are the Services whose pods have to be looked at anew."""

    def __init__(self) -> None:
        self.series: dict[Key, Series] = {}
        self.layouts: dict[Key, list[Layout]] = {}
        self.dirty: set[Key] = set()
        self.shares: dict[Key, float] = {}

    def layout(self, service: Key) -> Layout:
        """How a Service's load is shared now."""
        known = self.layouts.get(service)
        return known[-1] if known else NOBODY

    def place(self, service: Key, layout: Layout) -> None:
        """Let a Service's load be shared like that from now on."""
        if service not in self.layouts or self.layout(service).groups != layout.groups:
            self.layouts.setdefault(service, []).append(layout)
        self.dirty.discard(service)

    def rate(self, service: Key, group: Group) -> float:
        """Requests a second for each pod of a group."""
        return self.shares.get(service, 0.0) + sum(self.shares.get(other, 0.0) for other in group.others)

    def sample(self, service: Key, now: float, rps: float) -> None:
        """Append what becomes of `rps` requests a second; `shares` has to hold those of this moment."""
        layout = self.layout(service)
        if service not in self.series:
            self.series[service] = Series()
        self.series[service].append((now, rps, layout.ready, *self._answered(service, layout, rps)))

    def _answered(self, service: Key, layout: Layout, rps: float) -> tuple[float, ...]:
        """cpu, utilisation, memory, latency, errors."""
        cpu = request = memory = slow = served = failed = 0.0
        for group in layout.groups:
            rate, count = self.rate(service, group), len(group.pods)
            got = answer(group.server, rate)
            share = count * self.shares[service] / rate if rate else 0.0
            flight = got.in_flight
            for work in group.server.works:
                cpu += count * work.cpu(got.served)
                request += count * work.request
                memory += count * work.memory_at(flight)
            served += share * got.served
            slow += share * got.served * got.latency
            failed += share * got.errors
        if not layout.ready:
            return 0.0, float("nan"), 0.0, float("nan"), rps
        used = 100 * cpu / request if request else float("nan")
        return cpu / layout.ready, used, memory / layout.ready, slow / served if served else float("nan"), failed

    def load_of(self, pod: Key, services: list[Key]) -> tuple[Server, Answer] | None:
        """A pod's server and what it made of the load at the last sample; None if it had none of those Services'."""
        for service in services:
            layout = self.layout(service)
            if pod in layout.places:
                group = layout.groups[layout.places[pod]]
                return group.server, answer(group.server, self.rate(service, group))
        return None

    def fork(self) -> Traffic:
        """The same, going on by itself."""
        return self.until(float("inf"))

    def until(self, time: float) -> Traffic:
        """What was known at a moment."""
        twin = Traffic()
        twin.series = {key: series.until(time) for key, series in self.series.items()}
        twin.layouts = {key: [one for one in all_ if one.since <= time] for key, all_ in self.layouts.items()}
        twin.dirty = set(self.dirty) | set(self.layouts)
        for key, series in twin.series.items():
            ready = series.last("ready")
            twin.shares[key] = series.last("rps") / ready if ready else 0.0
        return twin

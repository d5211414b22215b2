"""An hour of autoscaling as plain data: load, pods, utilisation and answers over time, in words and as a table."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from labkit.views.picture import count
from labkit.views.table import Table

Values = Any
"""A numpy array of floats, one a moment."""
EVERY = 120
"""Seconds from row to row of the table."""


class Series(NamedTuple):
    """Moments, in seconds, and for each measure its values."""

    times: Values
    values: dict[str, Values]

    def at(self, name: str, time: float) -> float:
        """The value that was measured last, at or before `time`; the first where there was none yet."""
        return float(self.values[name][max(int(np.searchsorted(self.times, time, side="right")) - 1, 0)])


class Bounds(NamedTuple):
    """minReplicas and maxReplicas."""

    least: int
    most: int


class Hour(NamedTuple):
    """What is shown: the load's samples, the autoscaler's syncs, its bounds, its target in % and the band around it."""

    load: Series
    syncs: Series
    bounds: Bounds
    target: float
    band: tuple[float, float]

    @property
    def length(self) -> float:
        """Seconds, in whole minutes."""
        return float(np.ceil(self.load.times[-1] / 60) * 60)

    @property
    def changes(self) -> int:
        """How often the autoscaler changed the size."""
        return int(np.sum(self.syncs.values["desired"] != self.syncs.values["replicas"]))

    @property
    def reversals(self) -> int:
        """How often it turned from growing to shrinking or back."""
        steps = np.sign(np.diff(self.syncs.values["desired"]))
        steps = steps[steps != 0]
        return int(np.sum(steps[1:] != steps[:-1]))

    @property
    def failed(self) -> float:
        """The share of requests that failed."""
        total = self.load.values["rps"].sum()
        return float(self.load.values["errors"].sum() / total) if total else 0.0

    @property
    def mean(self) -> float:
        """Ready pods on average."""
        return float(self.load.values["ready"].mean())


def minutes(time: float) -> str:
    """A moment of the hour: `12:30`."""
    return f"{int(time) // 60}:{int(time) % 60:02d}"


def describe(hour: Hour) -> str:
    """The alt text: what the hour was like."""
    rps, ready = hour.load.values["rps"], hour.load.values["ready"]
    return (
        f"An hour of autoscaling. Load from {rps.min():.0f} to {rps.max():.0f} requests a second,"
        f" {ready.min():.0f} to {ready.max():.0f} ready pods, {hour.mean:.1f} on average,"
        f" within {hour.bounds.least} to {hour.bounds.most}. Target {hour.target:g} % of the cpu request."
        f" {verdict(hour)}"
    )


def verdict(hour: Hour) -> str:
    """What came of it."""
    turned = f", {count(hour.reversals, 'turn')} between up and down" if hour.reversals else ""
    worst = float(hour.load.values["latency"].max())
    return (
        f"{count(hour.changes, 'change')} of size{turned}; {hour.failed:.1%} of the requests failed,"
        f" the slowest moment {latency(worst)}; {hour.mean:.1f} pods on average."
    )


def latency(seconds: float) -> str:
    """`24 ms` or `1.5 s`."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def moment(hour: Hour, at: float) -> str:
    """The figures of one moment, in a line."""
    load, syncs = hour.load, hour.syncs
    used = load.at("utilisation", at)
    told = f"{used:.0f} % of the request" if np.isfinite(used) else "no utilisation"
    return (
        f"{minutes(at)}: {load.at('rps', at):.0f} requests a second, {load.at('ready', at):.0f} ready,"
        f" {syncs.at('desired', at):.0f} desired, {told}, {latency(load.at('latency', at))},"
        f" {load.at('errors', at):.0f} errors a second"
    )


def table(hour: Hour, every: int = EVERY) -> Table:
    """Every `every` seconds a row."""
    heads = ("Time", "Requests/s", "Ready", "Desired", "Utilisation", "Latency", "Errors/s")
    rows = tuple(
        (minutes(at), f"{hour.load.at('rps', at):.0f}", f"{hour.load.at('ready', at):.0f}",
         f"{hour.syncs.at('desired', at):.0f}", f"{hour.load.at('utilisation', at):.0f} %",
         latency(hour.load.at("latency", at)), f"{hour.load.at('errors', at):.1f}")
        for at in range(0, int(hour.length) + 1, every)
    )  # fmt: skip
    return Table(f"Load and replicas, every {every // 60} minutes", heads, rows)

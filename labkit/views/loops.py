"""The two loops of ECS as plain data: load, tasks, machines and both metrics over time, in words and as a table.

Tasks follow the load by CPUUtilization, machines follow the tasks by CapacityProviderReservation; each loop looks once
a minute and knows nothing of the other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from labkit.views.picture import count
from labkit.views.scaling import Bounds, Series, latency, minutes
from labkit.views.table import Table

EVERY = 240
"""Seconds from row to row of the table."""


class Loops(NamedTuple):
    """What is shown. `tasks` has desired, running and waiting; `machines` wanted and running, and USD an hour.

    `reservation` and `used` are the metrics in % as CloudWatch has them, a value a minute; `bounds` are the service's,
    `target` is of its policy, `full` of the provider.
    """

    load: Series
    tasks: Series
    machines: Series
    used: Series
    reservation: Series
    bounds: Bounds
    target: float
    full: float

    @property
    def length(self) -> float:
        """Seconds."""
        return float(self.tasks.times[-1])

    @property
    def failed(self) -> float:
        """The share of requests that failed."""
        total = self.load.values["rps"].sum()
        return float(self.load.values["errors"].sum() / total) if total else 0.0

    @property
    def waited(self) -> float:
        """Minutes that tasks have waited for machines, all together."""
        return float(self.tasks.values["waiting"].sum() * self._step / 60)

    @property
    def usd(self) -> float:
        """What the machines cost."""
        return float(self.machines.values["usd"].sum() * self._step / 3600)

    @property
    def _step(self) -> float:
        return float(self.tasks.times[1] - self.tasks.times[0])


def changes(values: Any) -> int:
    """How often a series of sizes changes."""
    return int(np.sum(np.diff(values) != 0))


def verdict(loops: Loops) -> str:
    """What came of it."""
    sizes, machines = loops.tasks.values["desired"], loops.machines.values["wanted"]
    worst = float(np.nanmax(loops.load.values["latency"]))
    return (
        f"{loops.failed:.1%} of the requests failed, the slowest moment {latency(worst)}; tasks waited"
        f" {loops.waited:.0f} minutes for machines, all together; {count(changes(sizes), 'change')} of the number of"
        f" tasks, {changes(machines)} of machines; the machines cost {loops.usd:.2f} USD."
    )


def delays(loops: Loops) -> str:
    """How one delay follows the other: from the first moment above the target to the first new task that runs.

    Empty where nothing was scaled out.
    """
    tasks, machines = loops.tasks, loops.machines
    above = loops.load.times[loops.load.values["utilisation"] > loops.target]
    if not len(above):
        return ""
    begin = float(above[0])
    steps = [("more tasks are wanted", _grows(tasks, "desired", begin))]
    steps += [("more tasks run", _grows(tasks, "running", begin))]
    if np.any(tasks.values["waiting"]):
        steps += [("more machines are wanted", _grows(machines, "wanted", begin))]
        steps += [("more machines run", _grows(machines, "running", begin))]
        steps += [("those that waited have room", _empties(tasks, begin))]
    told = sorted(((at, words) for words, at in steps if at is not None), key=lambda one: one[0])
    if not told:
        return ""
    listed = ", ".join(f"{words} after {minutes(at - begin)}" for at, words in told)
    return f"From {minutes(begin)} on tasks are busier than the target: {listed}."


def _grows(series: Series, name: str, begin: float) -> float | None:
    """When a size first is larger than at the moment `begin`."""
    later = (series.times > begin) & (series.values[name] > series.at(name, begin))
    return float(series.times[np.argmax(later)]) if later.any() else None


def _empties(tasks: Series, begin: float) -> float | None:
    """When the first tasks that wait after `begin` have all got a machine."""
    waiting = np.where(tasks.times > begin, tasks.values["waiting"], 0)
    if not waiting.any():
        return None
    first = int(np.argmax(waiting > 0))
    ends = np.flatnonzero(waiting[first:] == 0)
    return float(tasks.times[first + ends[0]]) if len(ends) else None


def describe(loops: Loops) -> str:
    """The alt text: what the time was like."""
    rps, running = loops.load.values["rps"], loops.tasks.values["running"]
    up = loops.machines.values["running"]
    return (
        f"{loops.length / 60:.0f} minutes of two loops. Load from {rps.min():.0f} to {rps.max():.0f} requests a second,"
        f" {running.min():.0f} to {running.max():.0f} running tasks within {loops.bounds.least} to"
        f" {loops.bounds.most}, {up.min():.0f} to {up.max():.0f} machines. {verdict(loops)}"
    )


def moment(loops: Loops, at: float) -> str:
    """The figures of one moment, in a line."""
    desired, running, waiting = (_at(loops.tasks, name, at) for name in ("desired", "running", "waiting"))
    wanted, up = (_at(loops.machines, name, at) for name in ("wanted", "running"))
    return (
        f"{minutes(at)}: {loops.load.at('rps', at):.0f} requests a second; {count(desired, 'task')} desired,"
        f" {running} running, {waiting} waiting; {count(wanted, 'machine')} wanted, {up} running"
    )


def percent(series: Series, at: float) -> str:
    """A metric's last value: `62 %`, or that there is none."""
    value = series.at("value", at)
    return f"{value:.0f} %" if np.isfinite(value) else "no value"


def table(loops: Loops, every: int = EVERY) -> Table:
    """Every `every` seconds a row."""
    heads = ("Time", "Requests/s", "Desired", "Running", "Waiting", "CPU", "Machines wanted", "running", "Reservation",
             "Latency", "Errors/s")  # fmt: skip
    rows = tuple(
        (minutes(at), f"{loops.load.at('rps', at):.0f}",
         *(str(_at(loops.tasks, name, at)) for name in ("desired", "running", "waiting")), percent(loops.used, at),
         *(str(_at(loops.machines, name, at)) for name in ("wanted", "running")), percent(loops.reservation, at),
         latency(loops.load.at("latency", at)), f"{loops.load.at('errors', at):.1f}")
        for at in range(0, int(loops.length) + 1, every)
    )  # fmt: skip
    return Table(f"The two loops, every {every // 60} minutes", heads, rows)


def _at(series: Series, name: str, at: float) -> int:
    return round(series.at(name, at))

"""The two loops of ECS as an SVG: load, tasks and their metric, machines and theirs, and what clients notice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from labkit.views.loops import Loops, describe, percent
from labkit.views.scaling import Series
from labkit.views.style import INK, MUTED, OKABE_ITO
from labkit.views.style import USED as UP
from labkit.views.svg import tag
from labkit.views.timecharts import (
    SLOW,
    Panel,
    answers,
    area,
    grid,
    legend,
    level,
    picture,
    requests,
    stacked,
    ticks,
    wanted,
)

RUNNING, WAITING, USED, RESERVED = OKABE_ITO[0], OKABE_ITO[1], OKABE_ITO[2], OKABE_ITO[3]
HEIGHTS = (54, 112, 70, 84, 60, 54)


def render(loops: Loops, at: float) -> str:
    """Six charts over one time axis, with a line at the moment `at` (seconds) and the figures of that moment."""
    load, tasks, used, machines, reservation, latency = panels = _panels(loops)
    drawn = [
        *requests(load, loops.load, at),
        *_tasks(loops, tasks, at),
        *_metric(loops.used, used, at, "CPUUtilization of the tasks, %", loops.target, USED),
        *_machines(loops, machines, at),
        *_metric(loops.reservation, reservation, at, "CapacityProviderReservation, %", loops.full, RESERVED),
        *answers(latency, loops.load, at),
    ]
    return picture("the two loops of ECS", describe(loops), panels, drawn, at)


def _panels(loops: Loops) -> list[Panel]:
    asked, up = (float(loops.machines.values[name].max()) for name in ("wanted", "running"))
    mosts = (
        float(loops.load.values["rps"].max()) * 1.15 + 1,
        max(float(loops.tasks.values["desired"].max()), loops.bounds.most) + 0.6,
        _most(loops.used, loops.target),
        max(asked, up) + 0.6,
        _most(loops.reservation, loops.full),
        SLOW,
    )
    return stacked(HEIGHTS, mosts, loops.length)


def _most(series: Series, target: float) -> float:
    known = series.values["value"][np.isfinite(series.values["value"])]
    return max(float(known.max(initial=0.0)), target) * 1.12


def _tasks(loops: Loops, panel: Panel, at: float) -> Iterator[str]:
    yield from grid(panel, "loop 1: tasks", ticks(panel.most, 4))
    yield from (level(panel, bound, MUTED, "2 3") for bound in loops.bounds)
    times, values = loops.tasks
    yield from area(panel, times, values["running"], RUNNING)
    yield tag("path", d=panel.steps(times, values["waiting"]), fill="none", stroke=WAITING, stroke_width=2)
    yield wanted(panel, times, values["desired"])
    least, most = loops.bounds
    yield from legend(panel, [
        (f"{loops.tasks.at('running', at):.0f} running", RUNNING, "", 2.5),
        (f"{loops.tasks.at('desired', at):.0f} desired", INK, "6 3", 1.5),
        (f"{loops.tasks.at('waiting', at):.0f} wait for machines", WAITING, "", 2),
        (f"min {least}, max {most}", MUTED, "2 3", 1),
    ])  # fmt: skip


def _machines(loops: Loops, panel: Panel, at: float) -> Iterator[str]:
    yield from grid(panel, "loop 2: machines", ticks(panel.most, 4))
    times, values = loops.machines
    yield from area(panel, times, values["running"], UP)
    yield wanted(panel, times, values["wanted"])
    yield from legend(panel, [
        (f"{loops.machines.at('running', at):.0f} running", UP, "", 2.5),
        (f"{loops.machines.at('wanted', at):.0f} wanted", INK, "6 3", 1.5),
        (f"{loops.machines.at('usd', at):.3f} USD an hour", None, "", 0),
    ])  # fmt: skip


def _metric(series: Series, panel: Panel, at: float, title: str, target: float, colour: str) -> Iterator[str]:
    yield from grid(panel, title, ticks(panel.most, 3))
    yield level(panel, target, INK, "8 4")
    line = panel.line(series.times, series.values["value"])
    yield tag("path", d=line, fill="none", stroke=colour, stroke_width=2)
    yield from legend(panel, [
        (percent(series, at), colour, "", 2),
        (f"target {target:g} %", INK, "8 4", 1),
    ])  # fmt: skip

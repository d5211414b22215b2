"""An hour of autoscaling as an SVG: load, replicas, utilisation against its target, and what clients notice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from labkit.views.scaling import Hour, describe
from labkit.views.style import INK, MUTED, OKABE_ITO
from labkit.views.svg import number, tag
from labkit.views.timecharts import (
    LEFT,
    RIGHT,
    SLOW,
    WIDTH,
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

READY, USED = OKABE_ITO[0], OKABE_ITO[2]
BAND = "#cfeadf"


def render(hour: Hour, at: float) -> str:
    """Four charts over one hour, with a line at the moment `at` (seconds) and the figures of that moment."""
    load, replicas, utilisation, latency = panels = _panels(hour)
    drawn = [
        *requests(load, hour.load, at),
        *_replicas(hour, replicas, at),
        *_utilisation(hour, utilisation, at),
        *answers(latency, hour.load, at),
    ]
    return picture("load and replicas", describe(hour), panels, drawn, at)


def _panels(hour: Hour) -> list[Panel]:
    load = hour.load.values
    sizes = max(load["ready"].max(), hour.syncs.values["desired"].max(), hour.bounds.most) + 0.6
    known = load["utilisation"][np.isfinite(load["utilisation"])]
    used = max(float(known.max(initial=0.0)), hour.band[1]) * 1.08
    return stacked((64, 124, 92, 64), (float(load["rps"].max()) * 1.15 + 1, float(sizes), used, SLOW), hour.length)


def _replicas(hour: Hour, panel: Panel, at: float) -> Iterator[str]:
    yield from grid(panel, "pods", ticks(panel.most, 4))
    yield from (level(panel, bound, MUTED, "2 3") for bound in hour.bounds)
    yield from area(panel, hour.load.times, hour.load.values["ready"], READY)
    yield wanted(panel, hour.syncs.times, hour.syncs.values["desired"])
    least, most = hour.bounds
    yield from legend(panel, [
        (f"{hour.load.at('ready', at):.0f} ready", READY, "", 2.5),
        (f"{hour.syncs.at('desired', at):.0f} desired", INK, "6 3", 1.5),
        (f"{hour.syncs.at('proposed', at):.0f} by the formula", None, "", 0),
        (f"min {least}, max {most}", MUTED, "2 3", 1),
    ])  # fmt: skip


def _utilisation(hour: Hour, panel: Panel, at: float) -> Iterator[str]:
    yield from grid(panel, "cpu, % of the request", ticks(panel.most, 4))
    low, high = (float(panel.y(edge)) for edge in hour.band)
    yield tag("rect", x=LEFT, y=number(high), width=WIDTH - LEFT - RIGHT, height=number(low - high), fill=BAND)
    yield level(panel, hour.target, INK, "8 4")
    line = panel.line(hour.load.times, hour.load.values["utilisation"])
    yield tag("path", d=line, fill="none", stroke=USED, stroke_width=2)
    used = hour.load.at("utilisation", at)
    yield from legend(panel, [
        (f"{used:.0f} % used" if np.isfinite(used) else "nobody ready", USED, "", 2),
        (f"target {hour.target:g} %", INK, "8 4", 1),
        (f"tolerated: {hour.band[0]:.0f} to {hour.band[1]:.0f} %", BAND, "", 9),
    ])  # fmt: skip

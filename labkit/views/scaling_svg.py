"""An hour of autoscaling as an SVG: load, replicas, utilisation against its target, and what clients notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from labkit.views.scaling import Hour, describe, latency, minutes
from labkit.views.style import ALERT, FONT, INK, MUTED, OKABE_ITO, PAPER, TRACK
from labkit.views.svg import escape, number, tag, text

WIDTH, LEFT, RIGHT, GAP, TOP, FOOT = 876, 54, 186, 30, 24, 26  # px
LOAD, READY, USED, FAILED = OKABE_ITO[4], OKABE_ITO[0], OKABE_ITO[2], OKABE_ITO[5]
BAND = "#cfeadf"
SLOW = 1.0
"""Seconds at which the latency's scale ends: who waits longer stands at its edge."""


class Panel(NamedTuple):
    """One of the charts: where it is (px), and its largest value."""

    top: float
    height: float
    most: float
    end: float

    @property
    def floor(self) -> float:
        """The line of zero."""
        return self.top + self.height

    def x(self, time: Any) -> Any:
        """Where a moment is."""
        return LEFT + (WIDTH - LEFT - RIGHT) * np.clip(time, 0, self.end) / self.end

    def y(self, value: Any) -> Any:
        """Where a value is; what is larger than the largest stands at the edge."""
        return self.floor - self.height * np.minimum(value, self.most) / self.most

    def line(self, times: Any, values: Any) -> str:
        """A path from point to point; it is broken where a value isn't known."""
        known = np.isfinite(values)
        xs, ys = self.x(times), self.y(np.where(known, values, 0.0))
        words, pen = [], "M"
        for x, y, there in zip(xs.tolist(), ys.tolist(), known.tolist(), strict=True):
            if there:
                words.append(f"{pen}{number(x)} {number(y)}")
            pen = "L" if there else "M"
        return "".join(words)

    def steps(self, times: Any, values: Any) -> str:
        """A path in steps: each value holds until the next one, the last to the end."""
        kept = np.flatnonzero(np.diff(values, prepend=np.nan) != 0)
        xs, ys = self.x(times[kept]).tolist(), self.y(values[kept]).tolist()
        first = f"M{number(xs[0])} {number(ys[0])}"
        return first + "".join(f"H{number(x)}V{number(y)}" for x, y in zip(xs[1:], ys[1:], strict=True)) + (
            f"H{number(float(self.x(self.end)))}"
        )  # fmt: skip


def render(hour: Hour, at: float) -> str:
    """Four charts over one hour, with a line at the moment `at` (seconds) and the figures of that moment."""
    panels = _panels(hour)
    height = int(panels[-1].floor + FOOT)
    words = describe(hour)
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px;font:12px {FONT}"
    charts = (_load, _replicas, _utilisation, _answers)
    drawn = [part for chart, panel in zip(charts, panels, strict=True) for part in chart(hour, panel, at)]
    return tag(
        "svg", tag("title", "load and replicas"), tag("desc", escape(words)), _HATCH,
        tag("rect", width=WIDTH, height=height, rx=8, fill=PAPER), *drawn, *_time(panels, at),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}", role="img", aria_label=words, style=style,
    )  # fmt: skip


_HATCH = tag(
    "defs",
    tag("pattern", tag("path", d="M0 6L6 0", stroke=FAILED, stroke_width=1.5), id="lk-failed", width=6, height=6,
        patternUnits="userSpaceOnUse"),
)  # fmt: skip


def _panels(hour: Hour) -> list[Panel]:
    load = hour.load.values
    sizes = max(load["ready"].max(), hour.syncs.values["desired"].max(), hour.bounds.most) + 0.6
    known = load["utilisation"][np.isfinite(load["utilisation"])]
    used = max(float(known.max(initial=0.0)), hour.band[1]) * 1.08
    heights, tops = (64, 124, 92, 64), [TOP]
    for height in heights[:-1]:
        tops.append(tops[-1] + height + GAP)
    mosts = (float(load["rps"].max()) * 1.15 + 1, float(sizes), used, SLOW)
    return [Panel(top, height, most, hour.length) for top, height, most in zip(tops, heights, mosts, strict=True)]


def _grid(panel: Panel, title: str, ticks: Sequence[tuple[float, str]]) -> Iterator[str]:
    yield text(title, LEFT, panel.top - 8, fill=MUTED)
    for value, words in ticks:
        y = float(panel.y(value))
        yield tag("path", d=f"M{LEFT} {number(y)}H{WIDTH - RIGHT}", stroke=TRACK)
        yield text(words, LEFT - 7, y + 4, fill=MUTED, text_anchor="end")


def ticks(most: float, about: int = 4) -> list[tuple[float, str]]:
    """Round values from 0 up to `most`, about so many."""
    step = next((one for one in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500) if most / one <= about + 0.5), 1000)
    return [(float(value), str(value)) for value in range(0, int(most) + 1, step)]


def _load(hour: Hour, panel: Panel, at: float) -> Iterator[str]:
    yield from _grid(panel, "requests a second", ticks(panel.most, 3))
    line = panel.line(hour.load.times, hour.load.values["rps"])
    yield tag("path", d=f"{line}V{number(panel.floor)}H{LEFT}Z", fill=LOAD, fill_opacity=0.3)
    yield tag("path", d=line, fill="none", stroke=LOAD, stroke_width=2)
    yield from _legend(panel, [(f"{hour.load.at('rps', at):.0f} a second", LOAD, "", 2)])


def _replicas(hour: Hour, panel: Panel, at: float) -> Iterator[str]:
    yield from _grid(panel, "pods", ticks(panel.most, 4))
    for bound in hour.bounds:
        y = number(float(panel.y(bound)))
        yield tag("path", d=f"M{LEFT} {y}H{WIDTH - RIGHT}", stroke=MUTED, stroke_dasharray="2 3")
    ready = panel.steps(hour.load.times, hour.load.values["ready"])
    yield tag("path", d=f"{ready}V{number(panel.floor)}H{LEFT}Z", fill=READY, fill_opacity=0.16)
    yield tag("path", d=ready, fill="none", stroke=READY, stroke_width=2.5)
    wanted = panel.steps(hour.syncs.times, hour.syncs.values["desired"])
    yield tag("path", d=wanted, fill="none", stroke=INK, stroke_width=1.5, stroke_dasharray="6 3")
    least, most = hour.bounds
    yield from _legend(panel, [
        (f"{hour.load.at('ready', at):.0f} ready", READY, "", 2.5),
        (f"{hour.syncs.at('desired', at):.0f} desired", INK, "6 3", 1.5),
        (f"{hour.syncs.at('proposed', at):.0f} by the formula", None, "", 0),
        (f"min {least}, max {most}", MUTED, "2 3", 1),
    ])  # fmt: skip


def _utilisation(hour: Hour, panel: Panel, at: float) -> Iterator[str]:
    yield from _grid(panel, "cpu, % of the request", ticks(panel.most, 4))
    low, high = (float(panel.y(edge)) for edge in hour.band)
    yield tag("rect", x=LEFT, y=number(high), width=WIDTH - LEFT - RIGHT, height=number(low - high), fill=BAND)
    y = number(float(panel.y(hour.target)))
    yield tag("path", d=f"M{LEFT} {y}H{WIDTH - RIGHT}", stroke=INK, stroke_dasharray="8 4")
    line = panel.line(hour.load.times, hour.load.values["utilisation"])
    yield tag("path", d=line, fill="none", stroke=USED, stroke_width=2)
    used = hour.load.at("utilisation", at)
    yield from _legend(panel, [
        (f"{used:.0f} % used" if np.isfinite(used) else "nobody ready", USED, "", 2),
        (f"target {hour.target:g} %", INK, "8 4", 1),
        (f"tolerated: {hour.band[0]:.0f} to {hour.band[1]:.0f} %", BAND, "", 9),
    ])  # fmt: skip


def _answers(hour: Hour, panel: Panel, at: float) -> Iterator[str]:
    marks = [(0.0, "0"), (0.5, "500 ms"), (SLOW, "1 s +")]
    yield from _grid(panel, "latency, and requests that fail", marks)
    load = hour.load
    share = load.values["errors"] / np.maximum(load.values["rps"], 1e-9)
    if share.any():
        failing = panel._replace(most=1.0).steps(load.times, share)
        yield tag("path", d=f"{failing}V{number(panel.floor)}H{LEFT}Z", fill="url(#lk-failed)", stroke=FAILED)
    slow = panel.line(load.times, load.values["latency"])
    yield tag("path", d=slow, fill="none", stroke=INK, stroke_width=1.8)
    lost = load.at("errors", at) / max(load.at("rps", at), 1e-9)
    yield from _legend(panel, [
        (f"latency {latency(load.at('latency', at))}", INK, "", 1.8),
        (f"{lost:.0%} fail", FAILED, "1.5 1.5", 9),
    ])  # fmt: skip


def _legend(panel: Panel, rows: Sequence[tuple[str, str | None, str, float]]) -> Iterator[str]:
    """Beside a chart: words at that moment, each with its line (colour, dashes, width)."""
    x, y = WIDTH - RIGHT + 16, panel.top + 10
    for words, colour, dashes, width in rows:
        if colour:
            dashed = {"stroke_dasharray": dashes} if dashes else {}
            yield tag("path", d=f"M{x} {number(y)}h20", stroke=colour, stroke_width=width, **dashed)
        yield text(words, x + 28, y + 4, fill=INK if colour else MUTED)
        y += 20


def _time(panels: Sequence[Panel], at: float) -> Iterator[str]:
    first, last = panels[0], panels[-1]
    for moment in range(0, int(last.end) + 1, 600):
        yield text(f"{moment // 60} min", float(last.x(moment)), last.floor + 18, fill=MUTED, text_anchor="middle")
    x = number(float(first.x(at)))
    yield tag("path", d=f"M{x} {first.top}V{number(last.floor)}", stroke=ALERT, stroke_width=1.5)
    yield text(minutes(at), WIDTH - RIGHT + 16, first.top - 8, fill=ALERT, font_weight=600)

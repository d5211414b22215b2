"""Charts over one time axis, one below the other: where points lie, grids, legends, the moment's line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from labkit.views.scaling import Series, latency, minutes
from labkit.views.style import ALERT, FONT, INK, MUTED, OKABE_ITO, PAPER, TRACK
from labkit.views.svg import escape, number, tag, text

WIDTH, LEFT, RIGHT, GAP, TOP, FOOT = 876, 54, 186, 30, 24, 26  # px
LOAD, FAILED = OKABE_ITO[4], OKABE_ITO[5]
SLOW = 1.0
"""Seconds at which a latency's scale ends: who waits longer stands at its edge."""


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


def picture(title: str, words: str, panels: Sequence[Panel], drawn: Sequence[str], at: float) -> str:
    """The SVG of charts: their parts, the time axis below, the line at the moment `at` (seconds)."""
    height = int(panels[-1].floor + FOOT)
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px;font:12px {FONT}"
    return tag(
        "svg", tag("title", escape(title)), tag("desc", escape(words)), _HATCH,
        tag("rect", width=WIDTH, height=height, rx=8, fill=PAPER), *drawn, *_time(panels, at),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}", role="img", aria_label=words, style=style,
    )  # fmt: skip


def stacked(heights: Sequence[float], mosts: Sequence[float], end: float) -> list[Panel]:
    """Panels of these heights (px) one below the other, each with its largest value."""
    tops = [float(TOP)]
    for height in heights[:-1]:
        tops.append(tops[-1] + height + GAP)
    return [Panel(top, height, most, end) for top, height, most in zip(tops, heights, mosts, strict=True)]


_HATCH = tag(
    "defs",
    tag("pattern", tag("path", d="M0 6L6 0", stroke=FAILED, stroke_width=1.5), id="lk-failed", width=6, height=6,
        patternUnits="userSpaceOnUse"),
)  # fmt: skip


def grid(panel: Panel, title: str, marks: Sequence[tuple[float, str]]) -> Iterator[str]:
    """A chart's title, and a line with words at each of its marks."""
    yield text(title, LEFT, panel.top - 8, fill=MUTED)
    for value, words in marks:
        y = float(panel.y(value))
        yield tag("path", d=f"M{LEFT} {number(y)}H{WIDTH - RIGHT}", stroke=TRACK)
        yield text(words, LEFT - 7, y + 4, fill=MUTED, text_anchor="end")


def ticks(most: float, about: int = 4) -> list[tuple[float, str]]:
    """Round values from 0 up to `most`, about so many."""
    step = next((one for one in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500) if most / one <= about + 0.5), 1000)
    return [(float(value), str(value)) for value in range(0, int(most) + 1, step)]


def area(panel: Panel, times: Any, values: Any, colour: str) -> Iterator[str]:
    """What there is, in steps over a tinted ground."""
    line = panel.steps(times, values)
    yield tag("path", d=f"{line}V{number(panel.floor)}H{LEFT}Z", fill=colour, fill_opacity=0.16)
    yield tag("path", d=line, fill="none", stroke=colour, stroke_width=2.5)


def wanted(panel: Panel, times: Any, values: Any) -> str:
    """What there shall be, in dashed steps."""
    line = panel.steps(times, values)
    return tag("path", d=line, fill="none", stroke=INK, stroke_width=1.5, stroke_dasharray="6 3")


def level(panel: Panel, value: float, colour: str, dashes: str) -> str:
    """A dashed line across a chart."""
    y = number(float(panel.y(value)))
    return tag("path", d=f"M{LEFT} {y}H{WIDTH - RIGHT}", stroke=colour, stroke_dasharray=dashes)


def requests(panel: Panel, load: Series, at: float) -> Iterator[str]:
    """The chart of a load's rate."""
    yield from grid(panel, "requests a second", ticks(panel.most, 3))
    line = panel.line(load.times, load.values["rps"])
    yield tag("path", d=f"{line}V{number(panel.floor)}H{LEFT}Z", fill=LOAD, fill_opacity=0.3)
    yield tag("path", d=line, fill="none", stroke=LOAD, stroke_width=2)
    yield from legend(panel, [(f"{load.at('rps', at):.0f} a second", LOAD, "", 2)])


def answers(panel: Panel, load: Series, at: float) -> Iterator[str]:
    """The chart of a load's answers: latency, and the share of requests that fail."""
    marks = [(0.0, "0"), (0.5, "500 ms"), (SLOW, "1 s +")]
    yield from grid(panel, "latency, and requests that fail", marks)
    share = load.values["errors"] / np.maximum(load.values["rps"], 1e-9)
    if share.any():
        failing = panel._replace(most=1.0).steps(load.times, share)
        yield tag("path", d=f"{failing}V{number(panel.floor)}H{LEFT}Z", fill="url(#lk-failed)", stroke=FAILED)
    slow = panel.line(load.times, load.values["latency"])
    yield tag("path", d=slow, fill="none", stroke=INK, stroke_width=1.8)
    lost = load.at("errors", at) / max(load.at("rps", at), 1e-9)
    yield from legend(panel, [
        (f"latency {latency(load.at('latency', at))}", INK, "", 1.8),
        (f"{lost:.0%} fail", FAILED, "1.5 1.5", 9),
    ])  # fmt: skip


def legend(panel: Panel, rows: Sequence[tuple[str, str | None, str, float]]) -> Iterator[str]:
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
    yield tag("path", d=f"M{x} {number(first.top)}V{number(last.floor)}", stroke=ALERT, stroke_width=1.5)
    yield text(minutes(at), WIDTH - RIGHT + 16, first.top - 8, fill=ALERT, font_weight=600)

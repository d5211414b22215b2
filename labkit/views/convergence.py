"""Desired against observed over time: how far a control loop is from where it wants to be, as an SVG and in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from labkit.views.picture import seconds
from labkit.views.style import FONT, INK, MUTED, OKABE_ITO, PAPER, TRACK
from labkit.views.svg import escape, number, tag, text
from labkit.views.table import Table

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 876, 132, 40, 130, 16, 26  # px
_MOST_ROWS = 12


class Gap(NamedTuple):
    """One moment: seconds since the start, pods wanted, pods that exist, pods that are ready."""

    time: float
    desired: int
    existing: int
    ready: int


_LINES = (("desired", MUTED, "2 4", 2.0), ("existing", OKABE_ITO[1], "7 3", 2.0), ("ready", OKABE_ITO[0], "", 2.5))


def render(gaps: Sequence[Gap]) -> str:
    """Three step lines over time: desired dotted, existing dashed, ready drawn through."""
    end, top = max(gaps[-1].time, 1.0), max(1, *(max(gap[1:]) for gap in gaps))
    lines = [_line([(gap.time, getattr(gap, name)) for gap in gaps], end, top, colour, dash, thick)
             for name, colour, dash, thick in _LINES]  # fmt: skip
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px;font:12px {FONT}"
    return tag(
        "svg", tag("title", "desired and observed"), tag("desc", escape(describe(gaps))),
        tag("rect", width=WIDTH, height=HEIGHT, rx=8, fill=PAPER), *_axes(end, top), *lines, *_names(gaps[-1], top),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img", aria_label=describe(gaps), style=style,
    )  # fmt: skip


def _x(time: float, end: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * time / end


def _y(value: float, top: float) -> float:
    return HEIGHT - FOOT - (HEIGHT - TOP - FOOT) * value / top


def _line(points: list[tuple[float, int]], end: float, top: float, colour: str, dash: str, thick: float) -> str:
    path = f"M{number(_x(points[0][0], end))} {number(_y(points[0][1], top))}"
    path += "".join(f"H{number(_x(time, end))}V{number(_y(value, top))}" for time, value in points[1:])
    path += f"H{number(_x(end, end))}"
    return tag(
        "path", d=path, fill="none", stroke=colour, stroke_width=thick, stroke_dasharray=dash, stroke_linejoin="round"
    )


def _axes(end: float, top: int) -> list[str]:
    rules = sorted({0, top, top // 2 if top > 3 else 0})
    lines = [tag("path", d=f"M{LEFT} {number(_y(v, top))}H{WIDTH - RIGHT}", stroke=TRACK) for v in rules]
    labels = [text(v, LEFT - 8, _y(v, top) + 4, fill=MUTED, text_anchor="end") for v in rules]
    times = [text(seconds(round(end * part, 1)), _x(end * part, end), HEIGHT - 8, fill=MUTED, text_anchor=anchor)
             for part, anchor in ((0, "start"), (0.5, "middle"), (1, "end"))]  # fmt: skip
    return [*lines, *labels, *times]


def _names(last: Gap, top: int) -> list[str]:
    """The lines' names at their right ends, kept apart from each other."""
    wanted = sorted((_y(getattr(last, name), top), n) for n, (name, *_) in enumerate(_LINES))
    spots = list(accumulate((y for y, _ in wanted), lambda above, y: max(y, above + 16)))
    lift = max(0.0, spots[-1] - (HEIGHT - FOOT + 8))
    return [part for y, (_, n) in zip(spots, wanted, strict=True) for part in _name(last, n, y - lift)]


def _name(last: Gap, line: int, y: float) -> list[str]:
    name, colour, dash, _ = _LINES[line]
    x = WIDTH - RIGHT + 8
    sample = tag("path", d=f"M{x} {number(y)}h18", stroke=colour, stroke_width=2.5, stroke_dasharray=dash)
    return [sample, text(f"{getattr(last, name)} {name}", x + 24, y + 4, fill=INK)]


def describe(gaps: Sequence[Gap]) -> str:
    """The alt text: how it stands now, and the widest gap so far."""
    now, widest = gaps[-1], max(gaps, key=lambda gap: abs(gap.desired - gap.ready))
    text = f"After {seconds(now.time)}: {now.desired} desired, {now.existing} existing, {now.ready} ready."
    return text + f" The widest gap was at {seconds(widest.time)}: {widest.ready} ready of {widest.desired} desired."


def table(gaps: Sequence[Gap]) -> Table:
    """The last twelve moments at which a number changed."""
    changed = [gap for before, gap in zip([None, *gaps], gaps, strict=False) if before is None or before[1:] != gap[1:]]
    rows = tuple((seconds(gap.time), *gap[1:]) for gap in changed[-_MOST_ROWS:])
    return Table("Desired and observed", ("Time", "Desired", "Existing", "Ready"), rows)

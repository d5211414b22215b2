"""A rolling update over time: how many pods of the old and the new template there are, as an SVG and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from labkit.views.picture import count, seconds
from labkit.views.style import FONT, INK, MUTED, OKABE_ITO, PAPER, TRACK
from labkit.views.svg import escape, number, tag, text
from labkit.views.table import Table

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 876, 268, 40, 176, 54, 30  # px
NEW, OLD = OKABE_ITO[0], OKABE_ITO[1]
TILE = 22  # px a pod


class Stage(NamedTuple):
    """One moment: seconds since the update, and pods by template; a pod that is being deleted counts no more."""

    time: float
    old: int
    new: int
    starting: int = 0

    @property
    def available(self) -> int:
        """The pods that can be used."""
        return self.old + self.new

    @property
    def total(self) -> int:
        """All pods, those that are not ready too."""
        return self.available + self.starting


class Limits(NamedTuple):
    """The fewest pods that must be available, and the most there may be."""

    fewest: int
    most: int


_LAYERS = (("new, ready", NEW, "new"), ("old, ready", OLD, "old"), ("new, not ready", "url(#starting)", "starting"))
"""From the ground up: the two layers that are ready, whose upper edge is what is available, then the rest."""


def render(stages: Sequence[Stage], limits: Limits, at: int) -> str:
    """The pods by template as layers over time, both limits, what is available, and stage `at` as a row of pods."""
    scale = Scale(max(stages[-1].time, 1.0), max(limits.most, *(stage.total for stage in stages)) + 1)
    shown = stages[at]
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px;font:12px {FONT}"
    return tag(
        "svg", tag("title", "a rolling update"), tag("desc", escape(describe(stages, limits, at))), _HATCH,
        tag("rect", width=WIDTH, height=HEIGHT, rx=8, fill=PAPER), *_tiles(shown), *_axes(scale),
        *_layers(stages, scale), *_edges(stages, limits, scale), _cursor(shown, scale), *_key(shown),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img", aria_label=describe(stages, limits, at), style=style,
    )  # fmt: skip


class Scale(NamedTuple):
    """Seconds and pods to px; `end` and `top` are the largest of each."""

    end: float
    top: int

    def x(self, time: float) -> float:
        """Where a moment is."""
        return LEFT + (WIDTH - LEFT - RIGHT) * time / self.end

    def y(self, pods: float) -> float:
        """Where a number of pods is."""
        return HEIGHT - FOOT - (HEIGHT - TOP - FOOT) * pods / self.top

    def steps(self, points: Sequence[tuple[float, int]]) -> str:
        """The path of a step line through the points, up to the right edge."""
        start = f"{number(self.x(points[0][0]))} {number(self.y(points[0][1]))}"
        return start + "".join(f"H{number(self.x(time))}V{number(self.y(value))}" for time, value in points[1:]) + (
            f"H{number(self.x(self.end))}"
        )  # fmt: skip


_HATCH = tag(
    "defs",
    tag(
        "pattern", tag("rect", width=6, height=6, fill="#d6e6f2"), tag("path", d="M0 6L6 0", stroke=NEW),
        id="starting", width=6, height=6, patternUnits="userSpaceOnUse",
    ),
)  # fmt: skip


def _layers(stages: Sequence[Stage], scale: Scale) -> list[str]:
    ground = [(stage.time, 0) for stage in stages]
    parts = []
    for _, fill, field in _LAYERS:
        roof = [(time, base + getattr(stage, field)) for (time, base), stage in zip(ground, stages, strict=True)]
        parts.append(tag("path", d=f"M{scale.steps(roof)}{_back(ground, scale)}Z", fill=fill, fill_opacity=0.85))
        ground = roof
    return parts


def _back(points: Sequence[tuple[float, int]], scale: Scale) -> str:
    """The same steps, from the right edge back to the left."""
    way = f"V{number(scale.y(points[-1][1]))}"
    for (time, _), (_, before) in zip(points[:0:-1], points[-2::-1], strict=True):
        way += f"H{number(scale.x(time))}V{number(scale.y(before))}"
    return way + f"H{number(scale.x(points[0][0]))}"


def _edges(stages: Sequence[Stage], limits: Limits, scale: Scale) -> list[str]:
    available = scale.steps([(stage.time, stage.available) for stage in stages])
    lines = [tag("path", d=f"M{available}", fill="none", stroke=INK, stroke_width=2.5)]
    for pods, dash in ((limits.most, "2 4"), (limits.fewest, "8 4")):
        way = f"M{LEFT} {number(scale.y(pods))}H{WIDTH - RIGHT}"
        lines.append(tag("path", d=way, stroke=INK, stroke_width=1.3, stroke_dasharray=dash))
    return [*lines, *_named(limits, scale)]


def _named(limits: Limits, scale: Scale) -> list[str]:
    x, most, fewest = WIDTH - RIGHT + 6, scale.y(limits.most) + 4, scale.y(limits.fewest) + 4
    fewest = max(fewest, most + 16)
    return [
        text(f"{limits.most} at most", x, most, fill=INK),
        text(f"{limits.fewest} available at least", x, fewest, fill=INK),
    ]


def _axes(scale: Scale) -> list[str]:
    every = 1 if scale.top < 8 else 2
    rules = range(0, scale.top + 1, every)
    lines = [tag("path", d=f"M{LEFT} {number(scale.y(v))}H{WIDTH - RIGHT}", stroke=TRACK) for v in rules]
    labels = [text(v, LEFT - 8, scale.y(v) + 4, fill=MUTED, text_anchor="end") for v in rules]
    times = [text(seconds(round(scale.end * part, 1)), scale.x(scale.end * part), HEIGHT - 10, fill=MUTED,
                  text_anchor=anchor) for part, anchor in ((0, "start"), (0.5, "middle"), (1, "end"))]  # fmt: skip
    return [*lines, *labels, *times]


def _cursor(shown: Stage, scale: Scale) -> str:
    x = number(scale.x(shown.time))
    return tag("path", d=f"M{x} {TOP - 6}V{HEIGHT - FOOT}", stroke=INK, stroke_width=1.5, stroke_opacity=0.7)


def _tiles(shown: Stage) -> list[str]:
    """The pods of the moment, one tile each; the letter tells the template, a hatch that it isn't ready."""
    pods = [*[("2", NEW)] * shown.new, *[("1", OLD)] * shown.old, *[("2", "url(#starting)")] * shown.starting]
    parts = []
    for place, (name, fill) in enumerate(pods):
        x = LEFT + place * (TILE + 6)
        ink = PAPER if fill == NEW else INK
        parts.append(tag("rect", x=x, y=14, width=TILE, height=TILE, rx=4, fill=fill, stroke=INK, stroke_width=0.6))
        parts.append(text(name, x + TILE / 2, 30, fill=ink, text_anchor="middle", font_weight=600))
    return parts


def _key(shown: Stage) -> list[str]:
    x, parts = WIDTH - RIGHT + 6, []
    for place, (name, fill, field) in enumerate(_LAYERS):
        y = HEIGHT - FOOT - 54 + 20 * place
        parts.append(tag("rect", x=x, y=y, width=12, height=12, rx=2, fill=fill, stroke=INK, stroke_width=0.5))
        parts.append(text(f"{getattr(shown, field)} {name}", x + 19, y + 10.5, fill=INK))
    line = tag("path", d=f"M{x} {HEIGHT - FOOT - 68}h14", stroke=INK, stroke_width=2.5)
    return [*parts, line, text(f"{shown.available} available", x + 19, HEIGHT - FOOT - 64, fill=INK)]


def describe(stages: Sequence[Stage], limits: Limits, at: int) -> str:
    """The alt text: the moment shown, and the extremes of the whole update."""
    shown = stages[at]
    lowest, highest = min(stage.available for stage in stages), max(stage.total for stage in stages)
    now = f"{seconds(shown.time)} after the change: {shown.old} old and {shown.new} new pods ready"
    return (
        f"{now}, {shown.starting} new not ready. In all: never fewer than {lowest} available (at least"
        f" {limits.fewest} wanted), never more than {count(highest, 'pod')} ({limits.most} allowed)."
    )


def table(stages: Sequence[Stage]) -> Table:
    """Every moment as a row."""
    rows = tuple((seconds(one.time), one.old, one.new, one.starting, one.available) for one in stages)
    return Table("The update, step by step", ("Time", "Old", "New", "New, not ready", "Available"), rows)

"""Bars over virtual time, as the lives of pods and of tasks are drawn: one row a container, one bar a state.

Colour is never alone: states that share a tone differ in pattern, every bar has its words where there is room and when
it is hovered over, and a key names all that are seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from labkit.views.picture import seconds
from labkit.views.podlife import Span
from labkit.views.style import ALERT, FONT, INK, MUTED, PAPER, TRACK
from labkit.views.svg import escape, number, tag, text, width

WIDTH, LEFT, RIGHT, TOP, FOOT = 876, 116, 18, 44, 28  # px
BAR, LOW, ROOM = 24, 6, 16  # px: a bar, one of what is over, the room above it for exit codes
LINE = 19  # px: a line of the key
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


class Ink(NamedTuple):
    """How a state is filled, in what colour it is written upon, and its pattern's lines, if any."""

    fill: str
    ink: str
    hatch: str = ""


class Inks(NamedTuple):
    """The inks of all states; `prefix` sets their patterns apart from others on the same page; `over` is drawn low."""

    prefix: str
    states: Mapping[str, Ink]
    over: str

    def fill(self, state: str) -> str:
        """What a state is filled with."""
        return f"url(#{self._id(state)})" if self.states[state].hatch else self.states[state].fill

    def hatches(self, states: Iterable[str]) -> str:
        """The patterns of those states that have one."""
        made = [self._hatch(state) for state in states if self.states[state].hatch]
        return tag("defs", *made) if made else ""

    def _id(self, state: str) -> str:
        return f"{self.prefix}-{state.replace(' ', '-')}"

    def _hatch(self, state: str) -> str:
        ink = self.states[state]
        return tag(
            "pattern", tag("rect", width=8, height=8, fill=ink.fill),
            tag("path", d=ink.hatch, stroke=INK, stroke_opacity=0.45, stroke_width=1.2),
            id=self._id(state), width=8, height=8, patternUnits="userSpaceOnUse",
        )  # fmt: skip


def sheet(title: str, words: str, height: float, *parts: str) -> str:
    """The whole picture: `parts` on paper `height` px high, with its title and alt text."""
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px;font:12px {FONT}"
    return tag(
        "svg", tag("title", escape(title)), tag("desc", escape(words)),
        tag("rect", width=WIDTH, height=number(height), rx=8, fill=PAPER), *parts,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {number(height)}", width=WIDTH,
        height=number(height), role="img", aria_label=words, style=f"{style};height:auto",
    )  # fmt: skip


def place(time: float, length: float) -> float:
    """Where a moment is, in px from the left, if `length` seconds are shown."""
    return LEFT + (WIDTH - LEFT - RIGHT) * time / length


def bar(span: Span, top: float, length: float, inks: Inks) -> Iterator[str]:
    """One state as a bar, its word on it where there is room."""
    x = place(span.start, length)
    wide = max(place(span.end, length) - x, 1.0)
    low = (BAR - LOW, LOW) if span.state == inks.over else (0, BAR)
    yield tag("rect", tag("title", escape(told(span))), x=number(x), y=number(top + low[0]), width=number(wide),
              height=low[1], fill=inks.fill(span.state), stroke=PAPER, stroke_width=0.6)  # fmt: skip
    if span.state != inks.over and width(span.state, 11) < wide - 6:
        ink = inks.states[span.state]
        halo = {} if ink.ink == PAPER else {"stroke": ink.fill, "stroke_width": 4, "paint_order": "stroke"}
        yield text(span.state, x + wide / 2, top + 16, fill=ink.ink, font_size=11, text_anchor="middle", **halo)


def told(span: Span) -> str:
    """`4 s to 12 s: PENDING (pulling its image)`."""
    why = f" ({span.reason})" if span.reason else ""
    return f"{seconds(round(span.start, 1))} to {seconds(round(span.end, 1))}: {span.state}{why}"


class Post(NamedTuple):
    """The end of a run: when, what is written at it, and whether it is a good end."""

    time: float
    words: str
    is_good: bool


def posts(ends: Iterable[Post], top: float, length: float) -> Iterator[str]:
    """A post at every end, with its words where there is room for them."""
    free = 0.0
    for one in ends:
        x = place(one.time, length)
        yield tag("path", d=f"M{number(x)} {number(top - 4)}V{number(top + BAR)}", stroke=INK, stroke_width=2)
        if x - 4 >= free:
            anchor = "end" if x + width(one.words, 11) > WIDTH - 6 else "start"
            yield text(one.words, x - 3, top - 5, fill=INK if one.is_good else ALERT, font_size=11, font_weight=600,
                       text_anchor=anchor)  # fmt: skip
            free = x + width(one.words, 11)


def axis(length: float, height: float, top: float = TOP) -> Iterator[str]:
    """Lines at round moments, from `top` to the foot."""
    step = next((one for one in _STEPS if length / one <= 9), 7200)
    for turn in range(int(length // step) + 1):
        x = place(turn * step, length)
        yield tag("path", d=f"M{number(x)} {number(top)}V{number(height - FOOT + 4)}", stroke=TRACK)
        anchor = "end" if x > WIDTH - 40 else "middle"
        yield text(seconds(turn * step), x, height - 9, fill=MUTED, text_anchor=anchor)


def cursor(length: float, height: float, at: float | None, top: float = TOP) -> Iterator[str]:
    """The line of the present moment, if there is one."""
    if at is not None:
        x = number(place(at, length))
        yield tag("path", d=f"M{x} {number(top - 4)}V{number(height - FOOT + 4)}", stroke=INK, stroke_width=1.5)
        yield tag("path", d=f"M{x} {number(top + 2)}l-5-8h10z", fill=INK)


def key(states: Sequence[str], inks: Inks) -> tuple[list[str], float, float]:
    """The key of the states that are seen; where its last line ends, and how many px its further lines need."""
    parts, x, down = [], 12.0, 0.0
    for state in states:
        if x + 24 + width(state) > WIDTH - 8:
            x, down = 12.0, down + LINE
        swatch = {"width": 18, "height": 13, "rx": 2, "stroke": INK, "stroke_width": 0.5}
        parts.append(tag("rect", x=number(x), y=number(12 + down), fill=inks.fill(state), **swatch))
        parts.append(text(state, x + 24, 23 + down, fill=INK))
        x += 24 + width(state) + 12
    return parts, x, down

"""A pod's life drawn: a bar for every container, its restarts, and a row of ticks for each of its probes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from labkit.views import podlife
from labkit.views.drawing import Drawing
from labkit.views.picture import count, seconds
from labkit.views.podlife import BACKOFF, ENDED, READY, RUNNING, STARTING, UNREADY, WAITING, Line, PodLife, Span
from labkit.views.style import ALERT, FONT, INK, MUTED, OKABE_ITO, PAPER, TRACK
from labkit.views.svg import escape, fit, number, tag, text, width
from labkit.views.table import Table

WIDTH, LEFT, RIGHT, TOP, FOOT = 876, 116, 18, 44, 28  # px
BAR, PROBE, GAP, ROOM = 24, 17, 12, 16  # px: a bar, a row of ticks, between containers, for exit codes above a bar
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


class Ink(NamedTuple):
    """How a state is filled, in what colour it is written upon, and its pattern's lines, if any."""

    fill: str
    ink: str
    hatch: str = ""


INKS = {
    WAITING: Ink("#e7ebf0", INK, "M0 4h1"),
    RUNNING: Ink(OKABE_ITO[4], INK),
    STARTING: Ink(OKABE_ITO[6], INK, "M4 0V8"),
    UNREADY: Ink(OKABE_ITO[1], INK, "M0 8L8 0"),
    READY: Ink(OKABE_ITO[2], PAPER),
    ENDED: Ink(INK, PAPER),
    BACKOFF: Ink(OKABE_ITO[3], INK, "M0 8L8 0M0 0L8 8"),
}


def lifeline(lab: Any, pod: str, namespace: str = "default", length: float | None = None) -> Drawing:
    """The life of one of the lab's pods, up to now or `length` seconds long; ApiError NotFound if it never was."""
    life = podlife.read(lab, pod, namespace, length)
    words = describe(life, life.length)
    return Drawing(f"life of {pod}", render(life), WIDTH, words, tables(life))


def render(life: PodLife, at: float | None = None) -> str:
    """The whole life, with a line at the moment `at` (seconds) if one is given."""
    height = TOP + sum(map(_height, life.lines)) + FOOT
    words = describe(life, life.length if at is None else at)
    parts: list[str] = []
    top = float(TOP)
    for line in life.lines:
        parts += _container(line, top, life.length)
        top += _height(line)
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px;font:12px {FONT}"
    return tag(
        "svg", tag("title", f"the life of pod {life.pod}"), tag("desc", escape(words)), _hatches(life),
        tag("rect", width=WIDTH, height=number(height), rx=8, fill=PAPER), *_key(life),
        *_axis(life.length, height), *parts, *_cursor(life.length, height, at),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {number(height)}", width=WIDTH,
        height=number(height), role="img", aria_label=words, style=f"{style};height:auto",
    )  # fmt: skip


def _height(line: Line) -> float:
    return ROOM + BAR + 6 + PROBE * len(line.kinds) + GAP


def _x(time: float, length: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * time / length


def _states(life: PodLife) -> list[str]:
    seen = {span.state for line in life.lines for span in line.spans}
    return [state for state in podlife.STATES if state in seen]


def _hatches(life: PodLife) -> str:
    made = [_hatch(state) for state in _states(life) if INKS[state].hatch]
    return tag("defs", *made) if made else ""


def _hatch(state: str) -> str:
    ink = INKS[state]
    return tag(
        "pattern", tag("rect", width=8, height=8, fill=ink.fill),
        tag("path", d=ink.hatch, stroke=INK, stroke_opacity=0.45, stroke_width=1.2),
        id=_id(state), width=8, height=8, patternUnits="userSpaceOnUse",
    )  # fmt: skip


def _id(state: str) -> str:
    return f"life-{state.replace(' ', '-')}"


def _fill(state: str) -> str:
    return f"url(#{_id(state)})" if INKS[state].hatch else INKS[state].fill


def _container(line: Line, top: float, length: float) -> Iterator[str]:
    bar = top + ROOM
    yield text(fit(line.container, LEFT - 20), 12, bar + (10 if line.role else 16), fill=INK, font_weight=600)
    if line.role:
        yield text(line.role, 12, bar + 23, fill=MUTED, font_size=11)
    for span in line.spans:
        yield from _span(span, bar, length)
    yield from _exits(line.ends, bar, length)
    for row, kind in enumerate(line.kinds):
        yield from _row(line, kind, bar + BAR + 6 + PROBE * row + PROBE / 2, length)


def _span(span: Span, bar: float, length: float) -> Iterator[str]:
    x, wide = _x(span.start, length), max(_x(span.end, length) - _x(span.start, length), 1.0)
    hover = tag("title", escape(_told(span)))
    low = (BAR - 6, 6) if span.state == ENDED else (0, BAR)
    yield tag("rect", hover, x=number(x), y=number(bar + low[0]), width=number(wide), height=low[1],
              fill=_fill(span.state), stroke=PAPER, stroke_width=0.6)  # fmt: skip
    if span.state != ENDED and width(span.state, 11) < wide - 6:
        halo = (
            {} if span.state == READY else {"stroke": INKS[span.state].fill, "stroke_width": 4, "paint_order": "stroke"}
        )
        yield text(span.state, x + wide / 2, bar + 16, fill=INKS[span.state].ink, font_size=11, text_anchor="middle",
                   **halo)  # fmt: skip


def _told(span: Span) -> str:
    return f"{seconds(round(span.start, 1))} to {seconds(round(span.end, 1))}: {span.state} ({span.reason})"


def _exits(ends: Sequence[Span], bar: float, length: float) -> Iterator[str]:
    """A post at every end, with the exit code where there is room for it."""
    free = 0.0
    for span in ends:
        x, words = _x(span.start, length), _code(span.reason)
        good = words.endswith(" 0")
        yield tag("path", d=f"M{number(x)} {number(bar - 4)}V{number(bar + BAR)}", stroke=INK, stroke_width=2)
        if x - 4 >= free:
            anchor = "end" if x + width(words, 11) > WIDTH - 6 else "start"
            yield text(words, x - 3, bar - 5, fill=INK if good else ALERT, font_size=11, font_weight=600,
                       text_anchor=anchor)  # fmt: skip
            free = x + width(words, 11)


def _code(reason: str) -> str:
    """`exit 1`, or `OOMKilled 137`."""
    word, _, code = reason.partition(", exit code ")
    return f"{word if word == 'OOMKilled' else 'exit'} {code}"


def _row(line: Line, kind: str, middle: float, length: float) -> Iterator[str]:
    """One kind of probe: a dot high in the row where it passed, a cross where it failed."""
    yield text(kind, LEFT - 8, middle + 4, fill=MUTED, font_size=11, text_anchor="end")
    yield tag("path", d=f"M{LEFT} {number(middle)}H{WIDTH - RIGHT}", stroke=TRACK)
    mine = [tick for tick in line.ticks if tick.kind == kind]
    good = "".join(f"M{number(_x(tick.time, length))} {number(middle)}h.01" for tick in mine if tick.passed)
    bad = "".join(
        f"M{number(_x(tick.time, length) - 3.5)} {number(middle - 3.5)}l7 7m-7 0l7-7"
        for tick in mine
        if not tick.passed
    )
    if good:
        yield tag("path", d=good, stroke=OKABE_ITO[2], stroke_width=5.5, stroke_linecap="round", fill="none")
    if bad:
        yield tag("path", d=bad, stroke=ALERT, stroke_width=1.8, fill="none")


def _axis(length: float, height: float) -> Iterator[str]:
    step = next((one for one in _STEPS if length / one <= 9), 7200)
    for place in range(int(length // step) + 1):
        x = _x(place * step, length)
        yield tag("path", d=f"M{number(x)} {TOP}V{number(height - FOOT + 4)}", stroke=TRACK)
        anchor = "end" if x > WIDTH - 40 else "middle"
        yield text(seconds(place * step), x, height - 9, fill=MUTED, text_anchor=anchor)


def _cursor(length: float, height: float, at: float | None) -> Iterator[str]:
    if at is not None:
        x = number(_x(at, length))
        yield tag("path", d=f"M{x} {TOP - 4}V{number(height - FOOT + 4)}", stroke=INK, stroke_width=1.5)
        yield tag("path", d=f"M{x} {TOP + 2}l-5-8h10z", fill=INK)


def _key(life: PodLife) -> Iterator[str]:
    x = 12.0
    for state in _states(life):
        yield tag("rect", x=number(x), y=12, width=18, height=13, rx=2, fill=_fill(state), stroke=INK, stroke_width=0.5)
        yield text(state, x + 24, 23, fill=INK)
        x += 24 + width(state) + 12
    if any(line.ticks for line in life.lines):
        yield tag("path", d=f"M{number(x + 4)} 18.5h.01", stroke=OKABE_ITO[2], stroke_width=6, stroke_linecap="round")
        yield text("probe passed", x + 12, 23, fill=INK)
        x += 24 + width("probe passed")
        yield tag("path", d=f"M{number(x)} 15l7 7m-7 0l7-7", stroke=ALERT, stroke_width=1.8)
        yield text("failed", x + 13, 23, fill=INK)


def describe(life: PodLife, at: float) -> str:
    """The alt text: what each container does at the moment `at`, and what became of it in all."""
    said = [_described(line, at, life.length) for line in life.lines]
    return f"Pod {life.pod}, {seconds(round(at, 1))} after it was created. " + " ".join(said)


def _described(line: Line, at: float, length: float) -> str:
    span = line.at(at)
    reason = f" ({span.reason})" if span.reason not in ("", "Running") else ""
    return f"{line.container} {_VERBS.get(span.state, f'is {span.state}')}{reason}; {_in_all(line, length)}."


_VERBS = {ENDED: "has ended", BACKOFF: "is in back-off", WAITING: "waits", RUNNING: "runs"}


def _in_all(line: Line, length: float) -> str:
    """What became of a container in the whole time shown."""
    runs = max(one.run for one in line.spans)
    parts = ["never restarted" if not runs else "restarted once" if runs == 1 else f"restarted {runs} times"]
    if line.role != "init":
        ready = sum(one.end - one.start for one in line.spans if one.state == READY)
        parts.append(f"ready {ready / length:.0%} of the time")
    if line.ticks:
        parts.append(f"{sum(not tick.passed for tick in line.ticks)} of {count(len(line.ticks), 'probe')} failed")
    return ", ".join(parts)


def tables(life: PodLife) -> tuple[Table, ...]:
    """Every state of every container, and its probes counted by run."""
    rows = tuple(
        (line.container, seconds(round(span.start, 1)), seconds(round(span.end, 1)), span.state, span.reason)
        for line in life.lines for span in line.spans
    )  # fmt: skip
    heads = ("Container", "From", "To", "State", "kubectl says")
    counted = tuple(row for line in life.lines for row in _counted(line))
    columns = ("Container", "Probe", "Restarts so far", "First", "Last", "Passed", "Failed")
    return Table(f"The life of pod {life.pod}", heads, rows), Table("Its probes", columns, counted)


def _counted(line: Line) -> Iterator[tuple[object, ...]]:
    for kind in line.kinds:
        for run in sorted({tick.run for tick in line.ticks if tick.kind == kind}):
            mine = [tick for tick in line.ticks if (tick.kind, tick.run) == (kind, run)]
            passed = sum(tick.passed for tick in mine)
            ends = seconds(round(mine[0].time, 1)), seconds(round(mine[-1].time, 1))
            yield line.container, kind, run, *ends, passed, len(mine) - passed

"""A pod's life drawn: a bar for every container, its restarts, and a row of ticks for each of its probes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.views import podlife, timebars
from labkit.views.drawing import Drawing
from labkit.views.picture import count, seconds
from labkit.views.podlife import BACKOFF, ENDED, READY, RUNNING, STARTING, UNREADY, WAITING, Line, PodLife
from labkit.views.style import ALERT, INK, MUTED, OKABE_ITO, PAPER, TRACK
from labkit.views.svg import fit, number, tag, text, width
from labkit.views.table import Table
from labkit.views.timebars import BAR, FOOT, LEFT, RIGHT, ROOM, TOP, WIDTH, Ink, Inks, Post, place

PROBE, GAP = 17, 12  # px: a row of ticks, between containers

INKS = Inks(
    "life",
    {
        WAITING: Ink("#e7ebf0", INK, "M0 4h1"),
        RUNNING: Ink(OKABE_ITO[4], INK),
        STARTING: Ink(OKABE_ITO[6], INK, "M4 0V8"),
        UNREADY: Ink(OKABE_ITO[1], INK, "M0 8L8 0"),
        READY: Ink(OKABE_ITO[2], PAPER),
        ENDED: Ink(INK, PAPER),
        BACKOFF: Ink(OKABE_ITO[3], INK, "M0 8L8 0M0 0L8 8"),
    },
    ENDED,
)


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
    return timebars.sheet(
        f"the life of pod {life.pod}", words, height, INKS.hatches(_states(life)), *_key(life),
        *timebars.axis(life.length, height), *parts, *timebars.cursor(life.length, height, at),
    )  # fmt: skip


def _height(line: Line) -> float:
    return ROOM + BAR + 6 + PROBE * len(line.kinds) + GAP


def _states(life: PodLife) -> list[str]:
    seen = {span.state for line in life.lines for span in line.spans}
    return [state for state in podlife.STATES if state in seen]


def _container(line: Line, top: float, length: float) -> Iterator[str]:
    bar = top + ROOM
    yield text(fit(line.container, LEFT - 20), 12, bar + (10 if line.role else 16), fill=INK, font_weight=600)
    if line.role:
        yield text(line.role, 12, bar + 23, fill=MUTED, font_size=11)
    for span in line.spans:
        yield from timebars.bar(span, bar, length, INKS)
    yield from timebars.posts(_exits(line), bar, length)
    for row, kind in enumerate(line.kinds):
        yield from _row(line, kind, bar + BAR + 6 + PROBE * row + PROBE / 2, length)


def _exits(line: Line) -> Iterator[Post]:
    for span in line.ends:
        words = _code(span.reason)
        yield Post(span.start, words, words.endswith(" 0"))


def _code(reason: str) -> str:
    """`exit 1`, or `OOMKilled 137`."""
    word, _, code = reason.partition(", exit code ")
    return f"{word if word == 'OOMKilled' else 'exit'} {code}"


def _row(line: Line, kind: str, middle: float, length: float) -> Iterator[str]:
    """One kind of probe: a dot high in the row where it passed, a cross where it failed."""
    yield text(kind, LEFT - 8, middle + 4, fill=MUTED, font_size=11, text_anchor="end")
    yield tag("path", d=f"M{LEFT} {number(middle)}H{WIDTH - RIGHT}", stroke=TRACK)
    mine = [tick for tick in line.ticks if tick.kind == kind]
    good = "".join(f"M{number(place(tick.time, length))} {number(middle)}h.01" for tick in mine if tick.passed)
    bad = "".join(
        f"M{number(place(tick.time, length) - 3.5)} {number(middle - 3.5)}l7 7m-7 0l7-7"
        for tick in mine
        if not tick.passed
    )
    if good:
        yield tag("path", d=good, stroke=OKABE_ITO[2], stroke_width=5.5, stroke_linecap="round", fill="none")
    if bad:
        yield tag("path", d=bad, stroke=ALERT, stroke_width=1.8, fill="none")


def _key(life: PodLife) -> Iterator[str]:
    parts, x, _ = timebars.key(_states(life), INKS)
    yield from parts
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

"""A task's life drawn: a row of bars for what ECS says of the task, and one for each of its containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.views import tasklife, timebars
from labkit.views.drawing import Drawing
from labkit.views.picture import seconds
from labkit.views.style import ALERT, INK, MUTED, OKABE_ITO, PAPER
from labkit.views.svg import fit, number, tag, text, width
from labkit.views.table import Table
from labkit.views.tasklife import HEALTHY, TERMINATED, UNHEALTHY, Row, TaskLife
from labkit.views.timebars import BAR, FOOT, LEFT, ROOM, TOP, WIDTH, Ink, Inks, Post, place

GAP, FLAG = 12, 22  # px: between rows, the room of the flag that says when the task was asked to stop

INKS = Inks(
    "task",
    {
        "PROVISIONING": Ink(OKABE_ITO[4], INK, "M0 4H8"),
        "PENDING": Ink("#e7ebf0", INK, "M0 4h1"),
        "ACTIVATING": Ink(OKABE_ITO[6], INK, "M4 0V8"),
        "RUNNING": Ink(OKABE_ITO[4], INK),
        HEALTHY: Ink(OKABE_ITO[2], PAPER),
        UNHEALTHY: Ink(OKABE_ITO[3], INK, "M0 8L8 0M0 0L8 8"),
        TERMINATED: Ink(OKABE_ITO[1], INK, "M0 0L8 8"),
        "DEACTIVATING": Ink(OKABE_ITO[6], INK, "M0 0L8 8"),
        "STOPPING": Ink(OKABE_ITO[1], INK, "M0 8L8 0"),
        "DEPROVISIONING": Ink(OKABE_ITO[3], INK, "M0 4H8"),
        "STOPPED": Ink(INK, PAPER),
    },
    "STOPPED",
)


def taskline(lab: Any, task: str, cluster: str = "default", length: float | None = None) -> Drawing:
    """The life of one of the lab's tasks, by id or ARN, up to now or `length` seconds long.

    AwsError InvalidParameterException if there never was such a task.
    """
    life = tasklife.read(lab, task, cluster, length)
    return Drawing(f"life of a task of {life.name}", render(life), WIDTH, describe(life, life.length), tables(life))


def render(life: TaskLife, at: float | None = None) -> str:
    """The whole life, with a line at the moment `at` (seconds) if one is given."""
    states = [one for one in tasklife.STATES if any(span.state == one for row in life.rows for span in row.spans)]
    named, _, more = timebars.key(states, INKS)
    top = TOP + more
    height = top + FLAG + len(life.rows) * (ROOM + BAR + GAP) + FOOT
    words = describe(life, life.length if at is None else at)
    return timebars.sheet(
        f"the life of a task of {life.name}", words, height, INKS.hatches(states), *named,
        *timebars.axis(life.length, height, top), *_flag(life, top, height), *_rows(life, top + FLAG + ROOM),
        *timebars.cursor(life.length, height, at, top),
    )  # fmt: skip


def _rows(life: TaskLife, top: float) -> Iterator[str]:
    for turn, row in enumerate(life.rows):
        yield from _row(row, top + turn * (ROOM + BAR + GAP), life.length)


def _row(row: Row, top: float, length: float) -> Iterator[str]:
    yield text(fit(row.name, LEFT - 20), 12, top + 10, fill=INK, font_weight=600)
    yield text(row.role, 12, top + 23, fill=MUTED, font_size=11)
    for span in row.spans:
        yield from timebars.bar(span, top, length, INKS)
    if row.role != "lastStatus":
        yield from timebars.posts(_ends(row), top, length)


def _ends(row: Row) -> Iterator[Post]:
    for span in row.spans:
        if span.state == "STOPPED":
            code = span.reason.partition(",")[0].removeprefix("exit code ")
            words = f"exit {code}" if code.isdigit() else "stopped"
            yield Post(span.start, words, code == "0")


def _flag(life: TaskLife, top: float, height: float) -> Iterator[str]:
    """When desiredStatus became STOPPED, and by which stopCode."""
    if life.asked is None:
        return
    x, words = place(life.asked, life.length), f"desiredStatus STOPPED: {life.code}"
    yield tag("path", d=f"M{number(x)} {number(top + 6)}V{number(height - FOOT + 4)}", stroke=ALERT, stroke_width=1.2,
              stroke_dasharray="4 3")  # fmt: skip
    on_left = x + 6 + width(words, 11) > WIDTH - 8
    yield text(words, x - 6 if on_left else x + 6, top + 16, fill=ALERT, font_size=11, font_weight=600,
               text_anchor="end" if on_left else "start")  # fmt: skip


def describe(life: TaskLife, at: float) -> str:
    """The alt text: what the task and each container are at the moment `at`, and how it ended."""
    said = [f"{row.name} {row.at(at).state}{_why(row, at)}" for row in life.rows[1:]]
    past = life.asked is not None and life.asked <= at
    asked = f"; desiredStatus {'STOPPED' if past else 'RUNNING'}"
    status = life.rows[0].at(at).state
    moment = f"Task of {life.name}, {seconds(round(at, 1))} after its start was asked for: {status}{asked}."
    return f"{moment} Containers: {'; '.join(said)}. {_in_all(life)}"


def _why(row: Row, at: float) -> str:
    reason = row.at(at).reason
    return f" ({reason})" if reason else ""


def _in_all(life: TaskLife) -> str:
    order = ", ".join(f"{span.state} from {seconds(round(span.start, 1))}" for span in life.rows[0].spans)
    if life.asked is None:
        return f"In all: {order}."
    return f"In all: {order}; stop asked for at {seconds(round(life.asked, 1))}, {life.code}: {life.why.rstrip('.')}."


def tables(life: TaskLife) -> tuple[Table, ...]:
    """Every state of the task and of its containers."""
    rows = tuple(
        (row.name, seconds(round(span.start, 1)), seconds(round(span.end, 1)), span.state, span.reason)
        for row in life.rows for span in row.spans
    )  # fmt: skip
    return (Table(f"The life of a task of {life.name}", ("What", "From", "To", "State", "Why"), rows),)

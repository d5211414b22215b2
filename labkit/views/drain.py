"""A drain over time: the nodes with their pods at one moment, and the pods that are ready against the budget's line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from labkit.views.picture import count, seconds
from labkit.views.style import ALERT, FONT, INK, MUTED, OKABE_ITO, PANEL, PAPER, RULE, TIMES, TRACK
from labkit.views.svg import escape, number, tag, text
from labkit.views.table import Table

WIDTH, PAD, TILE, BOX = 876, 10, 26, 74  # px
TOP, FLOOR, LEFT, RIGHT, HEIGHT = 122, 262, 40, 190, 290  # px of the chart below the boxes
READY = OKABE_ITO[0]
BEFORE = -1.0  # s: the moment of the first frame, before anything was asked


class Tile(NamedTuple):
    """A pod: its number, and ready, not ready, leaving or waiting."""

    number: int
    state: str


class Host(NamedTuple):
    """A node, whether it is cordoned, and its pods."""

    name: str
    cordoned: bool = False
    pods: tuple[Tile, ...] = ()


class Frame(NamedTuple):
    """A moment: seconds since the drain began, what is where, ready pods and how many must be, evictions refused."""

    time: float
    hosts: tuple[Host, ...]
    waiting: tuple[Tile, ...] = ()
    healthy: int = 0
    desired: int = 0
    refused: int = 0
    said: tuple[str, ...] = ()


class Drill(NamedTuple):
    """A whole drain: its frames, the node where it stopped (empty if none), its length in seconds, why it stopped."""

    frames: tuple[Frame, ...]
    blocked: str = ""
    took: float = 0.0
    why: str = ""
    replicas: int = 0
    slots: int = 0

    @property
    def fewest(self) -> int:
        """The fewest pods that were ready at any moment."""
        return min(frame.healthy for frame in self.frames)

    @property
    def refusals(self) -> int:
        """How many evictions were refused."""
        return sum(frame.refused for frame in self.frames)


def verdict(drill: Drill) -> str:
    """How it ended, in words."""
    kept = f"Fewest ready at any moment: {drill.fewest} of {drill.replicas}."
    refused = f" {count(drill.refusals, 'eviction')} refused (429)." if drill.refusals else " No eviction was refused."
    if drill.blocked:
        return f"Blocked at {drill.blocked}: kubectl gave up at {seconds(drill.took)}. {drill.why} {kept}{refused}"
    return f"Drained after {seconds(drill.took)}. {kept}{refused}"


def describe(drill: Drill, at: int) -> str:
    """The alt text: the moment shown."""
    frame = drill.frames[at]
    hosts = "; ".join(_told(host) for host in frame.hosts)
    waiting = f" {len(frame.waiting)} waiting for a node." if frame.waiting else ""
    needs = f", the budget needs {frame.desired}" if frame.desired else ""
    return f"{clock(frame.time)}: {frame.healthy} of {drill.replicas} ready{needs}. {hosts}.{waiting}"


def clock(time: float) -> str:
    """The moment in words, counted from the beginning of the drain."""
    return seconds(time) if time >= 0 else "Before"


def _told(host: Host) -> str:
    pods = ", ".join(f"{tile.number} {tile.state}" for tile in host.pods) or "empty"
    return f"{host.name}{' (cordoned)' if host.cordoned else ''}: {pods}"


def table(drill: Drill) -> Table:
    """Every moment as a row."""
    heads = ("Time", *(host.name for host in drill.frames[0].hosts), "Waiting", "Ready", "Needed", "Refused")
    rows = tuple(
        (clock(one.time), *(", ".join(f"{t.number}{_MARKS[t.state]}" for t in host.pods) for host in one.hosts),
         len(one.waiting), one.healthy, one.desired or "", one.refused or "") for one in drill.frames
    )  # fmt: skip
    return Table(f"The drain, step by step (… not ready, {TIMES} leaving)", heads, rows)


_MARKS = {"ready": "", "not ready": "…", "leaving": TIMES, "waiting": "?"}


def render(drill: Drill, at: int) -> str:
    """The nodes at moment `at`, and below them the ready pods over the whole drain."""
    words = describe(drill, at)
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px;font:12px {FONT}"
    return tag(
        "svg", tag("title", "a drain"), tag("desc", escape(words)), _HATCH,
        tag("rect", width=WIDTH, height=HEIGHT, rx=8, fill=PAPER), *_boxes(drill, at), *_chart(drill, at),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img", aria_label=words, style=style,
    )  # fmt: skip


_HATCH = tag(
    "defs",
    tag(
        "pattern", tag("rect", width=6, height=6, fill="#d6e6f2"), tag("path", d="M0 6L6 0", stroke=READY),
        id="lk-drain-starting", width=6, height=6, patternUnits="userSpaceOnUse",
    ),
)  # fmt: skip


def _boxes(drill: Drill, at: int) -> Iterator[str]:
    frame = drill.frames[at]
    room = (WIDTH - PAD * (len(frame.hosts) + 2)) / (len(frame.hosts) + 1)
    for place, host in enumerate(frame.hosts):
        yield from _host(host, PAD + place * (room + PAD), room, drill.slots)
    x = PAD + len(frame.hosts) * (room + PAD)
    yield tag("rect", x=number(x), y=PAD, width=number(room), height=BOX, rx=8, fill=PAPER, stroke=RULE)
    yield text("waiting for a node", x + PAD, PAD + 20, fill=MUTED)
    for place, tile in enumerate(frame.waiting[:7]):
        yield from _tile(tile, x + PAD + place * (TILE + 2), PAD + 34)


def _host(host: Host, x: float, room: float, slots: int) -> Iterator[str]:
    border = {"stroke": INK, "stroke_dasharray": "5 3", "stroke_width": 1.5} if host.cordoned else {"stroke": RULE}
    yield tag("rect", x=number(x), y=PAD, width=number(room), height=BOX, rx=8, fill=PANEL, **border)
    yield text(host.name, x + PAD, PAD + 20, fill=INK, font_weight=600)
    if host.cordoned:
        yield text("cordoned", x + room - PAD, PAD + 20, fill=ALERT, font_weight=600, text_anchor="end")
    for place in range(max(slots, len(host.pods))):
        at = x + PAD + place * (TILE + 4)
        if place < len(host.pods):
            yield from _tile(host.pods[place], at, PAD + 34)
        else:
            yield tag("rect", x=number(at), y=PAD + 34, width=TILE, height=TILE, rx=5, fill="none", stroke=RULE)


_LOOKS: dict[str, dict[str, object]] = {
    "ready": {"fill": READY},
    "not ready": {"fill": "url(#lk-drain-starting)", "stroke": READY},
    "leaving": {"fill": PAPER, "stroke": INK, "stroke_dasharray": "3 2"},
    "waiting": {"fill": PAPER, "stroke": ALERT, "stroke_width": 1.5},
}


def _tile(tile: Tile, x: float, y: float) -> Iterator[str]:
    box = tag("rect", x=number(x), y=number(y), width=TILE, height=TILE, rx=5, **_LOOKS[tile.state])
    ink = PAPER if tile.state == "ready" else INK
    name = text(tile.number, x + TILE / 2, y + 17.5, fill=ink, font_weight=600, text_anchor="middle")
    cross = [tag("path", d=f"M{number(x + 4)} {number(y + TILE - 4)}L{number(x + TILE - 4)} {number(y + 4)}",
                 stroke=ALERT, stroke_width=1.5)] if tile.state == "leaving" else []  # fmt: skip
    yield tag("g", tag("title", escape(f"pod {tile.number}: {tile.state}")), box, name, *cross)


def _chart(drill: Drill, at: int) -> Iterator[str]:
    frames, shown = drill.frames, drill.frames[at]
    end, top = frames[-1].time * 1.04 + 2, max(drill.replicas, *(frame.healthy for frame in frames)) + 1

    def x(time: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (time - BEFORE) / (end - BEFORE)

    def y(pods: float) -> float:
        return FLOOR - (FLOOR - TOP) * pods / top

    for value in range(0, top, 1 if top < 7 else 2):
        yield tag("path", d=f"M{LEFT} {number(y(value))}H{WIDTH - RIGHT}", stroke=TRACK)
        yield text(value, LEFT - 8, y(value) + 4, fill=MUTED, text_anchor="end")
    for part, anchor in ((0, "start"), (0.5, "middle"), (1, "end")):
        yield text(seconds(round(end * part)), x(round(end * part)), HEIGHT - 8, fill=MUTED, text_anchor=anchor)
    yield text("ready pods", LEFT, TOP - 12, fill=MUTED)
    ready = [(x(frame.time), y(frame.healthy)) for frame in frames]
    needed = [(x(frame.time), y(frame.desired)) for frame in frames]
    yield tag("path", d=f"{_steps(ready)}V{FLOOR}H{LEFT}Z", fill=READY, fill_opacity=0.16)
    yield tag("path", d=_steps(ready), fill="none", stroke=READY, stroke_width=2.5)
    if any(frame.desired for frame in frames):
        yield tag("path", d=_steps(needed), fill="none", stroke=INK, stroke_width=1.5, stroke_dasharray="8 4")
    for frame in (frame for frame in frames if frame.refused):
        yield text(TIMES, x(frame.time), FLOOR - 4, fill=ALERT, text_anchor="middle", font_weight=700, font_size=15)
    yield tag("path", d=f"M{number(x(shown.time))} {TOP - 6}V{FLOOR}", stroke=INK, stroke_width=1.5)
    yield from _key(shown)


def _steps(points: Sequence[tuple[float, float]]) -> str:
    """A step line: each value holds until the next point, the last one to the right edge."""
    start = f"M{number(points[0][0])} {number(points[0][1])}"
    return start + "".join(f"H{number(across)}V{number(down)}" for across, down in points[1:]) + f"H{WIDTH - RIGHT}"


def _key(shown: Frame) -> Iterator[str]:
    x, y = WIDTH - RIGHT + 16, TOP + 4
    yield tag("path", d=f"M{x} {y}h18", stroke=READY, stroke_width=2.5)
    yield text(f"{shown.healthy} ready", x + 26, y + 4, fill=INK, font_weight=600)
    if shown.desired:
        yield tag("path", d=f"M{x} {y + 22}h18", stroke=INK, stroke_width=1.5, stroke_dasharray="8 4")
        yield text(f"{shown.desired} needed by the budget", x + 26, y + 26, fill=INK)
    yield text(TIMES, x + 9, y + 49, fill=ALERT, text_anchor="middle", font_weight=700, font_size=15)
    yield text("eviction refused: 429", x + 26, y + 48, fill=INK)
    names = (("ready", "ready"), ("not ready", "not ready"), ("leaving", "leaving"))
    for place, (state, words) in enumerate(names):
        top = y + 62 + place * 23
        yield tag("rect", x=x + 1, y=top, width=16, height=16, rx=4, **_LOOKS[state])
        yield text(words, x + 26, top + 12.5, fill=INK)

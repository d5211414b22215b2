"""The ninth pod: what two autoscalers bought for one workload, side by side, in nodes, empty slots and dollars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labkit.views.picture import count
from labkit.views.style import ALERT, FONT, INK, MUTED, OKABE_ITO, PANEL, PAPER, RULE
from labkit.views.svg import escape, number, tag, text
from labkit.views.table import Table

WIDTH, PAD, HALF = 876, 12, 426  # px
TILE, STEP, HEAD, LINE = 18, 22, 64, 40  # px: a pod, from pod to pod, above the first node, a node's heading
BOX_STEP = 8
A_ROW = 16
"""Pods in a row of a node's box."""
MONTH = 730
"""Hours of a month, as AWS counts them."""


class Box(NamedTuple):
    """A node: type, whether Spot, USD an hour, pods, how many more would fit, millicores asked for and to give."""

    name: str
    type: str
    is_spot: bool
    price: float
    pods: int
    free: int
    asked: int
    room: int


class Side(NamedTuple):
    """What one autoscaler came to: its nodes, pods still waiting, seconds until the last pod was ready (or None)."""

    title: str
    boxes: tuple[Box, ...]
    waiting: int
    waited: float | None

    @property
    def price(self) -> float:
        """USD an hour."""
        return sum(box.price for box in self.boxes)

    @property
    def free(self) -> int:
        """Pods that would still fit."""
        return sum(box.free for box in self.boxes)

    @property
    def waste(self) -> float:
        """The share of the nodes' allocatable CPU that no pod asks for; 0 where there are no nodes."""
        room = sum(box.room for box in self.boxes)
        return 1 - sum(box.asked for box in self.boxes) / room if room else 0.0


class Comparison(NamedTuple):
    """A workload, pods of so many millicores, and what both made of it."""

    pods: int
    cpu: int
    grown: Side
    bought: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        """Cluster Autoscaler, Karpenter."""
        return self.grown, self.bought


def verdict(made: Comparison) -> str:
    """Who is cheaper and why, in one line."""
    grown, bought = made.sides
    stuck = [side for side in made.sides if side.waiting]
    if stuck:
        return " ".join(f"{side.title} finds no machine for {count(side.waiting, 'pod')}." for side in stuck)
    if abs(grown.price - bought.price) < 0.00005:
        return f"Both pay ${grown.price:.3f} an hour."
    less, more = sorted(made.sides, key=lambda side: side.price)
    share = 1 - less.price / more.price
    return (
        f"{less.title} pays ${less.price:.3f} an hour, {share:.0%} less: ${(more.price - less.price) * MONTH:,.0f} a"
        f" month. Empty slots: {grown.free} with the Cluster Autoscaler, {bought.free} with Karpenter."
    )


def describe(made: Comparison) -> str:
    """The alt text."""
    sides = " ".join(_told(side) for side in made.sides)
    return f"{count(made.pods, 'pod')} of {made.cpu}m CPU each. {sides}"


def _told(side: Side) -> str:
    nodes = "; ".join(f"{_kind(box)} with {count(box.pods, 'pod')} and {box.free} free" for box in side.boxes)
    return f"{side.title}: {nodes or 'no nodes'}; {headline(side)}."


def _kind(box: Box) -> str:
    return f"{box.type} (Spot)" if box.is_spot else box.type


def headline(side: Side) -> str:
    """Dollars, waste and the last pod's wait."""
    waited = "the last pod waits" if side.waited is None else f"last pod ready after {side.waited:.0f} s"
    return f"${side.price:.3f} an hour, {side.waste:.0%} of the CPU wasted, {waited}"


def table(made: Comparison) -> Table:
    """Every node as a row, and the sums."""
    heads = ("Autoscaler", "Node", "Type", "USD an hour", "Pods", "Free slots", "CPU asked for", "CPU to give")
    rows = tuple(
        (side.title, box.name, _kind(box), f"{box.price:.4f}", box.pods, box.free, f"{box.asked}m", f"{box.room}m")
        for side in made.sides for box in side.boxes
    )  # fmt: skip
    sums = tuple(
        (side.title, "all", count(len(side.boxes), "node"), f"{side.price:.4f}", sum(box.pods for box in side.boxes),
         side.free, f"{sum(box.asked for box in side.boxes)}m", f"{sum(box.room for box in side.boxes)}m")
        for side in made.sides
    )  # fmt: skip
    return Table("What was bought", heads, rows + sums)


def render(made: Comparison) -> str:
    """Both sides' nodes as boxes with pods (filled) and free slots (dashed outlines)."""
    words = describe(made)
    height = max(_height(side) for side in made.sides) + 26
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px;font:12px {FONT}"
    return tag(
        "svg", tag("title", "the ninth pod"), tag("desc", escape(words)),
        tag("rect", width=WIDTH, height=height, rx=8, fill=PAPER),
        *_side(made.grown, 0, OKABE_ITO[0]), *_side(made.bought, WIDTH - HALF, OKABE_ITO[2]), *_key(height - 18),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}",
        role="img", aria_label=words, style=style,
    )  # fmt: skip


def _height(side: Side) -> float:
    return HEAD + sum(_tall(box) + BOX_STEP for box in side.boxes) + (30 if side.waiting or not side.boxes else 0)


def _tall(box: Box) -> float:
    rows = -(-(box.pods + box.free) // A_ROW) or 1
    return LINE - 12 + rows * STEP + 4


def _side(side: Side, x: float, colour: str) -> Iterator[str]:
    yield text(side.title, x + PAD, 22, fill=colour, font_weight=700, font_size=15)
    yield text(f"${side.price:.3f} an hour", x + HALF - PAD, 22, fill=INK, font_weight=700, font_size=15,
               text_anchor="end")  # fmt: skip
    waited = "the last pod waits" if side.waited is None else f"last pod ready after {side.waited:.0f} s"
    yield text(f"{count(len(side.boxes), 'node')} · {waited}", x + PAD, 42, fill=MUTED)
    yield text(f"{side.waste:.0%} of the CPU wasted", x + HALF - PAD, 42, fill=MUTED, text_anchor="end")
    y: float = HEAD - 8
    for box in side.boxes:
        yield from _box(box, x, y, colour)
        y += _tall(box) + BOX_STEP
    if side.waiting:
        yield text(f"{count(side.waiting, 'pod')} waiting: no machine fits", x + PAD, y + 18, fill=ALERT,
                   font_weight=600)  # fmt: skip


def _box(box: Box, x: float, y: float, colour: str) -> Iterator[str]:
    yield tag("rect", x=number(x + 4), y=number(y), width=HALF - 8, height=number(_tall(box)), rx=8, fill=PANEL,
              stroke=RULE)  # fmt: skip
    yield text(_kind(box), x + PAD, y + 18, fill=INK, font_weight=600)
    yield text(f"${box.price:.4f}", x + HALF - PAD, y + 18, fill=MUTED, text_anchor="end")
    for place in range(box.pods + box.free):
        down, across = divmod(place, A_ROW)
        at = {"x": number(x + PAD + across * (STEP + 3)), "y": number(y + LINE - 14 + down * STEP)}
        look = {"fill": colour} if place < box.pods else {"fill": PAPER, "stroke": MUTED, "stroke_dasharray": "3 2"}
        yield tag("rect", **at, width=TILE, height=TILE, rx=4, **look)


def _key(y: float) -> Iterator[str]:
    yield tag("rect", x=PAD, y=y - 11, width=14, height=14, rx=3, fill=OKABE_ITO[0])
    yield tag("rect", x=PAD + 18, y=y - 11, width=14, height=14, rx=3, fill=OKABE_ITO[2])
    yield text("a pod", PAD + 40, y, fill=INK)
    yield tag("rect", x=PAD + 90, y=y - 11, width=14, height=14, rx=3, fill=PAPER, stroke=MUTED,
              stroke_dasharray="3 2")  # fmt: skip
    yield text("an empty slot: one pod more would fit, and it is paid for", PAD + 112, y, fill=INK)

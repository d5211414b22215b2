"""A layered graph as SVG: boxes in columns by rank, lines from left to right, their words beside the source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from labkit.views.style import ALERT, FONT, INK, MUTED, OKABE_ITO, PANEL, PAPER
from labkit.views.svg import escape, number, tag, text, width

BOX, HIGH, ACROSS, DOWN, PAD = 132, 44, 62, 10, 16  # px
LEAST = 0.87  # of its width, where it may shrink: 13 px words stay above 11
_SWEEPS = 4
_LOOKS = {                  # relation: colour and dash
    "owns": (OKABE_ITO[0], ""), "runs-on": (OKABE_ITO[2], "7 3"), "selects": (OKABE_ITO[5], "2 3"),
    "in": (MUTED, ""), "mounts": (OKABE_ITO[3], "7 3 2 3"), "reads": (OKABE_ITO[3], "4 4"),
}  # fmt: skip


class Box(NamedTuple):
    """One object: the column it belongs to, two lines of words, and whether it is only referred to."""

    rank: int
    kind: str
    name: str
    missing: bool = False


class Line(NamedTuple):
    """A relation between two boxes, by their place in the list of boxes."""

    source: int
    target: int
    word: str


Spot = tuple[float, float]


def render(boxes: Sequence[Box], lines: Sequence[Line], title: str, alt: str) -> str:
    """The SVG of the graph; equal input gives equal bytes."""
    spots, size = place(boxes, lines)
    body = [_curve(spots[line.source], spots[line.target], line.word) for line in lines]
    body += [_drawn(box, *spot) for box, spot in zip(boxes, spots, strict=True)]
    body += _words(lines, spots)
    style = f"display:block;width:100%;max-width:{number(size[0])}px;min-width:{number(size[0] * LEAST)}px"
    ground = tag("rect", width=number(size[0]), height=number(size[1]), rx=8, fill=PAPER)
    return tag(
        "svg", tag("title", escape(title)), tag("desc", escape(alt)), ground, *body, xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(size[0])} {number(size[1])}", role="img", aria_label=alt,
        style=f"{style};font:13px {FONT}",
    )  # fmt: skip


def place(boxes: Sequence[Box], lines: Sequence[Line]) -> tuple[list[Spot], Spot]:
    """The upper left corner of each box, and the size of the whole (px)."""
    columns = _ordered(boxes, lines)
    tall = max((len(column) for column in columns), default=1)
    spots: dict[int, Spot] = {}
    for across, column in enumerate(columns):
        top = PAD + (tall - len(column)) * (HIGH + DOWN) / 2
        spots |= {box: (PAD + across * (BOX + ACROSS), top + down * (HIGH + DOWN)) for down, box in enumerate(column)}
    return [spots[box] for box in range(len(boxes))], (wide(boxes), 2 * PAD + tall * (HIGH + DOWN) - DOWN)


def wide(boxes: Sequence[Box]) -> int:
    """How wide the graph of those boxes is (px)."""
    return 2 * PAD + max(1, len({box.rank for box in boxes})) * (BOX + ACROSS) - ACROSS


def _ordered(boxes: Sequence[Box], lines: Sequence[Line]) -> list[list[int]]:
    """The boxes of each used rank, put in order so that few lines cross: each by the mean place of its neighbours."""
    columns = [[n for n, box in enumerate(boxes) if box.rank == rank] for rank in sorted({box.rank for box in boxes})]
    near: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        near[line.source].append(line.target)
        near[line.target].append(line.source)
    for sweep in range(_SWEEPS):
        height = _heights(columns)
        for column in columns if sweep % 2 == 0 else reversed(columns):
            column.sort(key=lambda box: (_mean([height[n] for n in near[box]], height[box]), boxes[box]))
            height |= _heights([column])
    return columns


def _heights(columns: list[list[int]]) -> dict[int, float]:
    """How far down its column each box stands, 0 to 1."""
    return {box: (place + 0.5) / len(column) for column in columns for place, box in enumerate(column)}


def _mean(values: list[float], otherwise: float) -> float:
    return round(sum(values) / len(values), 9) if values else otherwise


def _curve(source: Spot, target: Spot, word: str) -> str:
    (x1, y1), (x2, y2) = _ends(source, target)
    colour, dash = _LOOKS.get(word, (MUTED, "2 3"))
    bend = max(30.0, (x2 - x1) / 2)
    path = " ".join(map(number, (x1 + bend, y1, x2 - bend, y2, x2 - 7, y2)))
    line = tag(
        "path",
        d=f"M{number(x1)} {number(y1)}C{path}",
        fill="none",
        stroke=colour,
        stroke_width=1.5,
        stroke_dasharray=dash,
    )
    return line + tag("path", d=f"M{number(x2 - 8)} {number(y2 - 4)}l8 4l-8 4z", fill=colour)


def _ends(source: Spot, target: Spot) -> tuple[Spot, Spot]:
    return (source[0] + BOX, source[1] + HIGH / 2), (target[0], target[1] + HIGH / 2)


def _drawn(box: Box, x: float, y: float) -> str:
    frame = tag(
        "rect", x=number(x), y=number(y), width=BOX, height=HIGH, rx=5, fill=PAPER if box.missing else PANEL,
        stroke=ALERT if box.missing else MUTED, stroke_width=1.5 if box.missing else 0.8,
        stroke_dasharray="5 4" if box.missing else "",
    )  # fmt: skip
    kind = text(("missing " if box.missing else "") + box.kind, x + 9, y + 17, fill=ALERT if box.missing else MUTED)
    return tag("g", tag("title", escape(box.name)), frame, kind, text(middle(box.name), x + 9, y + 35, fill=INK))


def middle(name: str, room: float = BOX - 16) -> str:
    """`name`, its middle cut out where it is too long: the ends of pod names tell them apart."""
    if width(name, 13) <= room:
        return name
    keep = len(name) - 1
    while width(name[:keep], 13) + width("…", 13) > room:
        keep -= 1
    return name[: keep - 8] + "…" + name[-8:]


def _words(lines: Sequence[Line], spots: list[Spot]) -> list[str]:
    """Each source says each of its relations once, on the first such line; words of one source keep 14 px apart."""
    first = {(line.source, line.word): line for line in reversed(lines)}
    said: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for line in first.values():
        said[line.source].append((_height(line, spots), line.word))
    return [
        part
        for source in sorted(said)
        for part in _stack(spots[source][0] + BOX + ACROSS / 2 - 3, sorted(said[source]))
    ]


def _height(line: Line, spots: list[Spot]) -> float:
    (_, y1), (_, y2) = _ends(spots[line.source], spots[line.target])
    return y1 + 0.16 * max(-120.0, min(120.0, y2 - y1)) - 3


def _stack(x: float, words: list[tuple[float, str]]) -> list[str]:
    heights = accumulate((y for y, _ in words), lambda above, y: max(y, above + 14))
    return [
        text(
            word,
            x,
            y,
            fill=INK,
            text_anchor="middle",
            stroke=PAPER,
            stroke_width=3,
            paint_order="stroke",
            stroke_linejoin="round",
        )
        for y, (_, word) in zip(heights, words, strict=True)
    ]

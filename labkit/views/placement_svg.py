"""The picture of one workload under several strategies: instances by zone, and tasks as parts of what they fill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.views.picture import count
from labkit.views.placement_board import LOST, STOPPED, Board, Column, Machine, describe, dollars
from labkit.views.style import ALERT, BAD_TINT, FONT, INK, MUTED, OKABE_ITO, PANEL, PAPER, RULE, TIMES, TRACK
from labkit.views.svg import escape, fit, lines, number, tag, text, width

WIDTH, PAD, HEAD, ZONE_HEAD, BOX, GAP = 876, 8, 58, 22, 48, 5  # px
LABEL, BAR = 28, 9  # px


def render(board: Board) -> str:
    """Strategies side by side; in each the zones, and in these the instances with their tasks as parts of two bars."""
    room = (WIDTH - PAD * (len(board.columns) + 1)) / max(len(board.columns), 1)
    parts = [
        part
        for place, column in enumerate(board.columns)
        for part in _column(board, column, PAD + place * (room + PAD), room)
    ]
    height = max((_tall(column) for column in board.columns), default=0) + HEAD + PAD
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px;font:12px {FONT}"
    return tag(
        "svg", tag("title", "tasks by strategy"), tag("desc", escape(describe(board))), _HATCH,
        tag("rect", width=WIDTH, height=number(height), rx=8, fill=PAPER), *parts,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {number(height)}",
        role="img", aria_label=describe(board), style=style,
    )  # fmt: skip


_HATCH = tag(
    "defs",
    tag(
        "pattern", tag("rect", width=6, height=6, fill=BAD_TINT), tag("path", d="M0 0V6", stroke=ALERT, stroke_width=2),
        id="lk-board-lost", width=6, height=6, patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
    ),
)  # fmt: skip


def _zones(column: Column) -> dict[str, list[Machine]]:
    found: dict[str, list[Machine]] = {}
    for machine in column.machines:
        found.setdefault(machine.zone, []).append(machine)
    return dict(sorted(found.items()))


def _tall(column: Column) -> float:
    zones = _zones(column)
    return sum(ZONE_HEAD + (BOX + GAP) * len(each) + GAP for each in zones.values()) + PAD * len(zones) + _left(column)


def _left(column: Column) -> int:
    return 46 if column.left_over else 0


def _column(board: Board, column: Column, x: float, room: float) -> Iterator[str]:
    for line, words in enumerate(lines(column.name, room, 12.5, 2)):
        yield text(words, x + 4, 18 + 15 * line, fill=INK, font_weight=600)
    used = f"{len(column.used)} of {len(column.machines)} used · {dollars(column.cost)}/h"
    yield text(used, x + 4, HEAD - 6, fill=MUTED)
    y = float(HEAD)
    for zone, machines in _zones(column).items():
        tall = ZONE_HEAD + (BOX + GAP) * len(machines) + GAP
        yield from _zone(board, zone, machines, x, y, room, tall)
        y += tall + PAD
    yield from _over(column, x, y, room)


def _zone(
    board: Board, zone: str, machines: list[Machine], x: float, y: float, room: float, tall: float
) -> Iterator[str]:
    yield tag("rect", x=number(x), y=number(y), width=number(room), height=number(tall), rx=7, fill=PANEL)
    yield text(zone, x + 8, y + 16, fill=MUTED)
    words = count(sum(machine.running for machine in machines), "task")
    yield text(words, x + room - 8, y + 16, fill=MUTED, text_anchor="end")
    for place, machine in enumerate(machines):
        yield from _machine(board, machine, x + GAP, y + ZONE_HEAD + place * (BOX + GAP), room - 2 * GAP)


def _machine(board: Board, machine: Machine, x: float, y: float, room: float) -> Iterator[str]:
    idle, words = not machine.running, _standing(machine)
    look = {"fill": PAPER, "stroke": ALERT if machine.dead else MUTED if idle else RULE}
    dash = {"stroke_dasharray": "4 3"} if idle or machine.dead else {}
    yield tag("rect", x=number(x), y=number(y), width=number(room), height=BOX, rx=5, **look, **dash)
    name = fit(f"{machine.name} · {machine.type}", room - width(words, 10) - 14, 11)
    yield text(name, x + 7, y + 14, fill=INK, font_size=11)
    ink, bold = (ALERT, 600) if machine.dead else (MUTED, 400)
    yield text(words, x + room - 7, y + 14, fill=ink, font_size=11, text_anchor="end", font_weight=bold)
    yield from _bars(machine, board, x + 7, y + 21, room - 14)


def _standing(machine: Machine) -> str:
    stopped = len(machine.tasks) - machine.running
    if machine.dead:
        return f"{TIMES} {machine.running} lost" if machine.running else f"{TIMES} dead"
    if stopped:
        return f"{machine.running or 'idle'} · {stopped} stopped"
    return count(machine.running, "task") if machine.running else "idle"


def _bars(machine: Machine, board: Board, x: float, y: float, room: float) -> Iterator[str]:
    """How full it is: of its CPU units, then of its memory; a part for each task."""
    amounts = (board.cpu / machine.cpu, board.memory / machine.memory)
    for line, (name, colour, share) in enumerate(
        zip(("cpu", "mem"), (OKABE_ITO[0], OKABE_ITO[2]), amounts, strict=True)
    ):
        top = y + line * (BAR + 3)
        yield text(name, x, top + BAR - 1, fill=MUTED, font_size=10)
        left, wide = x + LABEL, room - LABEL
        yield tag("rect", x=number(left), y=number(top), width=number(wide), height=BAR, rx=2, fill=TRACK)
        for place, state in enumerate(machine.tasks):
            yield _part(state, colour, left + place * share * wide, top, share * wide)


def _part(state: str, colour: str, x: float, y: float, wide: float) -> str:
    looks: dict[str, dict[str, Any]] = {
        LOST: {"fill": "url(#lk-board-lost)", "stroke": ALERT},
        STOPPED: {"fill": PAPER, "stroke": INK, "stroke_dasharray": "2 2", "stroke_width": 0.8},
    }
    look = looks.get(state, {"fill": colour, "stroke": PAPER})
    return tag("rect", x=number(x), y=number(y), width=number(max(wide, 1)), height=BAR, **look)


def _over(column: Column, x: float, y: float, room: float) -> Iterator[str]:
    if not column.left_over:
        return
    yield tag("rect", x=number(x), y=number(y), width=number(room), height=40, rx=7, fill=BAD_TINT)
    yield text(f"{column.left_over} not placed", x + 8, y + 16, fill=INK, font_weight=600)
    reasons = ", ".join(f"{reason} {TIMES} {instances}" for reason, instances in column.refusals)
    yield text(fit(reasons, room - 14, 10.5), x + 8, y + 32, fill=INK, font_size=10.5)

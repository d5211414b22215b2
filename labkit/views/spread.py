"""Where pods of one kind lie, zone by zone and host by host, as an SVG, in words and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labkit.views.style import ALERT, BAD_TINT, FONT, INK, MUTED, OKABE_ITO, PANEL, PAPER, RULE, TIMES, TRACK
from labkit.views.svg import escape, fit, lines, number, tag, text
from labkit.views.table import Table

WIDTH, HEAD, TITLE, TILE, PAD = 876, 34, 26, 24, 10  # px


class Tile(NamedTuple):
    """A pod that has a node: its name, and whether it is on its way out."""

    name: str
    leaving: bool = False


class Host(NamedTuple):
    """A node: its name and zone, its pods, whether it is silent."""

    name: str
    zone: str
    pods: tuple[Tile, ...] = ()
    silent: bool = False

    @property
    def staying(self) -> int:
        """How many pods are there to stay."""
        return sum(not pod.leaving for pod in self.pods)


class Board(NamedTuple):
    """The hosts in order, and the pods without one: (name, the scheduler's message)."""

    hosts: tuple[Host, ...]
    waiting: tuple[tuple[str, str], ...] = ()

    def zones(self) -> dict[str, tuple[Host, ...]]:
        """The hosts by zone."""
        names = dict.fromkeys(host.zone for host in self.hosts)
        return {zone: tuple(host for host in self.hosts if host.zone == zone) for zone in names}

    def counts(self) -> dict[str, int]:
        """How many pods each zone has."""
        return {zone: sum(host.staying for host in hosts) for zone, hosts in self.zones().items()}

    def living(self) -> dict[str, int]:
        """How many pods each zone has that isn't silent as a whole."""
        silent = {zone for zone, hosts in self.zones().items() if all(host.silent for host in hosts)}
        return {zone: count for zone, count in self.counts().items() if zone not in silent}


def skew(counts: dict[str, int]) -> int:
    """The difference between the fullest and the emptiest place."""
    return max(counts.values()) - min(counts.values()) if counts else 0


def describe(board: Board) -> str:
    """The alt text: pods by zone, the skew, and who waits."""
    listed = ", ".join(f"{zone or 'without a zone'} {count}" for zone, count in board.counts().items())
    failed = [zone for zone in board.counts() if zone not in board.living()]
    text = f"Pods by zone: {listed}; skew {skew(board.counts())}."
    text += f" Zone {', '.join(failed)} has failed." if failed else ""
    return text + (f" {len(board.waiting)} waiting." if board.waiting else " None waiting.")


def render(board: Board) -> str:
    """Zones side by side, hosts below each other, a tile for each pod; those that wait lie in a tray below."""
    zones = board.zones()
    room = (WIDTH - PAD * (len(zones) + 1)) / max(len(zones), 1)
    tall = max((sum(_tall(host, room) + PAD for host in hosts) for hosts in zones.values()), default=0) + HEAD
    parts = [
        part for place, zone in enumerate(zones) for part in _zone(board, zone, PAD + place * (room + PAD), room, tall)
    ]
    tray = list(_tray(board, tall + 2 * PAD))
    height = tall + 2 * PAD + (_tray_height(board) if board.waiting else 0)
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px;font:12px {FONT}"
    return tag(
        "svg", tag("title", "pods by zone and host"), tag("desc", escape(describe(board))), _SILENT,
        tag("rect", width=WIDTH, height=number(height), rx=8, fill=PAPER), *parts, *tray,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {number(height)}",
        role="img", aria_label=describe(board), style=style,
    )  # fmt: skip


_SILENT = tag(
    "defs",
    tag(
        "pattern", tag("rect", width=6, height=6, fill=TRACK), tag("path", d="M0 0V6", stroke=MUTED, stroke_width=1.2),
        id="lk-spread-silent", width=6, height=6, patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
    ),
)  # fmt: skip


def _per_row(room: float) -> int:
    return max(1, int((room - 4 * PAD) / (TILE + 4)))


def _tall(host: Host, room: float) -> float:
    rows = max(1, -(-len(host.pods) // _per_row(room)))
    return TITLE + rows * (TILE + 4) + 8


def _zone(board: Board, zone: str, x: float, room: float, tall: float) -> Iterator[str]:
    count = board.counts()[zone]
    yield tag("rect", x=number(x), y=PAD, width=number(room), height=number(tall), rx=8, fill=PANEL)
    yield text(f"zone {zone}" if zone else "no zone", x + PAD, PAD + 22, fill=INK, font_weight=600)
    words = f"{count} pods" if count != 1 else "1 pod"
    failed = "failed · " if zone not in board.living() else ""
    yield text(failed + words, x + room - PAD, PAD + 22, fill=ALERT if failed else MUTED, text_anchor="end")
    y: float = PAD + HEAD
    for host in board.zones()[zone]:
        yield from _host(host, x + PAD, y, room - 2 * PAD, _tall(host, room), _per_row(room))
        y += _tall(host, room) + PAD


def _host(host: Host, x: float, y: float, width: float, tall: float, per_row: int) -> Iterator[str]:
    yield tag("rect", x=number(x), y=number(y), width=number(width), height=number(tall), rx=6, fill=PAPER, stroke=RULE)
    if host.silent:
        shape = {"x": number(x), "y": number(y + TITLE - 2), "width": number(width), "height": number(tall - TITLE + 2)}
        yield tag("rect", **shape, rx=6, fill="url(#lk-spread-silent)")
    name = f"{host.name}, silent" if host.silent else host.name
    yield text(fit(name, width - 2 * PAD), x + PAD, y + 18, fill=INK)
    for place, pod in enumerate(host.pods):
        row, column = divmod(place, per_row)
        yield _tile(pod.name, x + PAD + column * (TILE + 4), y + TITLE + row * (TILE + 4), pod.leaving)


def _tile(name: str, x: float, y: float, faint: bool = False, waiting: bool = False) -> str:
    look = (
        {"fill": OKABE_ITO[0]} if not (faint or waiting) else {"fill": PAPER, "stroke": INK, "stroke_dasharray": "4 3"}
    )
    letter = TIMES if faint else "?" if waiting else name[:1].upper()
    ink = PAPER if not (faint or waiting) else INK
    title = f"{name}: leaving" if faint else f"{name}: waiting" if waiting else name
    box = tag("rect", x=number(x), y=number(y), width=TILE, height=TILE, rx=5, **look)
    words = text(letter, x + TILE / 2, y + 16.5, fill=ink, font_weight=600, text_anchor="middle")
    return tag("g", tag("title", escape(title)), box, words)


def _tray_height(board: Board) -> float:
    return TILE + 3 * PAD + 6 + sum(16 * len(lines(words, WIDTH - 4 * PAD, 12)) for words in _messages(board))


def _messages(board: Board) -> list[str]:
    """What the scheduler says, each message once."""
    return list(dict.fromkeys(message for _, message in board.waiting if message))


def _tray(board: Board, top: float) -> Iterator[str]:
    if not board.waiting:
        return
    tall = _tray_height(board) - PAD
    yield tag("rect", x=PAD, y=number(top), width=WIDTH - 2 * PAD, height=number(tall), rx=8, fill=BAD_TINT)
    yield text(f"{len(board.waiting)} waiting", 2 * PAD, top + PAD + 16, fill=INK, font_weight=600)
    for place, (name, _) in enumerate(board.waiting[:24]):
        yield _tile(name, 110 + place * (TILE + 4), top + PAD, waiting=True)
    y = top + PAD + TILE + 18
    for line in (line for words in _messages(board) for line in lines(words, WIDTH - 4 * PAD, 12)):
        yield text(line, 2 * PAD, y, fill=INK)
        y += 16


def table(board: Board) -> Table:
    """One row a host, and one for those that wait."""
    rows = [
        (host.zone, host.name, host.staying, len(host.pods) - host.staying, "silent" if host.silent else "ready")
        for host in board.hosts
    ]
    waiting = [("", "(none)", len(board.waiting), 0, "; ".join(_messages(board)))] if board.waiting else []
    return Table(describe(board), ("Zone", "Node", "Pods", "Leaving", "State"), tuple(rows + waiting))

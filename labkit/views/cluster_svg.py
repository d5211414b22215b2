"""The picture of a cluster as SVG: nodes as boxes grouped by zone, pods as tiles inside, pending pods apart.

Every number and place follows from the `Picture` alone, so equal pictures are equal bytes. There are no ids in the
drawing: any number of them may stand on one page.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from labkit.views import cluster_layout as layout
from labkit.views.cluster_layout import NODE, PAD, TILE, WIDTH, Grid, Zone
from labkit.views.picture import Gauge, NodeBox, Picture, PodTile, describe, headline
from labkit.views.style import (  # fmt: skip
    ALERT,
    BARE,
    CORNERS,
    FONT,
    INK,
    MUTED,
    OKABE_ITO,
    PANEL,
    PAPER,
    RULE,
    TIMES,
    TRACK,
    USED,
    WARN_TINT,
    Look,
    ink_on,
    looks,
)
from labkit.views.svg import escape, fit, lines, number, tag, text, width

_GREY = len(OKABE_ITO)  # class number of pods without an owner
_PALETTE = (*OKABE_ITO, BARE)
_STATES = (
    ("done", PodTile("", "", status="Completed", ready=False)),
    ("failed", PodTile("", "", status="Failed", ready=False)),
    ("leaving", PodTile("", "", leaving=True)), ("not ready", PodTile("", "", ready=False)),
    ("ready", PodTile("", "")),
)  # fmt: skip
_UNEVEN, _HALVES = ((10, 90), (112, NODE - 122)), ((10, 112), (134, NODE - 144))  # px: where gauges are
_OF_TASKS = {"ready": "running", "not ready": "starting"}
_MOST_TILES = 12  # pending pods drawn one by one in a line of the tray


def _stylesheet() -> str:
    """Rules for every class; all begin with lk- because a style inside an SVG reaches the whole page."""
    colours = "".join(
        f".lk-c{n}{{fill:{c};stroke:{c}}}.lk-c{n}+text{{fill:{ink_on(c)}}}" for n, c in enumerate(_PALETTE)
    )
    return (
        f".lk text{{font:12px {FONT};fill:{INK}}}.lk .lk-m{{fill:{MUTED}}}.lk .lk-h{{font-weight:600;font-size:13px}}"
        f".lk .lk-t{{text-anchor:middle;font-weight:600;letter-spacing:-.4px}}.lk .lk-e{{text-anchor:end}}"
        f".lk-z{{fill:{PANEL}}}.lk-n{{fill:{PAPER};stroke:{RULE}}}.lk-n.lk-cord{{stroke:{MUTED};stroke-dasharray:5 3}}"
        f".lk-n.lk-bad{{stroke:{ALERT};stroke-width:2}}.lk-b{{fill:{TRACK}}}.lk-u{{fill:{USED}}}.lk-o{{fill:{ALERT}}}"
        f".lk-p{{fill:{WARN_TINT}}}.lk-q{{fill:{TRACK}}}.lk .lk-a{{fill:{ALERT};font-weight:600}}{colours}"
        f".lk-w{{fill:{PAPER};stroke-width:2;stroke-dasharray:3 2}}.lk-w+text{{fill:{INK}!important}}"
        f".lk-x{{stroke:{INK};stroke-width:2;fill:none}}.lk-x2{{stroke:{ALERT};stroke-width:2;fill:none}}.lk-d{{opacity:.4}}"
    )


_STYLE = tag("style", _stylesheet())


def render(picture: Picture, owners: Sequence[str] = (), rows: int = 1) -> str:
    """The SVG of `picture`.

    `owners` fixes the order in which owners get colours and `rows` the least rows of tiles a node has room for: give
    both to keep a run of pictures still. Beyond 60 nodes the first 60 are drawn and the rest counted.
    """
    look = looks([*owners, *picture.owners])
    legend, legend_end = _legend(picture, look)
    grid = layout.grid(picture.nodes, legend_end + 12, rows)
    tray, bottom = _tray(picture.pending, look, grid.bottom)
    body = [
        _ground(bottom),
        text(headline(picture), PAD, 26, class_="lk-h"),
        *_key(picture),
        *legend,
        *_zones(grid),
        *_nodes(grid, look),
        *tray,
    ]
    return _frame(picture, bottom, body)


def _frame(picture: Picture, height: float, body: list[str]) -> str:
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px"
    return tag(
        "svg", tag("title", escape(headline(picture))), tag("desc", escape(describe(picture))), _STYLE, *body,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {number(height)}", class_="lk", role="img",
        aria_label=describe(picture), style=style,
    )  # fmt: skip


def _ground(height: float) -> str:
    return tag("rect", width=WIDTH, height=number(height), rx=8, fill=PAPER)


def _legend(picture: Picture, look: dict[str, Look]) -> tuple[list[str], float]:
    """One tile and name for each owner that has pods, wrapped into lines; also where it ends."""
    x, y, parts = float(PAD), 38.0, []
    mixed = len({owner.split("/")[0] for owner in picture.owners}) > 1
    for owner, count in picture.counts():
        name = fit(layout.owner_name(owner, mixed), 220) + f" {TIMES} {count}"
        if x + TILE + 6 + width(name) > WIDTH - PAD:
            x, y = float(PAD), y + TILE + 6
        parts += [_square(look[owner], x, y, look[owner].code), text(name, x + TILE + 6, y + 14, class_="lk-m")]
        x += TILE + 6 + width(name) + 18
    return parts, y + TILE if parts else 32


def _key(picture: Picture) -> list[str]:
    """What the states of a tile look like, as far as they occur, at the right of the first line."""
    x, parts = float(WIDTH - PAD), []
    for word, sample in _STATES:
        if any(sample.state() == pod.state() for pod in picture.pods):
            said = _OF_TASKS.get(word, word) if picture.nouns[1] == "task" else word
            x -= width(said)
            parts += [text(said, x, 26, class_="lk-m"), _tile(sample, {}, x - TILE - 6, 12)]
            x -= TILE + 20
    return parts


def _square(look: Look, x: float, y: float, code: str, faded: str = "") -> str:
    box = tag(
        "rect", x=number(x), y=number(y), width=TILE, height=TILE, rx=look.corner, class_=f"lk-c{look.colour}{faded}"
    )
    return box + text(code, x + TILE / 2, y + 14.5, class_="lk-t")


def _zones(grid: Grid) -> list[str]:
    notes = [text(note, PAD, grid.bottom - 4, class_="lk-m") for note in grid.notes]
    return [*(_zone(zone, alone=len(grid.zones) == 1) for zone in grid.zones), *notes]


def _zone(zone: Zone, alone: bool) -> str:
    corner = {"x": number(zone.x), "y": number(zone.y)}
    panel = tag("rect", **corner, width=number(zone.width), height=number(zone.height), rx=8, class_="lk-z")
    name = f"zone {zone.name}" if zone.name else "" if alone else "no zone"
    return panel + text(name, zone.x + 10, zone.y + 17, class_="lk-m")


def _nodes(grid: Grid, look: dict[str, Look]) -> list[str]:
    return [_node(node, grid, look, x, y) for node, x, y in grid.places]


def _node(node: NodeBox, grid: Grid, look: dict[str, Look], x: float, y: float) -> str:
    """One node, drawn at the origin of its own group."""
    sort = " lk-bad" if not node.ready else " lk-cord" if node.cordoned else ""
    box = tag("rect", width=NODE, height=number(grid.node_height), rx=6, class_="lk-n" + sort)
    parts = [box, *_notes(node, grid), *_gauges(node, grid), *_tiles(node, grid, look)]
    return tag("g", tag("title", escape(node.describe())), *parts, transform=f"translate({number(x)} {number(y)})")


def _notes(node: NodeBox, grid: Grid) -> list[str]:
    """The node's name, and at its right and below it what sets the node apart: NotReady, cordoned, taints."""
    notes = layout.notes(node)
    inline = layout.is_inline(node.name, notes)
    below = notes[inline:]
    if len(below) > grid.note_lines:
        below = [*below[: grid.note_lines - 1], f"{len(below) - grid.note_lines + 1} more taints"]
    name = text(fit(node.name, NODE - 20, 13), 10, 19, class_="lk-h")
    beside = [_badge(notes[0], NODE - 10 - width(notes[0]) - 12, 7)] if inline else []
    return [name, *beside, *(_badge(fit(note, NODE - 34), 10, 26 + 20 * line) for line, note in enumerate(below))]


def _badge(words: str, x: float, y: float) -> str:
    box = tag(
        "rect",
        x=number(x),
        y=number(y),
        width=number(min(width(words) + 12, NODE - 20)),
        height=17,
        rx=3,
        class_="lk-p",
    )
    return box + text(words, x + 6, y + 12.5, **{"class_": "lk-a"} if words in layout.STATES else {})


def _gauges(node: NodeBox, grid: Grid) -> list[str]:
    y = 29 + 20 * grid.note_lines
    return [
        _gauge(gauge, x, y, room)
        for gauge, (x, room) in zip(node.gauges, _HALVES if node.state else _UNEVEN, strict=False)
    ]


def _gauge(gauge: Gauge, x: float, y: float, room: float) -> str:
    share = min(1.0, gauge.used / gauge.allocatable) if gauge.allocatable else 0.0
    over = gauge.used > gauge.allocatable
    track = tag("rect", x=number(x), y=number(y + 15), width=number(room), height=6, rx=3, class_="lk-b")
    used = tag("rect", x=number(x), y=number(y + 15), width=number(max(room * share, 3)), height=6, rx=3,
               class_="lk-o" if over else "lk-u")  # fmt: skip
    words = text(f"{gauge.resource} {gauge.words()}", x, y + 10, class_="lk-a" if over else "lk-m")
    return words + track + (used if gauge.used else "")


def _tiles(node: NodeBox, grid: Grid, look: dict[str, Look]) -> list[str]:
    shown = node.pods[: grid.most_tiles]
    tiles = [_tile(pod, look, *layout.tile_place(place, grid.tiles_top)) for place, pod in enumerate(shown)]
    more = len(node.pods) - len(shown)
    return [*tiles, text(f"+{more} more", 10, grid.node_height - 8, class_="lk-m")] if more else tiles


def _tile(pod: PodTile, look: dict[str, Look], x: float, y: float) -> str:
    """A pod: filled when ready, dashed when not, pale when done, struck through when leaving, crossed when failed."""
    own = look.get(pod.owner) or Look(_GREY, CORNERS[0], pod.name[:2])
    faded = {"done": " lk-d", "ready": "", "leaving": ""}.get(pod.state(), " lk-w")
    return tag("g", tag("title", escape(pod.brief())), _square(own, x, y, own.code, faded), _strokes(pod, x, y))


def _strokes(pod: PodTile, x: float, y: float) -> str:
    left, right, top, foot = (number(v) for v in (x - 1, x + TILE + 1, y - 1, y + TILE + 1))
    if pod.state() == "failed":
        return tag("path", d=f"M{left} {top}L{right} {foot}M{right} {top}L{left} {foot}", class_="lk-x2")
    return tag("path", d=f"M{left} {foot}L{right} {top}", class_="lk-x") if pod.state() == "leaving" else ""


def _tray(pending: Sequence[PodTile], look: dict[str, Look], y: float) -> tuple[list[str], float]:
    """The pods without a node, one block for each owner and reason; also where it ends."""
    if not pending:
        return [], y + PAD
    parts, top = [text(f"Pending: {len(pending)}", PAD + 12, y + 22, class_="lk-a")], y
    y += 34
    for (_, reason), group in groupby(pending, key=lambda pod: (pod.owner, pod.reason)):
        block, y = _block(list(group), reason, look, y)
        parts += block
    ground = tag(
        "rect", x=PAD, y=number(top), width=WIDTH - 2 * PAD, height=number(y - top), rx=8, class_="lk-q", opacity=0.6
    )
    return [ground, *parts], y + PAD


def _block(pods: list[PodTile], reason: str, look: dict[str, Look], y: float) -> tuple[list[str], float]:
    shown = pods[:_MOST_TILES]
    tiles = [_tile(pod, look, PAD + 12 + n * (TILE + 4), y) for n, pod in enumerate(shown)]
    x = PAD + 12 + len(shown) * (TILE + 4) + 6
    words = lines(f"{layout.group_name(pods)}: {reason}", WIDTH - PAD - 12 - x)
    said = [text(line, x, y + 14 + 16 * n) for n, line in enumerate(words)]
    return tiles + said, y + max(TILE, 16 * len(words)) + 10

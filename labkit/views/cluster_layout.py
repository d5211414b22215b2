"""Where everything lies in the picture of a cluster: zones side by side, nodes on one grid, tiles in rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from labkit.views.picture import NodeBox, PodTile
from labkit.views.style import TIMES
from labkit.views.svg import width

TILE, GAP, NODE, PAD, WIDTH = 20, 4, 256, 16, 876  # px; ten tiles fill a node, three nodes the width
PER_ROW = 10
STATES = ("NotReady", "cordoned", "disconnected", "DRAINING")
COLUMNS = 3
MOST_NODES = 60
MOST_ROWS = 11  # of tiles: 110 pods, the kubelet's own limit
_INSET, _BETWEEN, _ZONE_HEAD = 8, 10, 26


class Zone(NamedTuple):
    """A zone's panel: its name and its box in px."""

    name: str
    x: float
    y: float
    width: float
    height: float


class Grid(NamedTuple):
    """The whole layout: panels, the place of each node's upper left corner, and what all nodes share."""

    zones: tuple[Zone, ...]
    places: tuple[tuple[NodeBox, float, float], ...]
    node_height: float
    note_lines: int
    most_tiles: int
    bottom: float
    notes: tuple[str, ...] = ()

    @property
    def tiles_top(self) -> float:
        """Where a node's first row of tiles starts, from the node's top."""
        return 28 + 20 * self.note_lines + 29


def grid(nodes: Sequence[NodeBox], top: float, rows: int = 1) -> Grid:
    """Lay out `nodes` from `top` down, every one with room for at least `rows` rows of tiles."""
    shown = nodes[:MOST_NODES]
    tile_rows = min(MOST_ROWS, max([rows, *(-(-len(node.pods) // PER_ROW) for node in shown)]))
    below = min(2, max((len(notes(node)) - is_inline(node.name, notes(node)) for node in shown), default=0))
    height = (
        28 + 20 * below + 29 + tile_rows * (TILE + GAP) + 6 + 18 * any(len(n.pods) > MOST_ROWS * PER_ROW for n in shown)
    )
    zones, places, bottom = _place(shown, top, height)
    noun = "instances" if nodes and nodes[0].state else "nodes"
    more = (f"and {len(nodes) - len(shown)} more {noun}, in the table",) if len(nodes) > len(shown) else ()
    return Grid(zones, places, height, below, MOST_ROWS * PER_ROW, bottom + 14 + 20 * len(more), more)


def _place(
    nodes: Sequence[NodeBox], top: float, height: float
) -> tuple[tuple[Zone, ...], tuple[tuple[NodeBox, float, float], ...], float]:
    names = sorted({node.zone for node in nodes})
    abreast = COLUMNS // min(len(names), COLUMNS) if names else 1
    zones: list[Zone] = []
    places: list[tuple[NodeBox, float, float]] = []
    x, y, bottom = float(PAD), top, top
    for name in names:
        members = [node for node in nodes if node.zone == name]
        zone = _zone(name, members, abreast, x, y, height)
        if zones and zone.x + zone.width > WIDTH - PAD + 1:
            x, y = float(PAD), bottom + _BETWEEN
            zone = _zone(name, members, abreast, x, y, height)
        zones.append(zone)
        places += _inside(zone, members, abreast, height)
        x, bottom = zone.x + zone.width + 14, max(bottom, zone.y + zone.height)
    return tuple(zones), tuple(places), bottom


def _zone(name: str, members: Sequence[NodeBox], abreast: int, x: float, y: float, height: float) -> Zone:
    across = min(abreast, len(members))
    down = -(-len(members) // abreast)
    wide = across * NODE + (across - 1) * _BETWEEN + 2 * _INSET
    return Zone(name, x, y, wide, _ZONE_HEAD + down * (height + _BETWEEN) - _BETWEEN + _INSET)


def _inside(zone: Zone, members: Sequence[NodeBox], abreast: int, height: float) -> list[tuple[NodeBox, float, float]]:
    cells = [divmod(place, abreast) for place in range(len(members))]
    return [
        (node, zone.x + _INSET + column * (NODE + _BETWEEN), zone.y + _ZONE_HEAD + row * (height + _BETWEEN))
        for node, (row, column) in zip(members, cells, strict=True)
    ]


def tile_place(place: int, top: float) -> tuple[float, float]:
    """The upper left corner of a node's tile number `place`, from the node's corner."""
    row, column = divmod(place, PER_ROW)
    return 10 + column * (TILE + GAP), top + row * (TILE + GAP)


def notes(node: NodeBox) -> list[str]:
    """What sets the node apart, most pressing first: NotReady, cordoned (or ECS's words for them), then its taints."""
    words = STATES[2:] if node.state else STATES[:2]
    return [word for word, holds in zip(words, (not node.ready, node.cordoned), strict=True) if holds] + [
        *node.badges()
    ]


def is_inline(name: str, words: Sequence[str]) -> bool:
    """Whether the first of a node's notes has room beside the node's name."""
    return bool(words) and width(name, 13) + width(words[0]) + 44 <= NODE


def owner_name(owner: str, with_kind: bool = True) -> str:
    """`Deployment/shop/web` as a legend says it: `shop/web (Deployment)`; no namespace where it is default."""
    kind, namespace, name = owner.split("/", 2)
    full = name if namespace in ("", "default") else f"{namespace}/{name}"
    return f"{full} ({kind})" if with_kind else full


def group_name(pods: Sequence[PodTile]) -> str:
    """What a line of the pending tray speaks of: the owner and how many, or the pods' names."""
    if pods[0].owner and len(pods) > 1:
        return f"{owner_name(pods[0].owner)} {TIMES} {len(pods)}"
    names = [pod.name if pod.namespace == "default" else pod.full_name for pod in pods]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

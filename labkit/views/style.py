"""The look of everything labkit draws: colours, codes, fonts and the matplotlib style, in one place.

The palette is Okabe and Ito's (Color Universal Design, 2008), told apart by every common kind of colour vision. Colour
is never alone: an owner also has a letter code and, past seven owners, another tile shape; lines also differ in dash.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
INK, MUTED, RULE, PAPER, PANEL = "#1f2933", "#55606e", "#cfd5dd", "#ffffff", "#f3f5f8"
USED, TRACK, ALERT, BARE = "#5b6b80", "#e1e6ec", "#B24A00", "#8d97a5"
GOOD_TINT, BAD_TINT, WARN_TINT = "#d9f0e6", "#fbe3d4", "#fdf3cf"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
TIMES = "\N{MULTIPLICATION SIGN}"
CORNERS = (4, 10, 0)  # tile corner radius, by round through the palette: rounded, disc, square
HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "oo", "++")
DASHES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

MATPLOTLIB: Any = {
    "svg.hashsalt": "labkit",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.titlecolor": INK,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": TRACK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
}
SVG_METADATA = {"Date": None}  # with svg.hashsalt: two savings of one figure are the same bytes


class Look(NamedTuple):
    """How one owner's pods are drawn: palette index (-1: grey), tile corner radius in px, one or two letters."""

    colour: int
    corner: int
    code: str


def looks(owners: Iterable[str]) -> dict[str, Look]:
    """The look of each owner, in the order given; adding owners at the end changes nobody else's look."""
    found: dict[str, Look] = {}
    for place, owner in enumerate(dict.fromkeys(owners)):
        rounds, colour = divmod(place, len(OKABE_ITO))
        found[owner] = Look(
            colour, CORNERS[rounds % len(CORNERS)], _code(owner, {look.code for look in found.values()})
        )
    return found


def _code(owner: str, taken: set[str]) -> str:
    """The shortest free code: the name's first letter, or that and another letter or digit of it."""
    name = owner.rsplit("/", 1)[-1]
    first = name[:1].upper() or "?"
    seconds = [*(c for c in name[1:] if c.isalnum()), *"0123456789abcdefghijklmnopqrstuvwxyz"]
    return next((code for code in (first, *(first + c for c in seconds)) if code not in taken), first)


def ink_on(colour: str) -> str:
    """Dark or white text, whichever contrasts more with `colour` (WCAG relative luminance)."""
    light = _luminance(colour)
    return PAPER if 1.05 / (light + 0.05) > (light + 0.05) / (_luminance(INK) + 0.05) else INK


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

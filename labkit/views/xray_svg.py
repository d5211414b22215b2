"""The X-ray of a scheduling decision as an SVG: nodes by plugins, filters first, then scores, then the totals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from labkit.views.style import (
    BAD_TINT,
    FONT,
    GOOD_TINT,
    INK,
    MUTED,
    OKABE_ITO,
    PANEL,
    PAPER,
    RULE,
    TIMES,
    WARN_TINT,
    ink_on,
)
from labkit.views.svg import escape, fit, number, tag, text
from labkit.views.xray import FILTER, NORMALIZE, PICK, PROFILE, SCORE, SIDES, YOURS, Ray, describe, shown, standing

WIDTH, NAME, SLOT, TOTAL, GAP = 876, 78, 20, 66, 12  # px
HEAD, LINE, FOOT = 150, 30, 24
WARM, COOL = OKABE_ITO[5], OKABE_ITO[0]
_TITLES = {
    FILTER: "Scores",
    SCORE: "2 · Score: raw numbers",
    NORMALIZE: "3 · Normalise: 0 to 100",
    PICK: f"4 · Pick: {TIMES} weight",
}
_LOOKS = {"chosen": (GOOD_TINT, "★"), "tie": (WARN_TINT, "="), "feasible": (PANEL, "")}


class Grid(NamedTuple):
    """Where things are: the left edge of filters, scores and totals, the width of a score's column, the height."""

    filters: float
    scores: float
    totals: float
    column: float
    height: float

    def top(self, row: int) -> float:
        """The upper edge of a node's line."""
        return HEAD + row * LINE


def grid(state: Ray) -> Grid:
    """The places for this many nodes and plugins."""
    scores = NAME + len(state.filters) * SLOT + GAP
    totals = WIDTH - len(SIDES) * TOTAL
    column = (totals - GAP - scores) / max(len(state.raw), 1)
    return Grid(
        NAME, scores, totals, column, HEAD + len(state.nodes) * LINE + (len(SIDES) * FOOT if state.raw else 0) + 8
    )


def render(state: Ray) -> str:
    """The picture of the state at its step."""
    place = grid(state)
    parts = [*_heads(state, place), *_weights(state, place)]
    for row, node in enumerate(state.nodes):
        parts += _line(state, place, node, place.top(row))
    style = f"display:block;width:100%;max-width:{WIDTH}px;min-width:{int(WIDTH * 0.92)}px;font:12px {FONT}"
    return tag(
        "svg", tag("title", f"X-ray of {escape(state.pod)}"), tag("desc", escape(describe(state))), _HATCH,
        tag("rect", width=WIDTH, height=number(place.height), rx=8, fill=PAPER), *parts,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {number(place.height)}",
        role="img", aria_label=describe(state), style=style,
    )  # fmt: skip


_HATCH = tag(
    "defs",
    tag(
        "pattern", tag("rect", width=5, height=5, fill=BAD_TINT), tag("path", d="M0 0V5", stroke=WARM, stroke_width=2),
        id="lk-xray-refused", width=5, height=5, patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
    ),
)  # fmt: skip


# Heads


def _heads(state: Ray, place: Grid) -> Iterator[str]:
    yield text("1 · Filter", place.filters, 18, font_weight=600, fill=INK)
    yield text(_TITLES[state.step], place.scores, 18, font_weight=600, fill=MUTED if state.step == FILTER else INK)
    for slot, plugin in enumerate(state.filters):
        yield _upright(plugin, place.filters + slot * SLOT + SLOT / 2 + 4, plugin in state.silent)
    for column, plugin in enumerate(state.raw):
        yield from _stacked(plugin, place.scores + column * place.column + place.column / 2, place.column)
    if state.step == PICK and state.raw:
        yield text("Totals", place.totals, 18, font_weight=600, fill=INK)
        for side, name in enumerate(SIDES):
            yield text(name, place.totals + (side + 0.5) * TOTAL, HEAD - 8, fill=INK, text_anchor="middle")


def _upright(words: str, x: float, silent: bool) -> str:
    place = f"translate({number(x)} {HEAD - 8}) rotate(-90)"
    return tag("text", escape(words), transform=place, font_size=11, fill=MUTED if silent else INK)


def _stacked(plugin: str, middle: float, room: float) -> Iterator[str]:
    """A plugin's name, a word a line, ending above its column."""
    words = re.findall(r"[A-Z]+[a-z0-9]*|[a-z0-9]+", plugin) or [plugin]
    for line, word in enumerate(words):
        y = HEAD - 8 - (len(words) - 1 - line) * 13
        yield text(fit(word, room + 6, 10), middle, y, font_size=11, fill=INK, text_anchor="middle")


def _weights(state: Ray, place: Grid) -> Iterator[str]:
    """Below the scores, the weight of each plugin on either side."""
    for line, side in enumerate(SIDES if state.step == PICK and state.raw else ()):
        y = place.top(len(state.nodes)) + line * FOOT + 16
        yield text(f"weights, {side}", place.scores - GAP, y, fill=MUTED, text_anchor="end")
        for column, plugin in enumerate(state.raw):
            own, differs = state.weights[side][plugin], state.weights[YOURS][plugin] != state.weights[PROFILE][plugin]
            middle = place.scores + (column + 0.5) * place.column
            bold = 700 if differs and side == YOURS else 400
            yield text(f"{TIMES} {own}", middle, y, fill=INK, font_weight=bold, text_anchor="middle")


# Lines


def _line(state: Ray, place: Grid, node: str, top: float) -> Iterator[str]:
    yield tag("path", d=f"M0 {number(top)}H{WIDTH}", stroke=RULE, stroke_width=0.6)
    refused = node in state.refusals
    yield text(fit(node, NAME - 6), 4, top + 20, fill=MUTED if refused else INK, font_weight=400 if refused else 600)
    yield from _filters(state, place, node, top)
    if refused:
        yield text(fit(_refusal(state, node), WIDTH - place.scores - 8, 11), place.scores, top + 20, fill=MUTED)
    elif state.step != FILTER:
        yield from _scores(state, place, node, top)


def _refusal(state: Ray, node: str) -> str:
    plugin, reason = state.refusals[node]
    return f"✗ {plugin}: {reason}"


def _filters(state: Ray, place: Grid, node: str, top: float) -> Iterator[str]:
    refusing = state.refusals.get(node, ("", ""))[0]
    for slot, plugin in enumerate(state.asked(node)):
        x = place.filters + slot * SLOT
        if plugin == refusing:
            yield tag("rect", x=number(x + 1), y=number(top + 4), width=SLOT - 2, height=LINE - 8, rx=3,
                      fill="url(#lk-xray-refused)", stroke=WARM)  # fmt: skip
            yield text("✗", x + SLOT / 2, top + 20, fill=INK, font_weight=700, text_anchor="middle")
        else:
            mark, colour = ("·", MUTED) if plugin in state.silent else ("✓", "#00694c")
            yield text(mark, x + SLOT / 2, top + 20, fill=colour, text_anchor="middle")


def _scores(state: Ray, place: Grid, node: str, top: float) -> Iterator[str]:
    for column, plugin in enumerate(state.raw):
        x = place.scores + column * place.column
        yield _heat(shown(state, plugin, node), _share(state, plugin, node), x, top, place.column)
    for side, name in enumerate(SIDES if state.step == PICK and state.raw else ()):
        yield from _total(state, name, node, place.totals + side * TOTAL, top)


def _share(state: Ray, plugin: str, node: str) -> float:
    """How strong a cell's colour is, 0 to 1: against the plugin's own highest, 100, or the highest of all."""
    if state.step == SCORE:
        highest = max(map(abs, state.raw[plugin].values()))
    elif state.step == NORMALIZE:
        highest = 100
    else:
        highest = max(shown(state, each, other) for each in state.raw for other in state.visited)
    return abs(shown(state, plugin, node)) / highest if highest else 0.0


def _heat(value: int, share: float, x: float, top: float, width: float) -> str:
    colour = _blended(0.06 + 0.84 * share)
    cell = tag("rect", x=number(x + 1), y=number(top + 3), width=number(width - 2), height=LINE - 6, rx=3, fill=colour)
    return cell + text(fit(str(value), width), x + width / 2, top + 20, fill=ink_on(colour), text_anchor="middle")


def _blended(share: float) -> str:
    """The cool colour at this strength on paper."""
    pairs = ((int(COOL[i : i + 2], 16), int(PAPER[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(cool * share + paper * (1 - share)):02x}" for cool, paper in pairs)


def _total(state: Ray, side: str, node: str, x: float, top: float) -> Iterator[str]:
    tint, mark = _LOOKS[standing(state, side, node)]
    yield tag("rect", x=number(x + 2), y=number(top + 3), width=TOTAL - 4, height=LINE - 6, rx=3, fill=tint)
    words = f"{mark} {state.totals(side)[node]}".strip()
    bold = 700 if mark == "★" else 400
    yield text(words, x + TOTAL / 2, top + 20, fill=INK, font_weight=bold, text_anchor="middle")

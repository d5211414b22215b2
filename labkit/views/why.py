"""Why a pod went where it went: nodes by plugins, winner, ties and refusals marked, as an HTML table."""

from __future__ import annotations

import re
from dataclasses import dataclass

from labkit.scheduler import Why
from labkit.scheduler.explain import Row
from labkit.views.style import BAD_TINT, GOOD_TINT, INK, RULE, TIMES, WARN_TINT
from labkit.views.svg import escape
from labkit.views.table import Table

_BOX = f"padding:5px 10px;border:1px solid {RULE};vertical-align:top"
_SHORT = 24  # characters that are not worth breaking
_TINTS = {"chosen": GOOD_TINT, "tie": WARN_TINT, "refused": BAD_TINT}
_MARKS = {"chosen": "★ chosen", "tie": "tie", "refused": "✗ refused", "feasible": "feasible"}


@dataclass(frozen=True, repr=False)
class Explanation:
    """A `Why` to look at: one row a node, one column a scoring plugin, the terms of each score folded below."""

    why: Why

    def __repr__(self) -> str:
        return f"<why: {self.why.decision.pod.name} → {self.why.node or 'nowhere'}>"

    def __str__(self) -> str:
        return str(self.why)

    def _repr_html_(self) -> str:
        return f'<p style="margin:4px 0">{escape(self.why.summary)}</p>{html(self.why)}{terms(self.why)}'


def explain(why: Why) -> Explanation:
    """`lab.why(pod)` as a table to look at."""
    return Explanation(why)


def plugins(why: Why) -> list[str]:
    """The names of the plugins that scored, in order."""
    return list(dict.fromkeys(score.plugin for row in why.rows for score in row.scores))


def standing(why: Why, row: Row) -> str:
    """What became of a node: chosen, tie (as good as the chosen one), feasible or refused."""
    if row.rejection is not None:
        return "refused"
    if row.chosen:
        return "chosen"
    return "tie" if row.node in why.decision.best else "feasible"


def html(why: Why) -> str:
    """The table of nodes and plugins; refused nodes say who refused them across the plugins' columns."""
    names = plugins(why)
    weights = {score.plugin: score.weight for row in why.rows for score in row.scores}
    words = ["Node", "", *(f"{name} {TIMES} {weights[name]}" for name in names), *(["Total"] if names else ["Reason"])]
    heads = "".join(f'<th scope="col" style="{_BOX};text-align:left">{_breakable(word)}</th>' for word in words)
    body = "".join(_row(why, row, names) for row in why.rows)
    return (
        f'<table style="border-collapse:collapse;font-size:13px;line-height:1.35"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _breakable(words: str) -> str:
    """Escaped words that may be broken before each capital: plugins have long names."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "<wbr>", escape(words))


def _row(why: Why, row: Row, names: list[str]) -> str:
    found = standing(why, row)
    tint = f";background:{_TINTS[found]};color:{INK}" if found in _TINTS else ""
    head = f'<th scope="row" style="{_BOX};text-align:left;white-space:nowrap{tint}">{escape(row.node)}</th>'
    cells = [(_MARKS[found], 1), *_cells(row, names)]
    return f"<tr>{head}" + "".join(_cell(words, span, tint) for words, span in cells) + "</tr>"


def _cells(row: Row, names: list[str]) -> list[tuple[str, int]]:
    """The words of each cell and how many columns it spans."""
    if row.rejection is not None or not row.scores:
        return [(" ".join([row.verdict, *(f"({term})" for term in row.terms)]), len(names) + 1)]
    weighted = {score.plugin: score.weighted for score in row.scores}
    return [*((str(weighted.get(name, "")), 1) for name in names), (str(row.total), 1)]


def _cell(words: str, span: int, tint: str) -> str:
    short = span == 1 and len(words) <= _SHORT
    side = "right" if words.isdigit() else "left;white-space:nowrap" if short else "left"
    return f'<td colspan="{span}" style="{_BOX};text-align:{side}{tint}">{escape(words)}</td>'


def terms(why: Why) -> str:
    """How each score came about, folded away; empty where nothing was scored."""
    lines = [(row.node, score) for row in why.rows for score in row.scores]
    rows = tuple(
        (node, score.plugin, "; ".join(score.terms), score.raw, score.normalized, score.weighted)
        for node, score in lines
    )
    heads = ("Node", "Plugin", "Terms", "Raw", "0 to 100", "Weighted")
    folded = Table("How the scores came about", heads, rows).html()
    return (
        f'<details><summary style="cursor:pointer">The terms of each score</summary>{folded}</details>' if rows else ""
    )


def table(why: Why) -> Table:
    """One row a node: its standing, each plugin's weighted score, the total, and who refused it."""
    names = plugins(why)
    rows = tuple(_plain(why, row, names) for row in why.rows)
    return Table(why.summary, ("Node", "Standing", *names, "Total", "Reason"), rows)


def _plain(why: Why, row: Row, names: list[str]) -> tuple[object, ...]:
    weighted = {score.plugin: score.weighted for score in row.scores}
    total = "" if row.total is None else row.total
    reason = row.verdict if row.rejection is not None else ""
    return (row.node, standing(why, row), *(weighted.get(name, "") for name in names), total, reason)

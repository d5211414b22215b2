"""Who answers the requests to a Service: a table with bars, one line a pod, and the same as a plain table. All pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from labkit.views.style import BAD_TINT, INK, OKABE_ITO, RULE, TRACK
from labkit.views.svg import escape
from labkit.views.table import Table

_BAR = 300  # px of the longest bar
_CELL = f"text-align:left;padding:4px 14px 4px 0;border-bottom:1px solid {RULE};white-space:nowrap"


class Answerer(NamedTuple):
    """A pod, where it runs, how its Service sees it (ready, not ready, leaving), and how many requests it answered."""

    pod: str
    node: str
    state: str
    answers: int


def bars(pods: Sequence[Answerer], failures: Mapping[str, int]) -> str:
    """One line a pod with a bar as long as its share, and below them what failed and why."""
    most = max([1, *(one.answers for one in pods)])
    heads = "".join(f'<th scope="col" style="{_CELL}">{word}</th>' for word in ("Pod", "Node", "State", "Answers"))
    rows = "".join(_row(one, most) for one in pods)
    lost = "".join(
        f'<p style="margin:4px 0;padding:4px;background:{BAD_TINT};color:{INK}">✗ {count} failed: {escape(why)}</p>'
        for why, count in failures.items()
    )
    caption = f'<caption style="text-align:left;padding:4px 0">{escape(describe(pods, failures))}</caption>'
    return (
        f'<table style="border-collapse:collapse;font-size:13px;line-height:1.35">{caption}'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{lost}"
    )


def _row(one: Answerer, most: int) -> str:
    colour = OKABE_ITO[0] if one.state == "ready" else TRACK
    width = round(_BAR * one.answers / most)
    bar = (
        f'<span aria-hidden="true" style="display:inline-block;height:12px;width:{width}px;background:{colour}"></span>'
    )
    cells = "".join(f'<td style="{_CELL}">{escape(word)}</td>' for word in one[1:3])
    head = f'<th scope="row" style="{_CELL};font-weight:400">{escape(one.pod)}</th>'
    return f'<tr>{head}{cells}<td style="{_CELL}">{bar} {one.answers}</td></tr>'


def table(pods: Sequence[Answerer], failures: Mapping[str, int]) -> Table:
    """The same numbers."""
    rows = [*pods, *((f"failed: {why}", "", "", number) for why, number in failures.items())]
    return Table("Who answered", ("Pod", "Node", "State", "Answers"), tuple(map(tuple, rows)))


def describe(pods: Sequence[Answerer], failures: Mapping[str, int]) -> str:
    """In one line: how many requests were answered, by how many pods, and how many failed."""
    answered, lost = sum(one.answers for one in pods), sum(failures.values())
    by = sum(one.answers > 0 for one in pods)
    return f"{answered} answered by {by} of {len(pods)} pods, {lost} failed"

"""Who may go where, as far as taints decide: the verdict of every pod on every node, as HTML, words and a table.

The verdicts are the scheduler's own (`labkit.scheduler.tolerations`); nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from labkit.kinds.node import Taint
from labkit.kinds.pod import Toleration
from labkit.scheduler.tainttoleration import REASON, SOFT_EFFECT
from labkit.scheduler.tolerations import first_untolerated, tolerates
from labkit.views.style import BAD_TINT, GOOD_TINT, INK, RULE, WARN_TINT
from labkit.views.svg import escape
from labkit.views.table import Table

ALLOWED, AVOIDED, REFUSED = "allowed", "avoided", "refused"
_MARKS = {ALLOWED: ("✓", GOOD_TINT), AVOIDED: ("~", WARN_TINT), REFUSED: ("✗", BAD_TINT)}
_CELL = f"padding:6px 12px;text-align:left;vertical-align:top;min-width:110px;border:1px solid {RULE};color:{INK}"
_HEAD = f"padding:6px 12px;text-align:left;border:1px solid {RULE};font-weight:600"

Nodes = Mapping[str, Sequence[Taint]]
Pods = Mapping[str, Sequence[Toleration]]


class Verdict(NamedTuple):
    """What taints say of one pod on one node: allowed, avoided or refused, the taint that says so, and in words."""

    word: str
    taint: Taint | None
    reason: str


def verdict(taints: Sequence[Taint], tolerations: Sequence[Toleration]) -> Verdict:
    """The scheduler's verdict: refused by the first hard taint untolerated, avoided by the first soft one."""
    hard = first_untolerated(taints, tolerations)
    if hard is not None:
        return Verdict(REFUSED, hard, f"{REASON}: {hard}")
    soft = first_untolerated(taints, tolerations, (SOFT_EFFECT,))
    if soft is not None:
        return Verdict(AVOIDED, soft, f"ranked lower, for it doesn't tolerate {soft}")
    return Verdict(ALLOWED, None, _allowance(taints, tolerations))


def _allowance(taints: Sequence[Taint], tolerations: Sequence[Toleration]) -> str:
    if not taints:
        return "no taints"
    used = [one for taint in taints if taint.effect == "NoExecute" for one in tolerations if tolerates(one, taint)][:1]
    if used and used[0].toleration_seconds is not None:
        return f"tolerated for {used[0].toleration_seconds} s, then evicted"
    return "all its taints are tolerated"


def html(nodes: Nodes, pods: Pods) -> str:
    """The matrix as an HTML table: a row for each pod, a column for each node, each cell tinted and worded."""
    heads = "".join(f'<th scope="col" style="{_HEAD}">{_headed(name, map(str, nodes[name]))}</th>' for name in nodes)
    rows = "".join(
        f'<tr><th scope="row" style="{_HEAD}">{_headed(pod, [f"tolerates {said(each)}" for each in pods[pod]])}</th>'
        + "".join(_cell(verdict(nodes[node], pods[pod])) for node in nodes)
        + "</tr>"
        for pod in pods
    )
    caption = f'<caption style="text-align:left;padding:4px 0">{escape(describe(nodes, pods))}</caption>'
    return (
        f'<table style="border-collapse:collapse;font-size:13px;line-height:1.4">{caption}'
        f'<thead><tr><th scope="col" style="{_HEAD}">Pod</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _headed(name: str, notes: Iterable[str]) -> str:
    lines = "".join(f'<br><span style="font-weight:400">{escape(note)}</span>' for note in notes)
    return f"{escape(name)}{lines}"


def _cell(found: Verdict) -> str:
    mark, tint = _MARKS[found.word]
    words = f'<b style="white-space:nowrap">{mark} {found.word}</b><br>{escape(found.reason)}'
    return f'<td style="{_CELL};background:{tint}">{words}</td>'


def said(toleration: Toleration) -> str:
    """A toleration as a taint is written: `dedicated=db:NoSchedule`, `dedicated:NoSchedule (Exists)`, `every key`."""
    effect = f":{toleration.effect}" if toleration.effect else ", any effect"
    if toleration.operator == "Exists":
        return f"{toleration.key}{effect} (Exists)" if toleration.key else f"every key{effect}"
    return f"{toleration.key}={toleration.value}{effect}"


def table(nodes: Nodes, pods: Pods) -> Table:
    """One row for each pod and node."""
    found = [(pod, node, verdict(nodes[node], pods[pod])) for pod in pods for node in nodes]
    rows = tuple((pod, node, each.word, each.reason) for pod, node, each in found)
    return Table("Who may go where", ("Pod", "Node", "Verdict", "Because"), rows)


def describe(nodes: Nodes, pods: Pods) -> str:
    """In one line: how many pairs are allowed, avoided and refused."""
    words = [verdict(taints, tolerations).word for taints in nodes.values() for tolerations in pods.values()]
    return "Who may go where: " + ", ".join(f"{words.count(word)} {word}" for word in _MARKS)

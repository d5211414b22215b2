"""How a pod's node affinity judges every node: what must hold, what is liked, and the points that come of it.

Verdicts and numbers are the scheduler's own (`labkit.scheduler.explain`); nothing is decided here.
"""

from __future__ import annotations

from typing import NamedTuple

from labkit.scheduler import Why, nodeterms
from labkit.scheduler.explain import Row, Score
from labkit.scheduler.nodeaffinity import NodeAffinity, preferred_of
from labkit.views.style import BAD_TINT, GOOD_TINT, INK, MUTED, PANEL, RULE, TIMES, WARN_TINT
from labkit.views.svg import escape
from labkit.views.table import Table

_BOX = f"padding:5px 10px;border:1px solid {RULE};vertical-align:top"
_AUTOMATIC = ("kubernetes.io/", "beta.kubernetes.io/")
_ZONE = "topology.kubernetes.io/zone"


class Judged(NamedTuple):
    """One node: its own labels, why it is refused, what each liked term gives (weight or 0) and why not, its points.

    `sum`, `scaled` and `counted` are NodeAffinity's raw, 0 to 100, and weighted numbers; `others` is what all other
    plugins give; None where nothing was scored.
    """

    node: str
    labels: tuple[str, ...]
    refusals: tuple[str, ...]
    likes: tuple[tuple[int, str], ...]
    sum: int | None
    scaled: int | None
    counted: int | None
    others: int | None
    total: int | None
    standing: str


def judge(why: Why) -> list[Judged]:
    """Every node in order of creation."""
    rows = {row.node: row for row in why.rows}
    return [_judged(why, rows[name]) for name in why.decision.names]


def _judged(why: Why, row: Row) -> Judged:
    own = next((score for score in row.scores if score.plugin == NodeAffinity.name), None)
    numbers: tuple[int | None, int | None, int | None] = (None, None, None)
    if own:
        numbers = own.raw, own.normalized, own.weighted
    others = None if row.total is None else row.total - (own.weighted if own else 0)
    refusals = (row.terms or row.rejection.reasons) if row.rejection else ()
    return Judged(
        row.node, labels(why, row.node), refusals, _likes(why, row), *numbers, others, row.total, _standing(why, row)
    )


def labels(why: Why, node: str) -> tuple[str, ...]:
    """A node's labels as `key=value`, but for those that every machine has; the zone by its short name."""
    cycle = why.cycle
    found = cycle.columns.nodes[cycle.columns.row[node]].metadata.labels
    zone = (f"zone={found[_ZONE]}",) if _ZONE in found else ()
    own = (f"{key}={value}" for key, value in found.items() if key != _ZONE and not key.startswith(_AUTOMATIC))
    return (*zone, *own)


def _likes(why: Why, row: Row) -> tuple[tuple[int, str], ...]:
    columns, found = why.cycle.columns, []
    for term in preferred_of(why.cycle.pod):
        failed = nodeterms.failures(columns, term.preference, columns.row[row.node])
        found.append((0 if failed else term.weight, "; ".join(failed)))
    return tuple(found)


def _standing(why: Why, row: Row) -> str:
    if row.rejection is not None:
        return "refused"
    if row.chosen:
        return "chosen"
    return "tie" if row.node in why.decision.best and why.decision.scores else "feasible"


_LOOKS = {"chosen": ("★", GOOD_TINT), "tie": ("=", WARN_TINT), "feasible": ("✓", ""), "refused": ("✗", BAD_TINT)}


def html(why: Why) -> str:
    """A table: a row a node, its labels and verdict, the points of each liked term, and how they become a total."""
    found = judge(why)
    terms = preferred_of(why.cycle.pod)
    weight = next((score.weight for row in why.rows for score in row.scores if _is_own(score)), 0)
    scored = any(one.total is not None for one in found)
    words = ["Node", "Verdict", *(f"Preferred {n}, weight {term.weight}" for n, term in enumerate(terms, 1))]
    words += ["Sum", "0 to 100", f"{TIMES} {weight}"] if weight else []
    words += ["Other plugins", "Total"] if scored else []
    heads = "".join(
        f'<th scope="col" style="{_BOX};text-align:left;background:{PANEL};color:{INK}">{escape(word)}</th>'
        for word in words
    )
    body = "".join(_row(one, bool(weight), scored) for one in found)
    return (
        '<table style="border-collapse:collapse;font-size:13px;line-height:1.35">'
        f'<caption style="text-align:left;padding:4px 0">{escape(describe(why))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def _is_own(score: Score) -> bool:
    return score.plugin == NodeAffinity.name


def _row(one: Judged, weighed: bool, scored: bool) -> str:
    mark, tint = _LOOKS[one.standing]
    look = f"background:{tint};color:{INK}" if tint else ""
    shown = "".join(f'<br><span style="font-weight:400">{escape(label)}</span>' for label in one.labels)
    head = f'<th scope="row" style="{_BOX};text-align:left;white-space:nowrap;{look}">{escape(one.node)}{shown}</th>'
    verdict = "<br>".join(map(escape, one.refusals)) or one.standing
    cells = [_cell(f"<b>{mark}</b> {verdict}", look), *(_liked(like, one, look) for like in one.likes)]
    numbers = [*((one.sum, one.scaled, one.counted) if weighed else ()), *((one.others, one.total) if scored else ())]
    return f"<tr>{head}{''.join([*cells, *(_number(value, look) for value in numbers)])}</tr>"


def _liked(like: tuple[int, str], one: Judged, look: str) -> str:
    points, failed = like
    if one.standing == "refused":
        return _cell("", look)
    if points:
        return _cell(f"<b>+{points}</b>", look)
    return _cell(f'0<br><span style="color:{MUTED if not look else INK}">{escape(failed)}</span>', look)


def _number(value: int | None, look: str) -> str:
    return _cell("" if value is None else str(value), f"text-align:right;{look}")


def _cell(inner: str, look: str) -> str:
    return f'<td style="{_BOX};text-align:left;{look}">{inner}</td>'


def table(why: Why) -> Table:
    """The same as plain rows."""
    rows = tuple(
        (one.node, one.standing, "; ".join(one.refusals), " + ".join(str(points) for points, _ in one.likes), *one[4:9])
        for one in judge(why)
    )
    heads = ("Node", "Standing", "Refused because", "Preferred", "Sum", "0 to 100", "Counted", "Others", "Total")
    return Table(describe(why), heads, tuple(tuple("" if cell is None else cell for cell in row) for row in rows))


def describe(why: Why) -> str:
    """In one line: where the pod goes, or that nothing takes it."""
    fitting = len(why.decision.feasible)
    count = f"{fitting} of {len(why.decision.names)} nodes can take it"
    if why.node is None:
        return "The pod waits: no node can take it."
    best = why.decision.best
    tie = f", first of a tie of {len(best)}" if why.decision.scores and len(best) > 1 else ""
    return f"The pod goes to {why.node}{tie}; {count}."

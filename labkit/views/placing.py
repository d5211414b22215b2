"""Where ECS placed a task and why: instances by filters and rules, winner, ties and refusals marked, as a table."""

from __future__ import annotations

from dataclasses import dataclass

from labkit.ecs import choices
from labkit.ecs.placement.decision import Decision
from labkit.ecs.placement.explain import of_queries, short, summary
from labkit.ecs.placement.strategies import Ranking
from labkit.views.style import BAD_TINT, GOOD_TINT, INK, RULE, WARN_TINT
from labkit.views.svg import escape
from labkit.views.table import Table

_BOX = f"padding:5px 10px;border:1px solid {RULE};text-align:left;vertical-align:top"
_TINTS = {"★ chosen": GOOD_TINT, "tie": WARN_TINT, "✗ refused": BAD_TINT}


@dataclass(frozen=True, repr=False)
class Placing:
    """A decision to look at: one row an instance, one column a rule; refused ones say why."""

    decision: Decision

    def __repr__(self) -> str:
        return f"<placing: {summary(self.decision)}>"

    def __str__(self) -> str:
        return str(self.decision)

    def _repr_html_(self) -> str:
        notes = "".join(f'<p style="margin:4px 0">{escape(note)}</p>' for note in _notes(self.decision))
        return f'<p style="margin:4px 0">{escape(summary(self.decision))}</p>{html(self.decision)}{notes}'


def placed(decision: Decision) -> Placing:
    """`lab.why(task)` as a table to look at."""
    return Placing(decision)


def table(decision: Decision) -> Table:
    """One row an instance: its standing, what each rule counted of it, why it was refused; the best first."""
    heads = ("Instance", "", *map(str, decision.rankings), "Reason")
    best = [] if decision.best is None else decision.best.tolist()
    order = sorted(range(len(decision.arns)), key=lambda row: _place(decision, row, best))
    return Table(summary(decision), heads, tuple(_cells(decision, row, best) for row in order))


def html(decision: Decision) -> str:
    """The same, tinted by standing; a mark beside the colour says it too."""
    made = table(decision)
    heads = "".join(f'<th scope="col" style="{_BOX}">{escape(word)}</th>' for word in made.columns)
    body = "".join(map(_row, made.rows))
    return (
        f'<table style="border-collapse:collapse;font-size:13px;line-height:1.35"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _place(decision: Decision, row: int, best: list[int]) -> tuple[bool, bool, bool]:
    """The chosen one first, then those as good, then those that can take it."""
    return row != decision.row, row not in best, not _fits(decision, row)


def _fits(decision: Decision, row: int) -> bool:
    return decision.id(row) not in decision.refused


def _cells(decision: Decision, row: int, best: list[int]) -> tuple[object, ...]:
    counted = [_counted(ranking, row) for ranking in decision.rankings]
    reason, words = decision.refused.get(decision.id(row), ("", ""))
    why = f"{words} ({reason})" if reason else ""
    return (short(decision, row), _standing(decision, row, best), *counted, why)


def _standing(decision: Decision, row: int, best: list[int]) -> str:
    if not _fits(decision, row):
        return "✗ refused"
    if row == decision.row:
        return "★ chosen"
    return "tie" if row in best else "can take it"


def _counted(ranking: Ranking, row: int) -> str:
    """What a rule counted of an instance; nothing where an earlier rule had left it out, or where it drew."""
    places = (ranking.rows == row).nonzero()[0]
    if not len(places) or not len(ranking.numbers):
        return ""
    number, place = int(ranking.numbers[places[0]]), int(places[0])
    field = ranking.rule.field
    if field.startswith("attribute:"):
        value = ranking.values[ranking.codes[place]] if ranking.codes[place] >= 0 else "(none)"
        return f"{number} in {value}"
    return f"{number} left" if ranking.rule.type == "binpack" else str(number)


def _row(cells: tuple[object, ...]) -> str:
    tint = f";background:{_TINTS[str(cells[1])]};color:{INK}" if cells[1] in _TINTS else ""
    head = f'<th scope="row" style="{_BOX}{tint}">{escape(str(cells[0]))}</th>'
    return f"<tr>{head}" + "".join(f'<td style="{_BOX}{tint}">{escape(str(cell))}</td>' for cell in cells[1:]) + "</tr>"


def _notes(decision: Decision) -> list[str]:
    """What the table doesn't say: the default, how a tie broke, what labkit chose where AWS publishes nothing."""
    chosen = [f"{words[0].upper()}{words[1:]}." for words in (*of_queries(decision), *decision.notes)]
    if decision.row is None:
        return chosen
    default = [] if decision.request.strategy else ["No strategy was given: the columns are the default."]
    tied = decision.best is not None and len(decision.best) > 1
    return [*default, *([f"A tie was drawn: {choices.TIES}."] if tied else []), *chosen]

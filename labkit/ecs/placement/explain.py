"""A decision as text: who was left after each filter and why the others fell, each rule's numbers, the tie."""

from __future__ import annotations

from collections.abc import Iterator

from labkit.ecs import choices
from labkit.ecs.placement.decision import Decision, Fall
from labkit.ecs.placement.strategies import Ranking
from labkit.ecs.placement.subjects import OPERATORS

LONG = 32
MOST = 8
"""Instances or values that a line lists."""


def told(decision: Decision) -> str:
    """The whole decision, a line a step."""
    return "\n".join([summary(decision), *(f"  {line}" for line in steps(decision))])


def summary(decision: Decision) -> str:
    """One line: where the task goes and out of how many, or the message."""
    group, count = decision.request.group or "task", len(decision.arns)
    if decision.row is None:
        return f"{group} {decision.message}"
    return f"{group} → {short(decision, decision.row)}: {len(decision.rows)} of {count} instances can take it"


def steps(decision: Decision) -> Iterator[str]:
    """The lines of each filter that was asked, each rule, and the tie."""
    for fall in decision.falls:
        yield f"{fall.filter.name}: {fall.left} left"
        yield from (f"  {line}" for line in _refusals(decision, fall))
    yield from of_queries(decision)
    if decision.row is None:
        return
    if not decision.request.strategy:
        yield "no strategy given: what follows is the default"
    for ranking in decision.rankings:
        yield f"{ranking}: {_numbers(decision, ranking)}"
    if len(decision.rows) == 1:
        yield "the only instance that can take it: no rule is asked"
    yield from _tie(decision)
    yield from decision.notes


def of_queries(decision: Decision) -> list[str]:
    """What labkit chose of the query language, for the operators that the request's constraints use."""
    asked = [constraint.expression for constraint in decision.request.constraints]
    return [words for sign, words in choices.QUERIES.items() if any(_uses(text, sign) for text in asked)]


def _uses(expression: str, sign: str) -> bool:
    """Whether an operator stands in an expression, as a sign or as one of its words."""
    words = {word for word, of in OPERATORS.items() if of == sign}
    return sign in expression or not words.isdisjoint(expression.split())


def short(decision: Decision, row: int) -> str:
    """An instance's id, its first eight characters if it is one of ECS's long ones."""
    whole = decision.id(row)
    return whole[:8] if len(whole) >= LONG else whole


def listed(words: list[str]) -> str:
    """Words with commas; of many the first."""
    more = len(words) - MOST
    return ", ".join(words[:MOST]) + (f", and {more} more" if more > 0 else "")


def _refusals(decision: Decision, fall: Fall) -> Iterator[str]:
    for place, row in enumerate(fall.rows.tolist()):
        if place == MOST:
            yield f"… and {len(fall.rows) - MOST} more"
            return
        yield f"{short(decision, row)} {fall.words(place)} ({fall.filter.reason})"


def _numbers(decision: Decision, ranking: Ranking) -> str:
    if not len(ranking.numbers):
        return f"drew {short(decision, int(ranking.kept[0]))} of {len(ranking.rows)} ({choices.RANDOM})"
    if ranking.rule.type == "spread" and ranking.rule.field.startswith("attribute:"):
        counted = [f"{value} has {number}" for value, number in ranking.by_value().items()]
    else:
        unit = {"cpu": "CPU units left", "memory": "MiB left"}.get(ranking.rule.field.lower(), "tasks of the group")
        pairs = sorted(zip(ranking.numbers.tolist(), ranking.rows.tolist(), strict=True))
        counted = [f"{short(decision, row)} {number} {unit}" for number, row in pairs]
    return f"{listed(counted)} → {len(ranking.kept)} left"


def _tie(decision: Decision) -> Iterator[str]:
    if decision.best is not None and len(decision.best) > 1 and decision.row is not None:
        names = listed([short(decision, row) for row in decision.best.tolist()])
        yield f"a tie of {names}: {short(decision, decision.row)} was drawn ({choices.TIES})"

"""Which of the instances that can take a task is best: the rules of a strategy in list order. These are best effort.

Each rule keeps the best of what the rule before left. Source: Amazon ECS developer guide, "Use strategies to define
Amazon ECS task placement", "Amazon ECS services". Not published, so labkit's own choices: a later rule sees exactly the
ties of the earlier one; what is still equal is drawn by the lab's seeded generator; instances without the attribute
are one group; spread counts tasks of the group, pending ones too, that aren't being stopped; a `random` rule draws
one, and rules after it have nothing left to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

import numpy as np

from labkit.ecs.placement.fleet import AMOUNTS, Fleet
from labkit.ecs.placement.request import Request
from labkit.kinds.ecs import PlacementStrategy
from labkit.scheduler.coded import Coded, Ints

NOTHING: Ints = np.zeros(0, np.int64)
Draw = Callable[[Ints], int]
"""Takes one of several equally good rows."""


class Ranking(NamedTuple):
    """One rule at work: `numbers[i]` is what it counts of `rows[i]`, lower is better, and `kept` are the best.

    `numbers` is empty for random. `codes` and `values` are what a spread goes by, row by row.
    """

    rule: PlacementStrategy
    rows: Ints
    numbers: Ints
    kept: Ints
    codes: Ints = NOTHING
    values: Sequence[Any] = ()

    def __str__(self) -> str:
        return rule_text(self.rule)

    def by_value(self) -> dict[str, int]:
        """What a spread counted, by value; `(none)` for instances without the attribute."""
        return {
            str(self.values[code]) if code >= 0 else "(none)": int(number)
            for code, number in zip(self.codes.tolist(), self.numbers.tolist(), strict=True)
        }


def rule_text(rule: PlacementStrategy) -> str:
    """A rule in a few words: `spread attribute:ecs.availability-zone`."""
    return f"{rule.type} {rule.field}".strip()


def ranked(fleet: Fleet, request: Request, rows: Ints, draw: Draw) -> Iterator[Ranking]:
    """Each rule of a request at work on what the one before left; ends when one instance is left."""
    for rule in request.rules:
        if len(rows) == 1:
            return
        ranking = _ranking(rule, fleet, request, rows, draw)
        rows = ranking.kept
        yield ranking


def _ranking(rule: PlacementStrategy, fleet: Fleet, request: Request, rows: Ints, draw: Draw) -> Ranking:
    if rule.type == "random":
        return Ranking(rule, rows, NOTHING, np.array([draw(rows)]))
    if rule.type == "binpack":
        left = fleet.remaining[rows, AMOUNTS.index(rule.field.upper())]
        return Ranking(rule, rows, left, rows[left == left.min()])
    column = fleet.values(rule.field)
    codes = column.codes[rows]
    counts = _per_value(column, fleet.wanted(request.group))[codes]
    return Ranking(rule, rows, counts, rows[counts == counts.min()], codes, column.values)


def _per_value(column: Coded, counts: Ints) -> Ints:
    """Tasks by value, over all instances and not just those that have room; code -1 finds the last place."""
    size = len(column.values) + 1
    found: Ints = np.bincount(column.codes % size, weights=counts, minlength=size).astype(np.int64)
    return found


def by(rng: Random) -> Draw:
    """Drawing by a generator, which isn't touched where there is no choice."""
    return lambda rows: int(rows[rng.randrange(len(rows))] if len(rows) > 1 else rows[0])


def known(row: int) -> Draw:
    """Drawing what was drawn before: to tell of a decision once more."""
    return lambda rows: row if row in rows else int(rows[0])

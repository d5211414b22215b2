"""What was decided about one pod, and all that the real scheduler would know of it.

A Decision keeps the numpy arrays of its making; dicts by node name are made when they are asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from labkit.kinds.registry import Key
from labkit.scheduler.coded import Ints
from labkit.scheduler.messages import NO_NODES, fit_error
from labkit.scheduler.plugin import CODES, Refusal


class Rejection(NamedTuple):
    """Why a node can't take the pod: the first plugin that refused it, its status code, its reasons."""

    plugin: str
    code: str
    reasons: tuple[str, ...]


class Refused(NamedTuple):
    """The rows that one plugin refused, with a code and a reasons' number each; `texts` puts the number in words."""

    plugin: str
    rows: Ints
    codes: Ints
    reasons: Ints
    texts: Callable[[int], tuple[str, ...]]


class Scored(NamedTuple):
    """One plugin's scores of the feasible rows: as it gave them, as 0 to 100, and what each point counts."""

    raw: Ints
    normalized: Ints
    weight: int

    @property
    def weighted(self) -> Ints:
        """What goes into the total."""
        return self.normalized * self.weight


class Evictions(NamedTuple):
    """What a PostFilter plugin came to: its words, or a node to nominate and the victims there; `stop` ends the row.

    `keep` leaves an earlier nomination as it is.
    """

    text: str = ""
    nominated: str | None = None
    victims: tuple[Key, ...] = ()
    stop: bool = False
    keep: bool = False


@dataclass(frozen=True, eq=False)
class Decision:
    """One attempt to schedule one pod.

    `names` are all nodes by row, `rows` the feasible ones in the order visited, `start` where that began and
    `next_start` where the next attempt begins. `refusal` is a PreFilter's refusal of the whole pod; `narrowed` the
    words for nodes that PreFilters left out; `prefiltered_by` names the plugins that did either. `row` is the
    chosen one, None if there is none.
    """

    pod: Key
    names: list[str]
    rows: Ints
    refused: tuple[Refused, ...] = ()
    refusal: Refusal | None = None
    narrowed: str = ""
    prefiltered_by: tuple[str, ...] = ()
    scored: Mapping[str, Scored] = field(default_factory=dict)
    row: int | None = None
    start: int = 0
    next_start: int = 0
    evictions: tuple[Evictions, ...] = ()

    @property
    def node(self) -> str | None:
        """The node that the pod goes to."""
        return None if self.row is None else self.names[self.row]

    @cached_property
    def feasible(self) -> tuple[str, ...]:
        """The nodes that passed every filter, in the order visited."""
        return tuple(self.names[row] for row in self.rows)

    @cached_property
    def rejected(self) -> dict[str, Rejection]:
        """Each refused node with the plugin that refused it first."""
        return {
            self.names[row]: Rejection(one.plugin, CODES[code], one.texts(number))
            for one in self.refused
            for row, code, number in zip(one.rows.tolist(), one.codes.tolist(), one.reasons.tolist(), strict=True)
        }

    @cached_property
    def scores(self) -> dict[str, dict[str, int]]:
        """Plugin → node → normalised score times weight; empty where one node was feasible and scoring was skipped."""
        return {plugin: self._by_node(one.weighted) for plugin, one in self.scored.items()}

    @cached_property
    def total(self) -> Ints:
        """The totals of the feasible rows."""
        return total_of(self.scored.values(), len(self.rows))

    @cached_property
    def totals(self) -> dict[str, int]:
        """Node → total score; empty where scoring was skipped."""
        return self._by_node(self.total) if self.scored else {}

    @cached_property
    def best(self) -> tuple[str, ...]:
        """The nodes of the highest total, in the order visited: the tie."""
        return tuple(self.names[row] for row in self.rows[best_of(self.total)])

    @property
    def nominated(self) -> str | None:
        """The node on which victims make room for the pod."""
        return next((one.nominated for one in self.evictions if one.nominated), None)

    @property
    def victims(self) -> tuple[Key, ...]:
        """The pods that have to go."""
        return next((one.victims for one in self.evictions if one.nominated), ())

    @property
    def keeps_nomination(self) -> bool:
        """Whether an earlier nomination of the pod stands."""
        return any(one.keep or one.stop for one in self.evictions)

    @property
    def prefilter(self) -> str:
        """A PreFilter plugin's refusal of the pod as a whole."""
        return self.refusal.reason if self.refusal else ""

    @property
    def postfilter(self) -> str:
        """What the PostFilter plugins said; nothing where preemption found a node."""
        return "" if self.nominated else ", ".join(one.text for one in self.evictions if one.text)

    @cached_property
    def message(self) -> str:
        """The literal FailedScheduling message; empty if the pod got a node."""
        if self.row is not None:
            return ""
        if not self.names:
            return NO_NODES
        return fit_error(len(self.names), {} if self.refusal else self.reasons, self.prefilter, self.postfilter)

    @cached_property
    def reasons(self) -> Counter[str]:
        """How many nodes were refused for which reason."""
        found: Counter[str] = Counter()
        for one in self.refused:
            numbers, counts = np.unique(one.reasons, return_counts=True)
            for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
                found.update(dict.fromkeys(one.texts(number), count))
        if self.narrowed:
            found[self.narrowed] += len(self.names) - len(self.rows) - sum(len(one.rows) for one in self.refused)
        return found

    def _by_node(self, numbers: Ints) -> dict[str, int]:
        return dict(zip(self.feasible, numbers.tolist(), strict=True))


def total_of(scored: Iterable[Scored], count: int) -> Ints:
    """The weighted scores of so many rows, summed over the plugins."""
    total = np.zeros(count, np.int64)
    for one in scored:
        total += one.weighted
    return total


def best_of(total: Ints) -> Ints:
    """The positions of the highest total."""
    return np.flatnonzero(total == total.max()) if len(total) else np.zeros(0, np.int64)

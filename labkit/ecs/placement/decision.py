"""What was decided about one task, and why: who was left after each filter, what each rule counted, how a tie broke.

Arrays are those of the moment, so a decision stays true when its fleet goes on. `str` tells it as text.
Source of the messages: Amazon ECS developer guide, "Service event messages", "API failure reasons". Which instance is
"the closest matching" isn't published: here the one that passed most filters, of several the first registered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from labkit.ecs.placement.filters import STATUS, Filter, Words
from labkit.ecs.placement.request import Request
from labkit.ecs.placement.strategies import Ranking
from labkit.scheduler.coded import Ints

NO_INSTANCES = "No Container Instances were found in your cluster."
SEE = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."

_CLOSEST = {
    "RESOURCE:CPU": "has insufficient CPU units available.",
    "RESOURCE:MEMORY": "has insufficient memory available.",
    "RESOURCE:PORTS": "is already using a port required by your task.",
    "ATTRIBUTE": "is missing an attribute required by your task.",
}


class Fall(NamedTuple):
    """The rows that one filter refused, with a word for each of them, and how many it left."""

    filter: Filter
    rows: Ints
    words: Words
    left: int


@dataclass(frozen=True, eq=False)
class Decision:
    """One attempt to place one task.

    `arns` are all instances by row; `falls` what the filters that were asked refused, in order; `rows` the instances
    that can take it; `rankings` the rules at work on them; `best` what they left, a tie if several; `row` the chosen.
    `paint` makes it HTML; `notes` say what else labkit chose where AWS publishes nothing.
    """

    request: Request
    arns: tuple[str, ...]
    falls: tuple[Fall, ...]
    rows: Ints
    rankings: tuple[Ranking, ...] = ()
    best: Ints | None = None
    row: int | None = None
    paint: Callable[[Decision], str] | None = None
    notes: tuple[str, ...] = ()

    def id(self, row: int) -> str:
        """The id of the instance of a row."""
        return self.arns[row].rpartition("/")[2]

    @property
    def instance(self) -> str | None:
        """The id of the instance that the task goes to."""
        return None if self.row is None else self.id(self.row)

    @property
    def arn(self) -> str | None:
        """The ARN of the instance that the task goes to."""
        return None if self.row is None else self.arns[self.row]

    @cached_property
    def refused(self) -> dict[str, tuple[str, str]]:
        """Each refused instance by id, with the reason as `failures` has it and the same in words."""
        return {
            self.id(row): (fall.filter.reason, fall.words(place))
            for fall in self.falls
            for place, row in enumerate(fall.rows.tolist())
        }

    @cached_property
    def failures(self) -> list[dict[str, Any]]:
        """What RunTask answers in `failures`: an entry for each ACTIVE instance; empty if the task was placed."""
        if self.row is not None:
            return []
        found = {row: fall.filter.reason for fall in self._of_active for row in fall.rows.tolist()}
        return [{"arn": self.arns[row], "reason": found[row]} for row in sorted(found)]

    @property
    def reason(self) -> str:
        """Why nothing was found, as the closest matching instance has it; "" if the task was placed."""
        return self._of_active[-1].filter.reason if self.row is None and self._of_active else ""

    @property
    def message(self) -> str:
        """What a service's event says of it after its name; "" if the task was placed."""
        if self.row is not None:
            return ""
        start = "was unable to place a task because no container instance met all of its requirements."
        return f"{start} {self._closest()} {SEE}"

    def _closest(self) -> str:
        if not self._of_active:
            return f"Reason: {NO_INSTANCES}"
        closest = self.id(int(self._of_active[-1].rows[0]))
        said = _CLOSEST.get(self.reason, f'encountered error "{self.reason}".')
        return f"The closest matching (container-instance {closest}) {said}"

    @property
    def _of_active(self) -> list[Fall]:
        return [fall for fall in self.falls if fall.filter is not STATUS and len(fall.rows)]

    def __str__(self) -> str:
        from labkit.ecs.placement.explain import told

        return told(self)

    __repr__ = __str__

    def _repr_html_(self) -> str | None:
        return self.paint(self) if self.paint else None

"""What a check answers: one of six outcomes, with what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from html import escape


class Status(Enum):
    """The six outcomes; the value is what the learner reads first."""

    PASSED = "Right"
    PARTLY = "Partly right"
    WRONG = "Not yet"
    NOT_ATTEMPTED = "Not attempted"
    RAISED = "Your answer was refused"
    BROKEN = "The cluster is broken"


SIGNS = {
    Status.PASSED: ("✓", "#009E73"),
    Status.PARTLY: ("◐", "#E69F00"),
    Status.WRONG: ("✗", "#D55E00"),
    Status.NOT_ATTEMPTED: ("○", "#56667A"),
    Status.RAISED: ("!", "#D55E00"),
    Status.BROKEN: ("⚠", "#CC79A7"),
}
"""A sign beside the colour, so that neither is needed alone."""


@dataclass(frozen=True)
class Outcome:
    """The result of a check: what was reached of `out_of` points, and sentences that say why."""

    status: Status
    points: float
    out_of: float
    sentences: tuple[str, ...] = ()
    misconception: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything asked for is there."""
        return self.status is Status.PASSED

    def __str__(self) -> str:
        sign, _ = SIGNS[self.status]
        return "\n".join([f"{sign} {self.status.value} ({self.points:g} of {self.out_of:g})", *self.sentences])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        sign, colour = SIGNS[self.status]
        head = f"<b>{sign} {self.status.value}</b> <span>({self.points:g} of {self.out_of:g})</span>"
        body = "".join(f"<p style='margin:.3em 0;white-space:pre-wrap'>{escape(line)}</p>" for line in self.sentences)
        box = f"border-left:5px solid {colour};padding:.4em .9em;margin:.3em 0;max-width:46em"
        return f"<div role='status' style='{box}'>{head}{body}</div>"


@dataclass(frozen=True)
class Grade:
    """An outcome for nbgrader: its text is the number of points alone, which autograding reads as partial credit.

    Source: nbgrader 0.9.6, utils.determine_grade: an execute_result that parses as a float is the score.
    """

    outcome: Outcome

    def __repr__(self) -> str:
        return str(round(float(self.outcome.points), 2))

    def _repr_html_(self) -> str:
        return self.outcome._repr_html_()

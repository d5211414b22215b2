"""Exercises that say right or wrong, and why.

    from labkit.checks import questions
    q = questions("10-taints")
    q.own_nodes.check(answer)
"""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

from labkit.checks.exercise import Exercise, Goal, Sign, Wrong, play
from labkit.checks.misconceptions import MISCONCEPTIONS, answer_to
from labkit.checks.outcome import Grade, Outcome, Status

__all__ = [
    "LESSONS", "MISCONCEPTIONS", "Exercise", "Goal", "Grade", "Outcome", "Sign", "Status", "Wrong",
    "answer_to", "exercises", "play", "questions",
]  # fmt: skip

LESSONS = {"01-desired-state": "desired_state", "10-taints": "taints"}
"""Lessons with exercises, and the module that holds them."""


def exercises(lesson: str) -> tuple[Exercise, ...]:
    """The exercises of a lesson, in order; KeyError if it has none."""
    found: tuple[Exercise, ...] = import_module(f"labkit.checks.{LESSONS[lesson]}").EXERCISES
    return found


def questions(lesson: str) -> SimpleNamespace:
    """The exercises of a lesson by name: `questions("10-taints").own_nodes`."""
    return SimpleNamespace(**{each.name.replace("-", "_"): each for each in exercises(lesson)})

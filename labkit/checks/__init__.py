"""Exercises that say right or wrong, and why.

from labkit.checks import questions
q = questions("10-taints")
q.own_nodes.check(answer)
"""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

from labkit.checks.exercise import Answer, Exercise, Goal, Sign, Wrong, play
from labkit.checks.misconceptions import MISCONCEPTIONS, answer_to
from labkit.checks.outcome import Grade, Outcome, Status
from labkit.checks.progress import note

__all__ = [
    "LESSONS", "MISCONCEPTIONS", "Exercise", "Goal", "Grade", "Outcome", "Question", "Sign", "Status", "Wrong",
    "answer_to", "exercises", "play", "questions",
]  # fmt: skip

LESSONS = {
    "01-desired-state": "desired_state",
    "04-pods": "pods",
    "05-deployments": "deployments",
    "09-choosing-nodes": "choosing_nodes",
    "10-taints": "taints",
    "11-together-and-apart": "together_apart",
    "12-inside-the-scheduler": "inside_scheduler",
    "13-priority-and-disruption": "disruption",
    "14-services": "services",
    "21-hpa": "hpa",
    "23-cluster-autoscaler-and-karpenter": "node_scaling",
    "24-ecs-basics": "ecs_basics",
    "25-ecs-placement": "placement",
    "27-ecs-autoscaling": "ecs_scaling",
}
"""Lessons with exercises, and the module that holds them."""


def exercises(lesson: str) -> tuple[Exercise, ...]:
    """The exercises of a lesson, in order; KeyError if it has none."""
    found: tuple[Exercise, ...] = import_module(f"labkit.checks.{LESSONS[lesson]}").EXERCISES
    return found


class Question:
    """An exercise as a notebook uses it: what is solved here counts as progress."""

    def __init__(self, lesson: str, exercise: Exercise) -> None:
        self.lesson, self.exercise = lesson, exercise
        self.lab, self.hint, self.solution = exercise.lab, exercise.hint, exercise.solution

    def check(self, answer: Answer) -> Outcome:
        """Judge an answer: a text of manifests or kubectl commands, or the lab worked in."""
        outcome = self.exercise.check(answer)
        if outcome.passed:
            note(self.lesson, self.exercise.name)
        return outcome

    def grade(self, answer: Answer) -> Grade:
        """The same judgement for nbgrader, as a number of points."""
        return Grade(self.check(answer))

    def __repr__(self) -> str:
        return self.exercise.task


def questions(lesson: str) -> SimpleNamespace:
    """All that a lesson asks: its exercises by name, `quiz` in order, `predictions` by name.

    `questions("10-taints").own_nodes.check(answer)` checks an answer. KeyError if there is no such lesson.
    """
    asked = import_module(f"labkit.checks.{LESSONS[lesson]}_quiz")
    named = {each.name.replace("-", "_"): Question(lesson, each) for each in exercises(lesson)}
    return SimpleNamespace(**named, quiz=asked.QUIZ, predictions=SimpleNamespace(**asked.PREDICTIONS))

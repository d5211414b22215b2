"""The course: its lessons in order, how long each takes, and how far the learner is."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from labkit.checks import exercises
from labkit.checks.progress import passed


class Lesson(NamedTuple):
    """One lesson: the name of its notebooks, what it is about, and its minutes."""

    name: str
    title: str
    minutes: int


class Part(NamedTuple):
    """A part of the course."""

    title: str
    lessons: tuple[Lesson, ...]


PARTS = (
    Part("Why and what", (Lesson("01-desired-state", "Desired state", 35),)),
    Part("Workloads", (Lesson("04-pods", "Pods", 55), Lesson("05-deployments", "Deployments", 50))),
    Part(
        "Scheduling",
        (
            Lesson("09-choosing-nodes", "Choosing nodes", 40),
            Lesson("10-taints", "Taints and tolerations", 45),
            Lesson("11-together-and-apart", "Together and apart", 50),
            Lesson("12-inside-the-scheduler", "Inside the scheduler", 60),
            Lesson("13-priority-and-disruption", "Priority and disruption", 60),
        ),
    ),
    Part("Reaching", (Lesson("14-services", "Services", 60),)),
    Part(
        "Autoscaling",
        (
            Lesson("21-hpa", "The HorizontalPodAutoscaler", 60),
            Lesson("23-cluster-autoscaler-and-karpenter", "Cluster Autoscaler and Karpenter", 60),
        ),
    ),
    Part(
        "AWS",
        (
            Lesson("24-ecs-basics", "ECS: basics", 55),
            Lesson("25-ecs-placement", "ECS: placement", 55),
            Lesson("27-ecs-autoscaling", "ECS: autoscaling", 65),
        ),
    ),
)
"""The lessons there are."""


class Course:
    """The table of the course, with links and progress; the notebook shows it."""

    def __init__(self, parts: tuple[Part, ...] = PARTS, done: frozenset[str] | None = None) -> None:
        self.parts = parts
        self.done = passed() if done is None else done

    def __str__(self) -> str:
        rows = [
            f"{row.name:<20} {row.minutes:>3} min   {self.progress(row)}" for part in self.parts for row in part.lessons
        ]
        return "\n".join(rows)

    __repr__ = __str__

    def progress(self, lesson: Lesson) -> str:
        """How many of the lesson's exercises are solved, `2 of 3`."""
        names = [each.name for each in exercises(lesson.name)]
        return f"{sum(f'{lesson.name}/{name}' in self.done for name in names)} of {len(names)}"

    def _repr_html_(self) -> str:
        head = "".join(f"<th scope='col' style='text-align:left'>{word}</th>" for word in HEADS)
        body = "".join(self._row(lesson) for part in self.parts for lesson in part.lessons)
        return f"<table><caption>The course</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _row(self, lesson: Lesson) -> str:
        read = f"<a href='{lesson.name}.ipynb'>{escape(lesson.title)}</a>"
        solve = f"<a href='../exercises/{lesson.name}.ipynb'>exercises</a>"
        cells = (lesson.name[:2], read, f"{lesson.minutes} min", solve, f"{self.progress(lesson)} solved")
        return "<tr>" + "".join(f"<td style='text-align:left'>{cell}</td>" for cell in cells) + "</tr>"


HEADS = ("", "Lesson", "Time", "Then", "Progress")

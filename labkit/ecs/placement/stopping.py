"""Which tasks of a service to stop: the mirror of placing them. Writes nothing.

Source: Amazon ECS developer guide, "Use strategies to define Amazon ECS task placement" (spread keeps what remains
balanced and chooses at random inside a zone; binpack leaves most on the instance afterwards), "Amazon ECS services"
(without a strategy: the zone, then the instance with most tasks of the service). That chains narrow as in placing, and
the seeded draw, are labkit's own choices.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from random import Random
from typing import NamedTuple

import numpy as np

from labkit.ecs.placement.fleet import AMOUNTS, Fleet
from labkit.ecs.placement.request import OF_SERVICES, ZONE_FIELD
from labkit.ecs.placement.strategies import NOTHING, Draw, by, rule_text
from labkit.kinds.ecs import PlacementStrategy, Task
from labkit.scheduler.coded import Ints


class Narrowed(NamedTuple):
    """One rule at work: what it counts of the tasks `places`, higher is better, and which it kept."""

    rule: PlacementStrategy
    places: Ints
    numbers: Ints
    kept: Ints


class Stop(NamedTuple):
    """A task to stop, how that was chosen, and the tasks it was drawn from."""

    task: Task
    rankings: tuple[Narrowed, ...]
    tie: tuple[str, ...]

    def __str__(self) -> str:
        steps = [f"{rule_text(one.rule)}: {len(one.places)} tasks → {len(one.kept)}" for one in self.rankings]
        drawn = f"drawn from {len(self.tie)} that are equal" if len(self.tie) > 1 else "the only one left"
        return "; ".join([f"stop {self.task.id}", *steps, drawn])


def choose_to_stop(
    fleet: Fleet,
    tasks: Iterable[Task],
    count: int,
    strategy: Sequence[PlacementStrategy],
    rng: Random,
    protected: Collection[str] = (),
) -> list[Stop]:
    """The tasks of a service to stop, in order, `count` of them or as many as may be.

    `tasks`: all of the service that run or are to run; those whose ids are `protected` count, but stay.
    """
    scene = _Scene(fleet, list(tasks), protected)
    rules, draw = strategy or OF_SERVICES, by(rng)
    return [scene.stop(rules, draw) for _ in range(min(count, int(scene.free.sum())))]


class _Scene:
    """The tasks that are left while some are being chosen; `freed` is what those chosen give back to each row."""

    def __init__(self, fleet: Fleet, tasks: list[Task], protected: Collection[str]) -> None:
        self.fleet, self.tasks = fleet, tasks
        names = [(task.container_instance_arn or "").rpartition("/")[2] for task in tasks]
        self.rows = np.array([fleet.row.get(name, -1) for name in names], np.int64)
        self.alive = np.ones(len(tasks), np.bool_)
        self.free = np.array([task.id not in protected for task in tasks], np.bool_)
        self.amounts = np.array([_amounts(task) for task in tasks], np.int64).reshape(-1, len(AMOUNTS))
        self.remaining = np.vstack([fleet.remaining, np.zeros((1, len(AMOUNTS)), np.int64)])
        self._values: dict[str, Ints] = {}

    def stop(self, strategy: Sequence[PlacementStrategy], draw: Draw) -> Stop:
        places = (self.alive & self.free).nonzero()[0]
        rankings = []
        for rule in strategy:
            if len(places) > 1:
                rankings.append(self.narrowed(rule, places, draw))
                places = rankings[-1].kept
        place = draw(places)
        self.alive[place] = self.free[place] = False
        self.remaining[self.rows[place]] += self.amounts[place]
        return Stop(self.tasks[place], tuple(rankings), tuple(self.tasks[one].id for one in places.tolist()))

    def narrowed(self, rule: PlacementStrategy, places: Ints, draw: Draw) -> Narrowed:
        if rule.type == "random":
            return Narrowed(rule, places, NOTHING, np.array([draw(places)]))
        numbers = self.left_after(rule, places) if rule.type == "binpack" else self.together(rule.field, places)
        return Narrowed(rule, places, numbers, places[numbers == numbers.max()])

    def left_after(self, rule: PlacementStrategy, places: Ints) -> Ints:
        column = AMOUNTS.index(rule.field.upper())
        after: Ints = self.remaining[self.rows[places], column] + self.amounts[places, column]
        return after

    def together(self, field: str, places: Ints) -> Ints:
        """How many tasks that are left share the value of each."""
        codes = self.values(field)
        counts: Ints = np.bincount(codes[self.alive], minlength=int(codes.max()) + 1)
        return counts[codes[places]]

    def values(self, field: str) -> Ints:
        if field not in self._values:
            found = [self.value(field, place) for place in range(len(self.tasks))]
            self._values[field] = np.unique(np.array(found), return_inverse=True)[1]
        return self._values[field]

    def value(self, field: str, place: int) -> str:
        """What a task counts under; one without an instance has the zone of its subnet, and stands for itself."""
        row, task = int(self.rows[place]), self.tasks[place]
        if row >= 0:
            return str(self.fleet.values(field).value(row) or "")
        return task.availability_zone if field == ZONE_FIELD else task.id


def _amounts(task: Task) -> tuple[int, int, int]:
    return task.reserved.cpu, task.reserved.memory, task.reserved.gpu

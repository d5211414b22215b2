"""One workload placed under several strategies on the same instances: what came of each, in numbers and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from labkit.views.picture import count
from labkit.views.table import Table

STAYS, STOPPED, LOST = "stays", "stopped", "lost"


class Machine(NamedTuple):
    """An instance: `cpu` in units and `memory` in MiB registered, `price` in USD an hour; a state for each task."""

    name: str
    type: str
    zone: str
    cpu: int
    memory: int
    price: float
    tasks: tuple[str, ...] = ()
    dead: bool = False

    @property
    def running(self) -> int:
        """The tasks that were placed here and not stopped; a death later doesn't count."""
        return sum(state != STOPPED for state in self.tasks)


class Column(NamedTuple):
    """What came of one strategy; `refusals` says why tasks are left over: (reason, instances) pairs."""

    name: str
    machines: tuple[Machine, ...]
    left_over: int = 0
    refusals: tuple[tuple[str, int], ...] = ()

    @property
    def running(self) -> int:
        """The tasks that were placed and not stopped."""
        return sum(machine.running for machine in self.machines)

    @property
    def used(self) -> tuple[Machine, ...]:
        """The instances with tasks; the others could go."""
        return tuple(machine for machine in self.machines if machine.running)

    @property
    def cost(self) -> float:
        """USD an hour for the instances that are used."""
        return sum(machine.price for machine in self.used)

    @property
    def by_zone(self) -> dict[str, int]:
        """Tasks by zone."""
        found: Counter[str] = Counter()
        for machine in self.machines:
            found[machine.zone] += machine.running
        return dict(found)

    @property
    def worst_instance(self) -> int:
        """The tasks that are lost with the fullest instance."""
        return max((machine.running for machine in self.machines), default=0)

    @property
    def worst_zone(self) -> int:
        """The tasks that are lost with the fullest zone."""
        return max(self.by_zone.values(), default=0)


class Board(NamedTuple):
    """All strategies under one workload: so many tasks of so many CPU units and MiB each."""

    columns: tuple[Column, ...]
    asked: int
    cpu: int
    memory: int


# Words and numbers


def describe(board: Board) -> str:
    """The alt text: each strategy with its scores."""
    head = f"{count(board.asked, 'task')} of {board.cpu} CPU units and {board.memory} MiB."
    return " ".join([head, *(_told(column) for column in board.columns)])


def _told(column: Column) -> str:
    used = f"{len(column.used)} of {count(len(column.machines), 'instance')} used, {dollars(column.cost)} an hour"
    lost = f"{column.worst_instance} lost with the fullest instance, {column.worst_zone} with the fullest zone"
    over = f"; {column.left_over} not placed" if column.left_over else ""
    dead = [machine for machine in column.machines if machine.dead]
    died = f"; now {count(sum(each.running for each in dead), 'task')} lost with {_all(dead)}" if dead else ""
    return f"{column.name}: {used}; {lost}{over}{died}."


def _all(dead: Sequence[Machine]) -> str:
    return f"zone {dead[0].zone}" if len(dead) > 1 else f"instance {dead[0].name}"


def dollars(amount: float) -> str:
    """Such as `$0.576`."""
    return f"${amount:.3f}"


Score = tuple[str, Callable[[Column], float], Callable[[Column], str]]

SCORES: tuple[Score, ...] = (
    ("Tasks running", lambda column: -column.running, lambda column: str(column.running)),
    ("Instances used", lambda column: len(column.used), lambda column: f"{len(column.used)} of {len(column.machines)}"),
    ("Cost an hour", lambda column: round(column.cost, 4), lambda column: dollars(column.cost)),
    ("Lost with the fullest instance", lambda column: column.worst_instance, lambda column: str(column.worst_instance)),
    ("Lost with the fullest zone", lambda column: column.worst_zone, lambda column: str(column.worst_zone)),
)
"""Each score: its name, the number to compare (lower is better) and the words."""


def scores(board: Board) -> Table:
    """One row a strategy; the best of each column has a star."""
    stars = [_stars([number_of(column) for column in board.columns]) for _, number_of, _ in SCORES]
    rows = [
        (column.name, *(words(column) + stars[n][place] for n, (_, _, words) in enumerate(SCORES)))
        for place, column in enumerate(board.columns)
    ]
    return Table("Strategies compared (★ best)", ("Strategy", *(name for name, _, _ in SCORES)), tuple(rows))


def _stars(numbers: Sequence[float]) -> list[str]:
    """A star for each of the lowest numbers, none where all are alike."""
    low = min(numbers, default=0.0)
    return [" ★" if each == low and max(numbers) > low else "" for each in numbers]


def places(board: Board) -> Table:
    """One row an instance, one column a strategy: how many tasks run there."""
    machines = board.columns[0].machines if board.columns else ()
    rows = [
        (machine.name, machine.type, machine.zone, *(column.machines[place].running for column in board.columns))
        for place, machine in enumerate(machines)
    ]
    heads = ("Instance", "Type", "Zone", *(column.name for column in board.columns))
    return Table("Tasks by instance", heads, tuple(rows))

"""How a printer is declared, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Object = dict[str, Any]
Cell = str | int


class View(NamedTuple):
    """How objects are looked at: the moment, as the API writes it, and whether wide columns are wanted."""

    now: str
    wide: bool = False


Row = Callable[[Object, View], list[Cell]]


class Printer(NamedTuple):
    """The columns of one kind, each with whether it is shown in wide tables only, and the function for a row."""

    names: tuple[str, ...]
    wide_only: tuple[bool, ...]
    row: Row

    def columns(self, wide: bool) -> list[str]:
        """The names of the columns that are shown."""
        return [name for name, only in zip(self.names, self.wide_only, strict=True) if wide or not only]

    def cells(self, obj: Object, view: View) -> list[Cell]:
        """The cells of one object in the columns that are shown."""
        row = self.row(obj, view)
        return [cell for cell, only in zip(row, self.wide_only, strict=True) if view.wide or not only]


PRINTERS: dict[str, Printer] = {}


def printer(*kinds: str, columns: tuple[str, ...]) -> Callable[[Row], Row]:
    """Enter the decorated function as the printer of `kinds`; a column that starts with + is for wide tables only."""

    def enter(function: Row) -> Row:
        names = tuple(column.removeprefix("+") for column in columns)
        wide_only = tuple(column.startswith("+") for column in columns)
        PRINTERS.update(dict.fromkeys(kinds, Printer(names, wide_only, function)))
        return function

    return enter

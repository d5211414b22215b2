"""What changed between two moments of a lab, as a table: objects gone, objects new, fields with their two values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labkit.history import Change
from labkit.views.table import Table

_MOST = 60  # characters shown of a value


def table(changes: Iterable[Change]) -> Table:
    """One row a change of `lab.diff(a, b)`; long values are cut."""
    return Table("What changed", ("Object", "Field", "Before", "After"), tuple(map(_row, changes)))


def _row(change: Change) -> tuple[object, ...]:
    key = change.key
    name = f"{key.kind} {key.namespace}/{key.name}" if key.namespace else f"{key.kind} {key.name}"
    if change.path:
        return name, change.path, _short(change.old), _short(change.new)
    return (name, "", "not there", "there") if change.old is None else (name, "", "there", "gone")


def _short(value: Any) -> str:
    words = "not set" if value is None else str(value)
    return words if len(words) <= _MOST else words[: _MOST - 1] + "…"

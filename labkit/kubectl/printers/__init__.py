"""What `kubectl get` shows of each kind: a function per kind from an object to the cells of a row."""

from __future__ import annotations

from labkit.kubectl.printers import batch, configuration, events, extensions, nodes, pods, services, storage, workloads
from labkit.kubectl.printers.registry import PRINTERS, Cell, Object, Printer, View

__all__ = [
    "PRINTERS",
    "Cell",
    "Printer",
    "View",
    "batch",
    "cells",
    "configuration",
    "events",
    "extensions",
    "nodes",
    "pods",
    "printer_of",
    "services",
    "storage",
    "workloads",
]  # fmt: skip


def _plain(obj: Object, view: View) -> list[Cell]:
    """The row of a kind that has no printer of its own: the name and the moment of creation."""
    return [obj["metadata"].get("name", ""), obj["metadata"].get("creationTimestamp", "")]


PLAIN = Printer(("Name", "Created At"), (False, False), _plain)


def printer_of(kind: str) -> Printer:
    """The printer of a kind."""
    return PRINTERS.get(kind, PLAIN)


def cells(kind: str, obj: Object, now: str) -> dict[str, Cell]:
    """Every column of `kubectl get -o wide` for one object at the moment `now`: column name to cell."""
    printer = printer_of(kind)
    return dict(zip(printer.names, printer.row(obj, View(now, wide=True)), strict=True))

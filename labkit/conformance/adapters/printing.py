"""Adapters of the table printers: labkit.kubectl.printers, one row a kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.kubectl import printers


def _row_of(kind: str) -> Callable[[Any], Any]:
    return lambda row: printers.cells(kind, row["object"], row["now"])


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {("printers", kind): _row_of(kind) for kind in printers.PRINTERS}

"""Text in columns, as kubectl's tabwriter sets it.

A column is as wide as its widest cell plus 3 spaces and at least 6; the last cell of a line is not padded.
Source: cli-runtime pkg/printers/tabwriter.go and tableprinter.go, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

PADDING = 3
MINIMUM = 6


def columns(rows: Sequence[Sequence[Any]], padding: int = PADDING, minimum: int = MINIMUM) -> str:
    """Rows of cells as lines, each ended by a newline; every row has the same number of cells."""
    texts = [[cell_text(cell) for cell in row] for row in rows]
    widths = [max(minimum, max(map(len, column)) + padding) for column in zip(*texts, strict=True)]
    return "".join(_line(row, widths) for row in texts)


def _line(row: list[str], widths: list[int]) -> str:
    *padded, last = row
    return "".join(f"{cell:<{width}}" for cell, width in zip(padded, widths, strict=False)) + last + "\n"


def cell_text(cell: Any) -> str:
    """One cell as text, cut at the first line break."""
    text = cell if isinstance(cell, str) else str(cell)
    first = text.splitlines()[0] if text.splitlines() else ""
    return text if first == text else f"{first}..."

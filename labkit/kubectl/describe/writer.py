"""Text whose columns line up, written line by line with an indent by level.

A cell ends with a tab; adjacent lines that have a cell in a column share the column's width: the widest cell plus
2 spaces. The last cell of a line belongs to no column. Sources: Go text/tabwriter (elastic tabstops, as
`Init(buf, 0, 8, 2, ' ', 0)`) and kubectl pkg/describe/describe.go PrefixWriter, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

PADDING = 2
INDENT = "  "


class Writer:
    """Collects lines; `text` lines them up. `level` indents a line by two spaces each."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def line(self, *cells: Any, level: int = 0) -> None:
        """One line of cells, the columns of a table."""
        self._parts.append(INDENT * level + "\t".join(map(str, cells)) + "\n")

    def field(self, name: str, value: Any = "", level: int = 0) -> None:
        """`Name:  value`."""
        self.line(f"{name}:", value, level=level)

    def heading(self, name: str, level: int = 0) -> None:
        """`Name:` alone; the lines below it belong to it."""
        self.line(f"{name}:", level=level)

    def listed(self, name: str, values: Iterable[Any], level: int = 0) -> None:
        """A field with a line for each value, `<none>` without any."""
        texts = [str(value) for value in values] or ["<none>"]
        self.line(f"{name}:", texts[0], level=level)
        for text in texts[1:]:
            self.line("", text)

    def table(self, columns: Iterable[str], level: int = 1) -> None:
        """The header of a table: the names of the columns and a line of dashes under each."""
        names = list(columns)
        self.line(*names, level=level)
        self.line(*("-" * len(name) for name in names), level=level)

    def raw(self) -> str:
        """Everything written, with its tabs."""
        return "".join(self._parts)

    def text(self) -> str:
        """Everything written, lined up."""
        return aligned("".join(self._parts))


def aligned(text: str) -> str:
    """`text` with its tabs replaced by spaces so that the cells of adjacent lines line up."""
    *lines, last = [line.split("\t") for line in text.split("\n")]
    shown = [_padded(cells, widths) for cells, widths in zip(lines, _widths(lines), strict=True)]
    return "".join(f"{line}\n" for line in shown) + "".join(last)


def _padded(cells: list[str], widths: list[int]) -> str:
    *columns, last = cells
    return "".join(cell.ljust(width) for cell, width in zip(columns, widths, strict=True)) + last


def _widths(lines: list[list[str]]) -> list[list[int]]:
    """For each line the widths of its columns, all but the last cell."""
    widths: list[list[int]] = [[0] * (len(cells) - 1) for cells in lines]
    for column in range(max((len(cells) - 1 for cells in lines), default=0)):
        for block in _blocks(lines, column):
            width = max(len(lines[at][column]) for at in block) + PADDING
            for at in block:
                widths[at][column] = width
    return widths


def _blocks(lines: list[list[str]], column: int) -> Iterator[list[int]]:
    """The runs of adjacent lines that have a cell in `column`."""
    run: list[int] = []
    for at, cells in enumerate([*lines, [""]]):
        if column < len(cells) - 1:
            run.append(at)
        elif run:
            yield run
            run = []

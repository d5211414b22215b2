"""`--output table`: boxes within boxes, as wide as the widest, one section for each object or list of objects.

Source: aws-cli v2, awscli/table.py and awscli/formatter.py: names in alphabetical order; a section of one row stands
upright where the table is wider than the terminal, which here has 80 columns.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

TERMINAL = 80
PADDING = 4


class Section(NamedTuple):
    """A titled box: `depth` is how many bars stand left and right of it."""

    title: str
    depth: int
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def widths(self) -> list[int]:
        """What each column needs without padding."""
        lines = [*([self.heads] if self.heads else []), *self.rows]
        return [max(map(wide, column)) for column in zip(*lines, strict=True)]

    @property
    def total(self) -> int:
        """What the whole section needs."""
        around = 2 + 2 * self.depth
        return max(wide(self.title) + around, sum(width + PADDING for width in self.widths) + around)

    def upright(self) -> Section:
        """One row of many columns as many rows of two."""
        if len(self.rows) != 1 or not self.heads:
            return self
        return self._replace(heads=(), rows=tuple(zip(self.heads, self.rows[0], strict=True)))


def wide(text: str) -> int:
    """Columns that a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def table(title: str, answer: Any) -> str:
    """An answer as a table; nothing for an empty one."""
    sections = [*_sections(title, answer, 0)]
    if not sections:
        return ""
    if max(one.total for one in sections) > TERMINAL:
        sections = [one.upright() for one in sections]
    width = max(one.total for one in sections)
    lines = ["-" * width, *(line for one in sections for line in _drawn(one, width))]
    return "".join(f"{line}\n" for line in lines)


def _sections(title: str, value: Any, depth: int) -> Iterator[Section]:
    if not value:
        return
    if isinstance(value, Mapping):
        yield from _of_object(title, value, depth)
    elif isinstance(value, list) and isinstance(value[0], Mapping):
        yield from _of_objects(title, value, depth)
    elif isinstance(value, list):
        yield from _of_list(title, value, depth)
    else:
        yield Section(title, depth, (), ())  # as the real one: a scalar is not shown


def _of_list(title: str, items: Sequence[Any], depth: int) -> Iterator[Section]:
    """Scalars in a row each; a list of scalars is a row; what is deeper comes after."""
    rows = [one if isinstance(one, list) else [one] for one in items if not _is_deep(one)]
    size = max(map(len, rows), default=0)
    yield Section(title, depth, (), tuple(tuple(map(str, [*row, *[""] * (size - len(row))])) for row in rows))
    for one in items:
        if _is_deep(one):
            yield from _sections("", one, 0)


def _is_deep(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and any(map(_is_within, value)))


def _is_within(value: Any) -> bool:
    return isinstance(value, Mapping | list)


def _of_object(title: str, value: Mapping[str, Any], depth: int) -> Iterator[Section]:
    heads, more = _keys([value])
    if len(heads) == 1:
        yield Section(title, depth, (), ((heads[0], str(value[heads[0]])),))
    else:
        yield Section(title, depth, heads, (tuple(str(value[key]) for key in heads),) if heads else ())
    for key in more:
        yield from _sections(key, value[key], depth + 1)


def _of_objects(title: str, items: Sequence[Mapping[str, Any]], depth: int) -> Iterator[Section]:
    """One box for all of them, unless something stands within: then a box for each."""
    heads, more = _keys(items)
    rows = [tuple(str(one.get(key, "")) for key in heads) for one in items]
    if not more:
        yield Section(title, depth, heads, tuple(rows))
        return
    for one, row in zip(items, rows, strict=True):
        yield Section(title, depth, heads, (row,))
        for key in more:
            yield from _sections(key, one.get(key), depth + 1)


def _keys(items: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of plain values and those of what stands within."""
    plain = {key for one in items for key, value in one.items() if not _is_within(value)}
    within = {key for one in items for key, value in one.items() if _is_within(value)}
    return tuple(sorted(plain)), tuple(sorted(within))


def _drawn(section: Section, whole: int) -> Iterator[str]:
    bars, width = "|" * section.depth, whole - 2 * section.depth
    for line in _lines(section, width):
        yield f"{bars}{line}{bars}"


def _lines(section: Section, width: int) -> Iterator[str]:
    if section.title:
        yield _centred(section.title, width, "|")
        if not section.heads and not section.rows:
            yield f"+{'-' * (width - 2)}+"
    widths = _scaled(section.widths, width)
    rule = _rule(widths)
    if section.heads:
        yield rule
        cells = zip(section.heads, widths, strict=True)
        yield "".join(_centred(head, each, "" if place else "|") for place, (head, each) in enumerate(cells))
    if section.rows and widths:
        yield rule
        for row in section.rows:
            cells = zip(row, widths, strict=True)
            yield "".join(_left(text, each, "" if place else "|") for place, (text, each) in enumerate(cells))
        yield rule


def _rule(widths: Sequence[int]) -> str:
    cells = ["-" * (width - (1 if place else 2)) for place, width in enumerate(widths)]
    return f"+{'+'.join(cells)}+"


def _scaled(widths: Sequence[int], whole: int) -> list[int]:
    """Padded widths stretched to fill the whole; what rounding leaves goes to the outer columns one by one."""
    if not widths:
        return []
    padded = [width + PADDING for width in widths]
    scaled = [round(width * whole / sum(padded)) for width in padded]
    while (off := sum(scaled) - whole) != 0:
        order = range(len(scaled)) if off > 0 else range(len(scaled) - 1, -1, -1)
        for place in list(order)[: abs(off)]:
            scaled[place] -= 1 if off > 0 else -1
    return scaled


def _centred(text: str, width: int, edge: str) -> str:
    start = edge + " " * (width // 2 - wide(text) // 2 - 1) + text
    return start + " " * (width - wide(start) - 1) + "|"


def _left(text: str, width: int, edge: str) -> str:
    padding = 2 if width - (wide(text) + 2 + len(edge) + 1) >= 0 else 0
    start = edge + " " * padding + text
    return start + " " * (width - wide(start) - 1) + "|"

"""Tables of what a picture shows: the same numbers in words, as HTML and as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from labkit.views.style import RULE
from labkit.views.svg import escape

_HEAD = f"text-align:left;padding:3px 14px 3px 0;border-bottom:1px solid {RULE};font-weight:600;vertical-align:bottom"
_SHORT = 24  # characters that are not worth breaking
_CELL = "text-align:left;padding:3px 14px 3px 0;vertical-align:top"


class Table(NamedTuple):
    """A caption, column heads and rows of cells (anything; shown by `str`)."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    def html(self) -> str:
        """An HTML table with a caption and scoped heads; colours come from the page, so it suits dark and light."""
        heads = "".join(f'<th scope="col" style="{_HEAD}">{escape(column)}</th>' for column in self.columns)
        body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in self.rows)
        caption = f'<caption style="text-align:left;padding:4px 0">{escape(self.caption)}</caption>'
        return (
            f'<table style="border-collapse:collapse;font-size:13px;line-height:1.35;margin:4px 0">{caption}'
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        )

    def text(self) -> str:
        """The table in columns of plain text, three blanks apart, heads in capitals, as kubectl prints."""
        return columns([tuple(column.upper() for column in self.columns), *(tuple(map(str, row)) for row in self.rows)])

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<table: {self.caption}, {len(self.rows)} rows>"

    def _repr_html_(self) -> str:
        return self.html()


def _cell(value: object) -> str:
    words = str(value)
    unbroken = ";white-space:nowrap" if len(words) <= _SHORT else ""
    return f'<td style="{_CELL}{unbroken}">{escape(words)}</td>'


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of words set in aligned columns, without blanks at the ends of lines."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("   ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)

"""What `lab.show()` and its sisters return: a figure that carries its words."""

from __future__ import annotations

from dataclasses import dataclass

from labkit.views.svg import escape
from labkit.views.table import Table

_SUMMARY = "cursor:pointer;font-size:13px;padding:2px 0"


@dataclass(frozen=True, repr=False)
class Drawing:
    """An SVG with its alt text and tables of the same numbers; a notebook shows all three, `print` the words.

    `title` is short and stable, for it is the object's `repr` and nbval compares it.
    """

    title: str
    svg: str
    alt: str
    tables: tuple[Table, ...] = ()

    def __repr__(self) -> str:
        return f"<{self.title}>"

    def __str__(self) -> str:
        return "\n\n".join([self.alt, *(table.text() for table in self.tables if table.rows)])

    def _repr_html_(self) -> str:
        return figure(self.svg, self.alt, self.tables)


def figure(svg: str, alt: str, tables: tuple[Table, ...] = ()) -> str:
    """An HTML `<figure>`: the SVG, and below it the tables behind a summary that opens by mouse or key."""
    body = f'<div style="overflow-x:auto">{svg}</div>{details(tables)}'
    return f'<figure role="group" aria-label="{escape(alt)}" style="margin:0">{body}</figure>'


def details(tables: tuple[Table, ...], summary: str = "The same as a table") -> str:
    """The tables that have rows, folded away behind `summary`; empty when there is none."""
    shown = "".join(table.html() for table in tables if table.rows)
    return shown and f'<details><summary style="{_SUMMARY}">{escape(summary)}</summary>{shown}</details>'

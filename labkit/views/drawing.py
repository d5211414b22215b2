"""What `lab.show()` and its sisters return: a figure that carries its words."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from labkit.views.svg import escape
from labkit.views.table import Table

_SUMMARY = "cursor:pointer;font-size:13px;padding:2px 0"
_AS_IT_IS = " ='/:;,.()-_!*@?$&+"  # what a data address may hold besides letters and digits


@dataclass(frozen=True, repr=False)
class Drawing:
    """An SVG, `width` px wide, with its alt text and tables of the same numbers; a notebook shows all three.

    Where there is less room it shrinks down to `least` of its width and then scrolls, so that words stay readable.

    `title` is short and stable, for it is the object's `repr` and nbval compares it. `print` gives the words.
    """

    title: str
    svg: str
    width: int
    alt: str
    tables: tuple[Table, ...] = ()
    least: float = 0.92

    def __repr__(self) -> str:
        return f"<{self.title}>"

    def __str__(self) -> str:
        return "\n\n".join([self.alt, *(table.text() for table in self.tables if table.rows)])

    def _repr_html_(self) -> str:
        shown = image(self.svg, self.width, self.alt, self.least)
        return f'<figure style="margin:0"><div style="overflow-x:auto">{shown}</div>{details(self.tables)}</figure>'


@dataclass(frozen=True, repr=False)
class Drawings:
    """Several drawings, one below the other."""

    parts: tuple[Drawing, ...]

    def __repr__(self) -> str:
        return ", ".join(map(repr, self.parts))

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.parts))

    def _repr_html_(self) -> str:
        return "".join(each._repr_html_() for each in self.parts)


def image(svg: str, width: int, alt: str, least: float) -> str:
    """The SVG as an image of the page.

    JupyterLab takes an SVG element apart in a notebook that wasn't run yet, and ignores the alt text of image outputs;
    an image with a data address keeps both (JupyterLab 4.6, apputils/src/sanitizer.ts).
    """
    style = f"width:100%;max-width:{width}px;min-width:{int(width * least)}px"
    return f'<img alt="{escape(alt)}" style="{style}" src="data:image/svg+xml,{escape(quote(svg, safe=_AS_IT_IS))}">'


def details(tables: tuple[Table, ...], summary: str = "The same as a table") -> str:
    """The tables that have rows, folded away behind `summary`; empty when there is none."""
    shown = "".join(table.html() for table in tables if table.rows)
    return shown and f'<details><summary style="{_SUMMARY}">{escape(summary)}</summary>{shown}</details>'

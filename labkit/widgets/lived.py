"""What widgets share that have a lab live some time at every change, and explain a moment of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as ipw

from labkit.collecting import paused
from labkit.views.drawing import details
from labkit.views.svg import escape
from labkit.views.table import Table
from labkit.widgets.parts import Canvas, Note, Panel, slider

PRE = "margin:4px 0;line-height:1.35"


class Lived(Panel):
    """A load's `pattern`, `bounds` and `parts` to set, a picture, a moment and why, and what is folded away.

    An heir makes its controls, has the time lived anew in `_live`, and draws the moment in `_redraw`.
    """

    pattern: Any
    bounds: Any
    parts: dict[str, Any]

    def __init__(self, rows: Sequence[Any], moment: Any, folded: Canvas) -> None:
        self.moment, self.sum, self.canvas, self.note = moment, Note(), Canvas(), Note()
        super().__init__([*rows, self.sum, self.canvas, moment, self.note, folded])
        self.layout.max_width = "970px"
        for each in (self.pattern, self.bounds, *self.parts.values()):
            each.observe(lambda _: self._anew(), "value")
        moment.observe(lambda _: self._redraw(), "value")
        self._anew()

    @property
    def chosen(self) -> dict[str, Any]:
        """What is set now, by the names of a choice's fields."""
        least, most = self.bounds.value
        set_ = {name: part.value for name, part in self.parts.items()}
        return {"pattern": self.pattern.value, "least": least, "most": most, **set_}

    def _anew(self) -> None:
        """Live the time anew and show it; garbage is collected when it is on its way to the page."""
        with paused():
            self._live()

    def _live(self) -> None:
        raise NotImplementedError

    def _redraw(self) -> None:
        raise NotImplementedError


def bounds(name: str, ends: tuple[int, int], most: int, width: int, label: int) -> Any:
    """A slider of a least and a most, `width` px wide, of which `label` px are its name."""
    layout, style = {"width": f"{width}px"}, {"description_width": f"{label}px"}
    return ipw.IntRangeSlider(value=ends, min=1, max=most, description=name, layout=layout, style=style)


def moments(at: int, length: int, step: int) -> Any:
    """A slider over all of the time, in seconds."""
    made = slider("moment (s)", at, (0, length), 830, 76)
    made.step = step
    return made


def folded(table: Table, title: str, text: str, style: str = PRE) -> str:
    """The table, and a text under its title, folded away."""
    summary = f"<summary style='cursor:pointer;font-size:13px;padding:2px 0'>{escape(title)}</summary>"
    return f"{details((table,))}<details>{summary}<pre style='{style}'>{escape(text)}</pre></details>"

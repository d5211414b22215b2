"""The few ipywidgets that all of labkit's widgets are built of: panels, labelled buttons, prose, live notes, drawings.

Everything is wired with `observe` and `on_click`; there is no `interact` and no `Output`, which nbval can't follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as ipw

from labkit.views.svg import escape

_LABELS = {"description_width": "auto"}


class Panel(ipw.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A column of widgets with a short, stable `repr`, since notebooks store it."""

    def __init__(self, children: Sequence[Any]) -> None:
        super().__init__(list(children), layout={"width": "auto", "max_width": "900px"})

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()}>"


def row(*children: Any) -> ipw.HBox:
    """Widgets side by side, wrapping where there is no room."""
    return ipw.HBox(list(children), layout={"flex_flow": "row wrap", "align_items": "center", "grid_gap": "6px"})


def button(words: str, tooltip: str, act: Callable[[Any], None], icon: str = "") -> ipw.Button:
    """A button whose text says what it does; `tooltip` says it at more length."""
    made = ipw.Button(description=words, tooltip=tooltip, icon=icon, layout={"width": "auto"})
    made.on_click(act)
    return made


def dropdown(label: str, options: Sequence[Any], **more: Any) -> ipw.Dropdown:
    """A labelled drop-down list, as wide as it needs to be."""
    return ipw.Dropdown(description=label, options=list(options), style=_LABELS, layout={"width": "auto"}, **more)


def slider(name: str, value: int, ends: tuple[int, int], width: int, label: int) -> Any:
    """A slider of whole numbers between both ends, `width` px wide, of which `label` px are its name."""
    low, high = ends
    layout, style = {"width": f"{width}px"}, {"description_width": f"{label}px"}
    return ipw.IntSlider(value, min=low, max=max(high, value), description=name, layout=layout, style=style)


def prose(words: str) -> ipw.HTML:
    """A paragraph of the caller's words; `code` in backticks is set as code."""
    parts = [escape(part) for part in words.split("`")]
    text = "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts))
    return ipw.HTML(f'<p style="margin:4px 0;line-height:1.45">{text}</p>')


class Note(ipw.HTML):  # type: ignore[misc]  # ipywidgets has no types
    """Words that change; marked as a status, so that screen readers say them."""

    def say(self, html: str) -> None:
        """Show `html` in place of what was there."""
        self.value = f'<div role="status" aria-live="polite" style="line-height:1.45">{html}</div>'

    def __repr__(self) -> str:
        return "<note>"


class Canvas(ipw.HTML):  # type: ignore[misc]  # ipywidgets has no types
    """A place for an SVG string that is replaced as the state changes."""

    def __repr__(self) -> str:
        return "<canvas>"

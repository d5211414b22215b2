"""The placement lab: one workload under up to four strategies, on the same instances, side by side."""

from __future__ import annotations

import json
from typing import Any

import ipywidgets as ipw

from labkit.errors import AwsError
from labkit.views.drawing import details
from labkit.views.placement_board import Board, places, scores
from labkit.views.placement_svg import render
from labkit.views.svg import escape
from labkit.widgets.parts import Canvas, Note, Panel, button, dropdown, row
from labkit.widgets.placement_trial import (
    CONSTRAINTS,
    DEATHS,
    MEMBER,
    STRATEGIES,
    TYPES,
    Choice,
    board,
    requests,
)

EMPTY = "(none)"
_COLUMNS = 4
MOST = (6, 3, 3)
"""Instances of each type."""
_NARROW = {"layout": {"width": "270px"}, "style": {"description_width": "104px"}}


def placement_lab(**choice: Any) -> PlacementLab:
    """Place tasks under several strategies at once; keywords as in `Choice` set where it begins."""
    return PlacementLab(Choice(**choice))


class PlacementLab(Panel):
    """The widgets around a `Choice`: workload, instances, strategies; the scores, the picture, the requests."""

    def __init__(self, choice: Choice) -> None:
        self.draw = choice.draw
        self.sizes = {
            "tasks": _slider("tasks", choice.tasks, 1, 40),
            "cpu": _slider("CPU units each", choice.cpu, 128, 2048, 128),
            "memory": _slider("MiB each", choice.memory, 256, 8192, 256),
            "stop": _slider("then stop", choice.stop, 0, 40),
        }
        self.mix = [_slider(name, many, 0, most) for name, many, most in zip(TYPES, choice.mix, MOST, strict=True)]
        self.strategies = [_strategy(n, choice.strategies) for n in range(_COLUMNS)]
        self.others = {
            "zones": dropdown("Zones", [("a, b, c", "abc"), ("a, b", "ab"), ("a", "a")], value=choice.zones),
            "constraint": dropdown("Constraint", CONSTRAINTS, value=choice.constraint),
            "expression": _expression(choice.expression),
            "dies": dropdown("What dies", DEATHS, value=choice.dies),
        }
        self.note, self.table, self.canvas, self.requests = Note(), Note(), Canvas(), Note()
        super().__init__([*self._controls(), self.note, self.table, self.canvas, self.requests])
        self._redraw()

    def __repr__(self) -> str:
        return f"<placement lab: {self.choice.tasks} tasks, {sum(self.choice.mix)} instances>"

    @property
    def choice(self) -> Choice:
        """What is set now."""
        chosen = dict.fromkeys(each.value for each in self.strategies if each.value != EMPTY)
        values = {name: part.value for name, part in {**self.sizes, **self.others}.items()}
        mix = tuple(each.value for each in self.mix)
        return Choice(mix=mix, strategies=tuple(chosen), draw=self.draw, **values)

    def draw_again(self, _: Any = None) -> None:
        """Let chance decide anew, where it decides."""
        self.draw += 1
        self._redraw()

    def _controls(self) -> list[Any]:
        for part in (*self.sizes.values(), *self.mix, *self.strategies, *self.others.values()):
            part.observe(lambda _: self._redraw(), "value")
        again = button("Draw again", "Let chance decide anew, where it decides", self.draw_again, "random")
        sizes, others = self.sizes, self.others
        return [
            row(sizes["tasks"], sizes["cpu"], sizes["memory"]),
            row(*self.mix),
            row(others["zones"], others["constraint"], others["expression"]),
            row(*self.strategies),
            row(sizes["stop"], others["dies"], again),
        ]

    def _redraw(self) -> None:
        choice = self.choice
        self.others["expression"].disabled = choice.constraint != MEMBER
        try:
            made = board(choice)
        except AwsError as refusal:
            self.note.say(
                f"<b>ECS refuses this:</b> <pre style='margin:2px 0;overflow-x:auto'>{escape(str(refusal))}</pre>"
            )
            return
        self.note.say(_told(made))
        self.table.say(scores(made).html() if made.columns else "")
        self.canvas.value = render(made) + details((places(made),)) if made.columns else ""
        self.requests.say(_folded(choice))


def _slider(label: str, value: int, low: int, high: int, step: int = 1) -> Any:
    return ipw.IntSlider(value, min=low, max=high, step=step, description=label, **_NARROW)


def _strategy(place: int, chosen: tuple[str, ...]) -> Any:
    value = chosen[place] if place < len(chosen) else EMPTY
    made = dropdown(f"{place + 1}", (EMPTY, *STRATEGIES), value=value)
    made.layout.width = "198px"
    made.tooltip = f"Strategy number {place + 1}"
    return made


def _expression(value: str) -> Any:
    style, layout = {"description_width": "auto"}, {"width": "340px"}
    return ipw.Text(value, description="expression", continuous_update=False, style=style, layout=layout)


def _told(made: Board) -> str:
    """One line: is everything placed, and if not, why."""
    if not made.columns:
        return "Choose a strategy."
    over = [column for column in made.columns if column.left_over]
    if not over:
        return f"All {made.asked} tasks are placed, whatever the strategy."
    if len({column.left_over for column in made.columns}) == 1:
        return f"{over[0].left_over} of {made.asked} tasks can't be placed, whatever the strategy."
    parts = (f"{column.name} leaves {column.left_over}" for column in over)
    return escape(f"Not all of {made.asked} tasks are placed: {'; '.join(parts)}.")


def _folded(choice: Choice) -> str:
    shown = "\n".join(f"{name}\n  {json.dumps(asked)}" for name, asked in requests(choice).items())
    return (
        '<details><summary style="cursor:pointer">What run-task or create-service is asked</summary>'
        f'<pre style="line-height:1.35;white-space:pre-wrap">{escape(shown)}</pre></details>'
    )

"""The two loops of ECS: set both, and see at once what a load makes of tasks and of machines."""

from __future__ import annotations

import json
from typing import Any

import ipywidgets as ipw

from labkit.views.loops import delays, describe, moment, table, verdict
from labkit.views.loops_svg import render
from labkit.views.svg import escape
from labkit.widgets.lived import PRE, Lived, bounds, folded, moments
from labkit.widgets.loops_film import LENGTH, MOST_TASKS, PATTERNS, STEP, Choice, Film, film
from labkit.widgets.parts import Canvas, dropdown, row, slider

_PRE = f"{PRE};white-space:pre-wrap"
_STEPS = {"target": 5, "cool_in": 30, "full": 5, "launch": 15, "warmup": 30}


def two_loops(**settings: Any) -> TwoLoops:
    """Play with both loops; `settings` are those of `labkit.widgets.loops_film.Choice`, such as `target=80`."""
    return TwoLoops(Choice(**settings))


class TwoLoops(Lived):
    """The widgets around a `Choice`: the load, both loops' settings, the charts, a moment and why."""

    def __init__(self, choice: Choice) -> None:
        self.pattern = dropdown("Load", list(PATTERNS), value=choice.pattern)
        self.bounds = bounds("min, max tasks", (choice.least, choice.most), MOST_TASKS, 320, 100)
        self.parts: dict[str, Any] = {
            "target": slider("target (%)", choice.target, (30, 100), 260, 76),
            "cool_in": slider("ScaleInCooldown (s)", choice.cool_in, (0, 600), 330, 136),
            "full": slider("targetCapacity (%)", choice.full, (40, 100), 300, 128),
            "launch": slider("machine starts in (s)", choice.launch, (30, 300), 300, 136),
            "warmup": slider("warm-up (s)", choice.warmup, (0, 600), 258, 86),
        }
        for name, step in _STEPS.items():
            self.parts[name].step = step
        self.settings = Canvas()
        super().__init__(self._rows(), moments(840, LENGTH, int(STEP)), self.settings)

    def __repr__(self) -> str:
        return f"<two loops: {describe(self.film.loops)}>"

    @property
    def choice(self) -> Choice:
        """What is set now."""
        return Choice(**self.chosen)

    def _rows(self) -> list[Any]:
        part = self.parts
        return [
            row(self.pattern, self.bounds),
            row(ipw.HTML("<b>Tasks</b>"), part["target"], part["cool_in"]),
            row(ipw.HTML("<b>Machines</b>"), part["full"], part["launch"], part["warmup"]),
        ]

    def _live(self) -> None:
        self.film: Film | Any = film(self.choice)
        self.sum.say(f"{escape(verdict(self.film.loops))}<br>{escape(delays(self.film.loops))}")
        self._redraw()
        choice = self.choice
        asked = {"TargetTrackingScalingPolicyConfiguration": choice.tracking(), "managedScaling": choice.scaling()}
        title = "Both loops' settings as the API takes them"
        self.settings.value = folded(table(self.film.loops), title, json.dumps(asked, indent=2), _PRE)

    def _redraw(self) -> None:
        at = self.moment.value
        self.canvas.value = render(self.film.loops, at)
        told = "".join(f"<pre style='{_PRE}'>{escape(words)}</pre>" for words in self.film.why(at))
        self.note.say(f"<b>Why now?</b> {escape(moment(self.film.loops, at))}.{told}")

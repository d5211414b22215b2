"""The two loops of ECS: set both, and see at once what a load makes of tasks and of machines."""

from __future__ import annotations

import json
from typing import Any

import ipywidgets as ipw

from labkit.collecting import paused
from labkit.views.drawing import details
from labkit.views.loops import delays, describe, moment, table, verdict
from labkit.views.loops_svg import render
from labkit.views.svg import escape
from labkit.widgets.loops_film import LENGTH, MOST_TASKS, PATTERNS, STEP, Choice, Film, film
from labkit.widgets.parts import Canvas, Note, Panel, dropdown, row, slider

_PRE = "margin:4px 0;line-height:1.35;white-space:pre-wrap"
_STEPS = {"target": 5, "cool_in": 30, "full": 5, "launch": 15, "warmup": 30}


def two_loops(**settings: Any) -> TwoLoops:
    """Play with both loops; `settings` are those of `labkit.widgets.loops_film.Choice`, such as `target=80`."""
    return TwoLoops(Choice(**settings))


class TwoLoops(Panel):
    """The widgets around a `Choice`: the load, both loops' settings, the charts, a moment and why."""

    def __init__(self, choice: Choice) -> None:
        self.pattern = dropdown("Load", list(PATTERNS), value=choice.pattern)
        self.bounds = ipw.IntRangeSlider(
            value=(choice.least, choice.most), min=1, max=MOST_TASKS, description="min, max tasks",
            layout={"width": "320px"}, style={"description_width": "100px"},
        )  # fmt: skip
        self.parts: dict[str, Any] = {
            "target": slider("target (%)", choice.target, (30, 100), 260, 76),
            "cool_in": slider("ScaleInCooldown (s)", choice.cool_in, (0, 600), 330, 136),
            "full": slider("targetCapacity (%)", choice.full, (40, 100), 300, 128),
            "launch": slider("machine starts in (s)", choice.launch, (30, 300), 300, 136),
            "warmup": slider("warm-up (s)", choice.warmup, (0, 600), 258, 86),
        }
        for name, step in _STEPS.items():
            self.parts[name].step = step
        self.moment = slider("moment (s)", 840, (0, LENGTH), 830, 76)
        self.moment.step = int(STEP)
        self.sum, self.canvas, self.note, self.settings = Note(), Canvas(), Note(), Canvas()
        super().__init__([*self._controls(), self.sum, self.canvas, self.moment, self.note, self.settings])
        self.layout.max_width = "970px"
        self._live()

    def __repr__(self) -> str:
        return f"<two loops: {describe(self.film.loops)}>"

    @property
    def choice(self) -> Choice:
        """What is set now."""
        least, most = self.bounds.value
        set_ = {name: part.value for name, part in self.parts.items()}
        return Choice(self.pattern.value, least=least, most=most, **set_)

    def _controls(self) -> list[Any]:
        for each in (self.pattern, self.bounds, *self.parts.values()):
            each.observe(lambda _: self._live(), "value")
        self.moment.observe(lambda _: self._redraw(), "value")
        part = self.parts
        return [
            row(self.pattern, self.bounds),
            row(ipw.HTML("<b>Tasks</b>"), part["target"], part["cool_in"]),
            row(ipw.HTML("<b>Machines</b>"), part["full"], part["launch"], part["warmup"]),
        ]

    def _live(self) -> None:
        """Live the time anew and show it; garbage is collected when it is on its way to the page."""
        with paused():
            self.film: Film | Any = film(self.choice)
            self.sum.say(f"{escape(verdict(self.film.loops))}<br>{escape(delays(self.film.loops))}")
            self._redraw()
            self.settings.value = _folded(self.choice, self.film)

    def _redraw(self) -> None:
        at = self.moment.value
        self.canvas.value = render(self.film.loops, at)
        told = "".join(f"<pre style='{_PRE}'>{escape(words)}</pre>" for words in self.film.why(at))
        self.note.say(f"<b>Why now?</b> {escape(moment(self.film.loops, at))}.{told}")


def _folded(choice: Choice, film: Film) -> str:
    """The table, and the settings as the API takes them, folded away."""
    written = {"TargetTrackingScalingPolicyConfiguration": choice.tracking(), "managedScaling": choice.scaling()}
    return details((table(film.loops),)) + (
        "<details><summary style='cursor:pointer;font-size:13px;padding:2px 0'>Both loops' settings as the API takes"
        f" them</summary><pre style='{_PRE}'>{escape(json.dumps(written, indent=2))}</pre></details>"
    )

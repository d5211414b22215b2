"""Load and replicas: set an autoscaler and what it has to cope with, and see the hour that comes of it at once."""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw
import yaml

from labkit.collecting import paused
from labkit.views.drawing import details
from labkit.views.scaling import describe, minutes, moment, table, verdict
from labkit.views.scaling_svg import render
from labkit.views.svg import escape
from labkit.widgets.parts import Canvas, Note, Panel, dropdown, row, slider
from labkit.widgets.scaling_film import DOWN, HOUR, MOST, PATTERNS, UP, Choice, Film, film

_PRE = "margin:4px 0;line-height:1.35;overflow-x:auto"


def load_and_replicas(**settings: Any) -> LoadAndReplicas:
    """Play with one autoscaler; `settings` are those of `labkit.widgets.scaling_film.Choice`, such as `target=80`."""
    return LoadAndReplicas(Choice(**settings))


class LoadAndReplicas(Panel):
    """The widgets around a `Choice`: the load, the autoscaler's fields, the hour, a moment and why."""

    def __init__(self, choice: Choice) -> None:
        self.pattern = dropdown("Load", list(PATTERNS), value=choice.pattern)
        self.bounds = ipw.IntRangeSlider(
            value=(choice.least, choice.most), min=1, max=MOST, description="min, max",
            layout={"width": "280px"}, style={"description_width": "72px"},
        )  # fmt: skip
        self.parts: dict[str, Any] = {
            "cost": slider("cost of a request (ms)", choice.cost, (5, 40), 330, 152),
            "starts_in": slider("pod starts in (s)", choice.starts_in, (0, 120), 290, 116),
            "target": slider("target (%)", choice.target, (30, 120), 260, 76),
            "tolerance": slider("tolerance (%)", choice.tolerance, (0, 50), 270, 96),
            "wait_down": slider("stabilise down (s)", choice.wait_down, (0, 900), 340, 128),
            "wait_up": slider("stabilise up (s)", choice.wait_up, (0, 300), 340, 128),
            "up": dropdown("up, each 15 s", list(UP), value=choice.up),
            "down": dropdown("down, each 15 s", list(DOWN), value=choice.down),
        }
        for name, step in (("target", 5), ("cost", 5), ("starts_in", 5), ("tolerance", 5)):
            self.parts[name].step = step
        self.parts["wait_down"].step = self.parts["wait_up"].step = 30
        self.moment = slider("moment (s)", 660, (0, HOUR), 830, 76)
        self.moment.step = 15
        self.sum, self.canvas, self.note, self.manifest = Note(), Canvas(), Note(), Canvas()
        super().__init__([*self._controls(), self.sum, self.canvas, self.moment, self.note, self.manifest])
        self.layout.max_width = "970px"
        self._live()

    def __repr__(self) -> str:
        return f"<load and replicas: {describe(self.film.hour)}>"

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
            row(self.pattern, part["cost"], part["starts_in"]),
            row(part["target"], self.bounds, part["tolerance"]),
            row(part["wait_down"], part["down"]),
            row(part["wait_up"], part["up"]),
        ]

    def _live(self) -> None:
        """Live the hour anew and show it; garbage is collected when it is on its way to the page."""
        with paused():
            self.film: Film | Any = film(self.choice)
            self.sum.say(escape(verdict(self.film.hour)))
            self._redraw()
            self.manifest.value = _folded(self.choice, self.film)

    def _redraw(self) -> None:
        at = self.moment.value
        self.canvas.value = render(self.film.hour, at)
        lines = "\n".join(self.film.why(at))
        told = f"<b>Why now?</b> {escape(moment(self.film.hour, at))}. The sync at {minutes(self.film.sync(at))} said:"
        self.note.say(f"{told}<pre style='{_PRE};min-height:8.2em'>{escape(lines)}</pre>")


def _folded(choice: Choice, film: Film) -> str:
    """The table, and the manifest that was applied, folded away."""
    written = yaml.safe_dump(choice.autoscaler(), sort_keys=False, width=100)
    return details((table(film.hour),)) + (
        "<details><summary style='cursor:pointer;font-size:13px;padding:2px 0'>The autoscaler as a manifest</summary>"
        f"<pre style='{_PRE}'>{escape(written)}</pre></details>"
    )

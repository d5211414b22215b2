"""Load and replicas: set an autoscaler and what it has to cope with, and see the hour that comes of it at once."""

from __future__ import annotations

from typing import Any

import yaml

from labkit.views.scaling import describe, minutes, moment, table, verdict
from labkit.views.scaling_svg import render
from labkit.views.svg import escape
from labkit.widgets.lived import PRE, Lived, bounds, folded, moments
from labkit.widgets.parts import Canvas, dropdown, row, slider
from labkit.widgets.scaling_film import DOWN, HOUR, MOST, PATTERNS, UP, Choice, Film, film

_PRE = f"{PRE};overflow-x:auto"


def load_and_replicas(**settings: Any) -> LoadAndReplicas:
    """Play with one autoscaler; `settings` are those of `labkit.widgets.scaling_film.Choice`, such as `target=80`."""
    return LoadAndReplicas(Choice(**settings))


class LoadAndReplicas(Lived):
    """The widgets around a `Choice`: the load, the autoscaler's fields, the hour, a moment and why."""

    def __init__(self, choice: Choice) -> None:
        self.pattern = dropdown("Load", list(PATTERNS), value=choice.pattern)
        self.bounds = bounds("min, max", (choice.least, choice.most), MOST, 280, 72)
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
        self.manifest = Canvas()
        super().__init__(self._rows(), moments(660, HOUR, 15), self.manifest)

    def __repr__(self) -> str:
        return f"<load and replicas: {describe(self.film.hour)}>"

    @property
    def choice(self) -> Choice:
        """What is set now."""
        return Choice(**self.chosen)

    def _rows(self) -> list[Any]:
        part = self.parts
        return [
            row(self.pattern, part["cost"], part["starts_in"]),
            row(part["target"], self.bounds, part["tolerance"]),
            row(part["wait_down"], part["down"]),
            row(part["wait_up"], part["up"]),
        ]

    def _live(self) -> None:
        self.film: Film | Any = film(self.choice)
        self.sum.say(escape(verdict(self.film.hour)))
        self._redraw()
        written = yaml.safe_dump(self.choice.autoscaler(), sort_keys=False, width=100)
        self.manifest.value = folded(table(self.film.hour), "The autoscaler as a manifest", written, _PRE)

    def _redraw(self) -> None:
        at = self.moment.value
        self.canvas.value = render(self.film.hour, at)
        lines = "\n".join(self.film.why(at))
        told = f"<b>Why now?</b> {escape(moment(self.film.hour, at))}. The sync at {minutes(self.film.sync(at))} said:"
        self.note.say(f"{told}<pre style='{_PRE};min-height:8.2em'>{escape(lines)}</pre>")

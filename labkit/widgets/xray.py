"""The X-ray of a scheduling decision: step from filter to pick, and weigh the plugins anew.

The weights are tried on the scores of the decision; the lab and its scheduler are left as they are.
"""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw

from labkit.scheduler import Why
from labkit.views.drawing import details
from labkit.views.svg import escape
from labkit.views.xray import PROFILE, STEPS, YOURS, Ray, describe, ray, table
from labkit.views.xray_svg import render
from labkit.widgets.parts import Canvas, Note, Panel, button, prose, row

MOST = 10
"""The highest weight a slider offers, or the profile's own where that is higher."""


def xray(lab: Any, pod: str | Why, namespace: str = "default") -> XRay:
    """Look into the decision about a pod of `lab`: its name or the beginning of one, or a `Why`.

    ApiError NotFound if there is no such pod.
    """
    why = pod if isinstance(pod, Why) else lab.why(pod, namespace)
    return XRay(Exposure(why))


class Exposure:
    """The state of an X-ray that is played with: a step, and the learner's weights beside the profile's. No widgets."""

    def __init__(self, why: Why) -> None:
        self.state: Ray = ray(why)

    @property
    def weights(self) -> dict[str, int]:
        """The learner's weights, by plugin."""
        return dict(self.state.weights[YOURS])

    def go(self, step: str) -> None:
        """Show filter, score, normalise or pick; ValueError for anything else."""
        if step not in STEPS:
            raise ValueError(f"no such step: {step}")
        self.state = self.state._replace(step=step)

    def weigh(self, plugin: str, weight: int) -> None:
        """Let a plugin count that much; 0 leaves it out. KeyError if it scored nothing."""
        if plugin not in self.state.raw:
            raise KeyError(plugin)
        self._set({**self.weights, plugin: weight})

    def reset(self) -> None:
        """Weigh as the profile does."""
        self._set(dict(self.state.weights[PROFILE]))

    def _set(self, weights: dict[str, int]) -> None:
        self.state = self.state._replace(weights={**self.state.weights, YOURS: weights})


class XRay(Panel):
    """The widgets around an `Exposure`: the steps, a slider for each plugin that scored, the picture and its table."""

    def __init__(self, model: Exposure) -> None:
        self.model, self.note, self.canvas = model, Note(), Canvas()
        self.steps = ipw.ToggleButtons(
            options=[(f"{number} {step.capitalize()}", step) for number, step in enumerate(STEPS, 1)],
            value=model.state.step, style={"button_width": "120px"}, layout={"width": "auto"},
        )  # fmt: skip
        self.steps.observe(lambda change: self._do(lambda: self.model.go(change["new"])), "value")
        self.sliders = {plugin: self._slider(plugin, weight) for plugin, weight in model.weights.items()}
        reset = button("Reset weights", "Weigh as the profile does", lambda _: self._reset(), "undo")
        legend = prose("✓ passed, · nothing to say about this pod, ✗ refused, ★ chosen, = tie")
        super().__init__([row(self.steps, reset), row(*self.sliders.values()), self.note, self.canvas, legend])
        self._redraw()

    def __repr__(self) -> str:
        return f"<x-ray of {self.model.state.pod}: {len(self.model.state.nodes)} nodes>"

    def _slider(self, plugin: str, weight: int) -> Any:
        slider = ipw.IntSlider(
            weight, min=0, max=max(MOST, weight), description=plugin, tooltip=f"The weight of {plugin}",
            style={"description_width": "225px"}, layout={"width": "404px"},
        )  # fmt: skip
        slider.observe(lambda change: self._do(lambda: self.model.weigh(plugin, change["new"])), "value")
        return slider

    def _reset(self) -> None:
        self.model.reset()
        for plugin, slider in self.sliders.items():
            slider.value = self.model.weights[plugin]
        self._redraw()

    def _do(self, act: Any) -> None:
        act()
        self._redraw()

    def _redraw(self) -> None:
        self.note.say(f"<b>{escape(describe(self.model.state))}</b>")
        self.canvas.value = render(self.model.state) + details((table(self.model.state),))

"""The rollout player: choose the limits of a rolling update, then watch pods of the new template replace the old."""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw

from labkit.errors import ApiError
from labkit.views.drawing import details
from labkit.views.rollout import Stage, describe, render, table
from labkit.views.svg import escape
from labkit.widgets.parts import Canvas, Note, Panel, button, row
from labkit.widgets.rollout_film import Choice, limits, stages

_NARROW = {"layout": {"width": "280px"}, "style": {"description_width": "110px"}}


def rollout_player(
    replicas: int = 4, max_surge: int = 1, max_unavailable: int = 0, bad_image: bool = False
) -> RolloutPlayer:
    """Play a rolling update of a Deployment with these settings; each can be changed in the widget."""
    return RolloutPlayer(Choice(replicas, max_surge, max_unavailable, bad_image))


class RolloutPlayer(Panel):
    """The widgets around a `Choice`: its sliders, the moment, the picture, and what it shows in words."""

    def __init__(self, choice: Choice) -> None:
        self.replicas = ipw.IntSlider(choice.replicas, min=1, max=10, description="replicas", **_NARROW)
        self.surge = ipw.IntSlider(choice.max_surge, min=0, max=5, description="maxSurge", **_NARROW)
        self.unavailable = ipw.IntSlider(choice.max_unavailable, min=0, max=5, description="maxUnavailable", **_NARROW)
        self.bad = ipw.Checkbox(choice.bad_image, description="the new image can't be pulled", indent=False)
        self.stages: tuple[Stage, ...] = ()
        self.moment = ipw.IntSlider(0, min=0, max=0, description="moment", readout=False, **_NARROW)
        self.play = ipw.Play(min=0, max=0, interval=600, description="Play")
        ipw.jslink((self.play, "value"), (self.moment, "value"))
        self.canvas, self.note = Canvas(), Note()
        super().__init__([*self._controls(), self.note, self.canvas])
        self._film()

    def __repr__(self) -> str:
        return f"<rollout player: {self.choice.replicas} replicas, {len(self.stages)} moments>"

    @property
    def choice(self) -> Choice:
        """What is set now."""
        return Choice(self.replicas.value, self.surge.value, self.unavailable.value, self.bad.value)

    def step(self, by: int = 1) -> None:
        """Go on by a moment, or back."""
        self.moment.value = min(max(self.moment.value + by, 0), self.moment.max)

    def _controls(self) -> list[Any]:
        for each in (self.replicas, self.surge, self.unavailable, self.bad):
            each.observe(lambda _: self._film(), "value")
        self.moment.observe(lambda _: self._redraw(), "value")
        back = button("Back", "To the moment before", lambda _: self.step(-1), "step-backward")
        on = button("Step", "To the next moment", lambda _: self.step(), "step-forward")
        limits_row = row(self.surge, self.unavailable)
        return [row(self.replicas, self.bad), limits_row, row(self.play, back, on, self.moment)]

    def _film(self) -> None:
        """Run the update anew and show its beginning; a refused strategy is told instead."""
        try:
            self.stages = stages(self.choice)
        except ApiError as refusal:
            self.stages, self.canvas.value = (), ""
            self.note.say(f"<b>The API server refuses this:</b> {escape(refusal.message)}")
            return
        self.moment.max = self.play.max = len(self.stages) - 1
        self.moment.value = 0
        self._redraw()

    def _redraw(self) -> None:
        if not self.stages:
            return
        at = min(self.moment.value, len(self.stages) - 1)
        self.canvas.value = render(self.stages, limits(self.choice), at) + details((table(self.stages),))
        self.note.say(escape(self._said(at)))

    def _said(self, at: int) -> str:
        words = describe(self.stages, limits(self.choice), at)
        stuck = at == len(self.stages) - 1 and self.stages[at].starting
        return f"{words} The update is stuck here: its new pods never become ready." if stuck else words

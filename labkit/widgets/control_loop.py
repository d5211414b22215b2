"""The control loop to play with: kill pods, take nodes away, scale, and watch observed come back to desired."""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw

from labkit.views.convergence import render, table
from labkit.views.drawing import details
from labkit.views.svg import escape
from labkit.views.table import Table
from labkit.widgets.control_trial import Trial
from labkit.widgets.parts import Canvas, Note, Panel, button, dropdown, row


def control_loop(lab: Any, deployment: str, namespace: str = "default") -> ControlLoop:
    """Play with one Deployment of `lab`; ApiError NotFound if it isn't there."""
    return ControlLoop(Trial(lab, deployment, namespace))


class ControlLoop(Panel):
    """The widgets around a `Trial`: attacks, time, the gap, the picture and the events."""

    def __init__(self, model: Trial) -> None:
        self.model = model
        self.pod, self.node = dropdown("Pod", model.pods()), dropdown("Node", model.nodes())
        self.replicas = ipw.BoundedIntText(
            model.gaps()[-1].desired, min=0, max=50, description="Replicas", layout={"width": "150px"}
        )
        self.note, self.gap, self.canvas, self.events = Note(), Canvas(), Canvas(), Canvas()
        super().__init__([*self._controls(), self.note, self.gap, self.canvas, self.events])
        self._redraw()

    def __repr__(self) -> str:
        return f"<control loop of {self.model.key.name}: {self.model.verdict()}>"

    def _controls(self) -> list[Any]:
        kill = button("Kill pod", "Delete the chosen pod", lambda _: self._do(self.model.kill, self.pod.value))
        cut = button("Cut off", "Take the node's network away", lambda _: self._do(self.model.cut, self.node.value))
        mend = button("Reconnect", "Give it back", lambda _: self._do(self.model.mend, self.node.value))
        scale = button(
            "Scale", "Ask for this number of pods", lambda _: self._do(self.model.scale, self.replicas.value)
        )
        step = button("Step", "Until a pod or node changes", lambda _: self._do(self.model.step), "step-forward")
        run = button("Run 10 s", "Let ten virtual seconds pass", lambda _: self._do(self.model.run, 10.0), "forward")
        minute = button(
            "Run 1 min", "Let a virtual minute pass", lambda _: self._do(self.model.run, 60.0), "fast-forward"
        )
        five = button(
            "Run 5 min", "Let five virtual minutes pass", lambda _: self._do(self.model.run, 300.0), "fast-forward"
        )
        return [row(self.pod, kill, self.replicas, scale), row(self.node, cut, mend), row(step, run, minute, five)]

    def _do(self, act: Any, *what: Any) -> None:
        if all(value is not None for value in what):
            act(*what)
            self._redraw()

    def _redraw(self) -> None:
        gaps = self.model.gaps()
        self.pod.options, self.node.options = self.model.pods(), self.model.nodes()
        self.gap.value = render(gaps) + details((table(gaps),))
        self.canvas.value = self.model.player.frame()
        self.events.value = self._happened().html()
        what, answer = map(escape, self.model.last)
        done = f"<code>{what}</code>{' → ' + answer if answer else ''}<br>" if what else ""
        self.note.say(f"{done}<b>{escape(self.model.player.where())}</b>: {escape(self.model.verdict())}")

    def _happened(self) -> Table:
        return Table("The newest events", ("Time", "About", "Reason", "Message"), tuple(self.model.events()))

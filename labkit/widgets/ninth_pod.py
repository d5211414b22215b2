"""The ninth pod: Cluster Autoscaler and Karpenter side by side on one workload, in nodes and dollars."""

from __future__ import annotations

from typing import Any

from labkit.collecting import paused
from labkit.views.drawing import details
from labkit.views.ninth_pod import render, table, verdict
from labkit.views.ninth_pod_trial import EXPANDERS, FAMILIES, GROUPS, Choice, compare
from labkit.views.svg import escape
from labkit.widgets.parts import Canvas, Note, Panel, dropdown, prose, row, slider

MOST_PODS, SMALLEST, LARGEST, STEP = 16, 300, 4500, 100


def ninth_pod(**choice: Any) -> NinthPod:
    """Give one workload to both autoscalers; keywords as in `Choice` set where it begins."""
    return NinthPod(Choice(**choice))


class NinthPod(Panel):
    """The widgets around a `Choice`: the workload, each autoscaler's machines, the verdict and the picture."""

    def __init__(self, choice: Choice) -> None:
        cpu = slider("millicores a pod", choice.cpu, (SMALLEST, LARGEST), 360, 110)
        cpu.step = STEP
        self.parts: dict[str, Any] = {
            "pods": slider("pods", choice.pods, (1, MOST_PODS), 300, 40),
            "cpu": cpu,
            "groups": dropdown("Node groups", list(GROUPS), value=choice.groups),
            "expander": dropdown("Expander", EXPANDERS, value=choice.expander),
            "families": dropdown("Karpenter may buy", list(FAMILIES), value=choice.families),
            "spot": dropdown("as", [("on demand", False), ("Spot or on demand", True)], value=choice.spot),
        }
        self.note, self.canvas = Note(), Canvas()
        parts = self.parts
        told = prose(
            "All pods but one come first and settle. Then the last one comes. Each pod asks for 1 GiB as well."
        )
        rows = [
            row(parts["pods"], parts["cpu"]),
            row(parts["groups"], parts["expander"]),
            row(parts["families"], parts["spot"]),
        ]
        super().__init__([*rows, told, self.note, self.canvas])
        for part in parts.values():
            part.observe(lambda _: self._redraw(), "value")
        self._redraw()

    def __repr__(self) -> str:
        return f"<the ninth pod: {self.choice.pods} pods of {self.choice.cpu}m>"

    @property
    def choice(self) -> Choice:
        """What is set now."""
        return Choice(**{name: part.value for name, part in self.parts.items()})

    def _redraw(self) -> None:
        choice = self.choice
        self.parts["expander"].disabled = len(GROUPS[choice.groups]) == 1
        with paused():
            made = compare(choice)
        self.note.say(f"<b>{escape(verdict(made))}</b>")
        self.canvas.value = render(made) + details((table(made),))

"""The drain drill: set a budget, pods and room, empty a node, and see what is refused and for how long."""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw
import yaml

from labkit.errors import ApiError
from labkit.views.drain import Drill, describe, render, table, verdict
from labkit.views.drawing import details
from labkit.views.style import TIMES
from labkit.views.svg import escape
from labkit.widgets.drain_film import IN_TURN, NO_BUDGET, NODES, Choice, drill
from labkit.widgets.parts import Canvas, Note, Panel, button, dropdown, row

LIMITS = (NO_BUDGET, "minAvailable", "maxUnavailable")
_NARROW = {"layout": {"width": "250px"}, "style": {"description_width": "auto"}}


def drain_drill(**choice: Any) -> DrainDrill:
    """Drain nodes of a small cluster under a budget; keywords as in `Choice` set where it begins."""
    return DrainDrill(Choice(**choice))


class DrainDrill(Panel):
    """The widgets around a `Choice`: budget and cluster, the moment, the picture, the verdict and the manifest."""

    def __init__(self, choice: Choice) -> None:
        most, step = (100, 5) if choice.percent else (10, 1)
        self.parts: dict[str, Any] = {
            "node": dropdown("Drain", (*NODES, IN_TURN), value=choice.node),
            "limit": dropdown("Budget", LIMITS, value=choice.limit),
            "amount": ipw.IntSlider(choice.amount, min=0, max=most, step=step, description="amount", **_NARROW),
            "percent": dropdown("in", [("pods", False), ("per cent", True)], value=choice.percent),
            "replicas": ipw.IntSlider(choice.replicas, min=1, max=10, description="replicas", **_NARROW),
            "slots": ipw.IntSlider(choice.slots, min=1, max=6, description="room on each node", **_NARROW),
            "sick": ipw.IntSlider(choice.sick, min=0, max=3, description="pods not ready", **_NARROW),
            "always_allow": ipw.Checkbox(
                choice.always_allow, description="AlwaysAllow", indent=False, layout={"width": "auto"}
            ),
        }
        self.parts["always_allow"].tooltip = "unhealthyPodEvictionPolicy: AlwaysAllow"
        self.film = Drill(())
        self.moment = ipw.IntSlider(0, min=0, max=0, description="moment", readout=False, **_NARROW)
        self.play = ipw.Play(min=0, max=0, interval=700, description="Play the drain")
        ipw.jslink((self.play, "value"), (self.moment, "value"))
        self.note, self.canvas, self.ending, self.manifest = Note(), Canvas(), Note(), Note()
        super().__init__([*self._controls(), self.note, self.canvas, self.ending, self.manifest])
        self._quiet = False
        self._drain()

    def __repr__(self) -> str:
        return f"<drain drill: {self.choice.replicas} replicas, {len(self.film.frames)} moments>"

    @property
    def choice(self) -> Choice:
        """What is set now."""
        return Choice(**{name: part.value for name, part in self.parts.items()})

    def step(self, by: int = 1) -> None:
        """Go on by a moment, or back."""
        self.moment.value = min(max(self.moment.value + by, 0), self.moment.max)

    def _controls(self) -> list[Any]:
        for name, part in self.parts.items():
            part.observe(self._scale if name == "percent" else lambda _: self._drain(), "value")
        self.moment.observe(lambda _: self._redraw(), "value")
        back = button("Back", "To the moment before", lambda _: self.step(-1), "step-backward")
        on = button("Step", "To the next moment", lambda _: self.step(), "step-forward")
        end = button("End", "To the last moment", lambda _: self.step(len(self.film.frames)), "fast-forward")
        parts = self.parts
        return [
            row(parts["limit"], parts["amount"], parts["percent"], parts["always_allow"]),
            row(parts["replicas"], parts["slots"], parts["sick"]),
            row(parts["node"], self.play, back, on, end, self.moment),
        ]

    def _scale(self, _: Any) -> None:
        """Let the amount run over per cents or pods, and begin in the middle of what makes sense."""
        amount, percent = self.parts["amount"], self.parts["percent"].value
        self._quiet = True
        amount.max, amount.step = (100, 5) if percent else (10, 1)
        amount.value = 50 if percent else 1
        self._quiet = False
        self._drain()

    def _drain(self) -> None:
        """Run the drain anew and show its beginning; a refused budget is told instead."""
        if self._quiet:
            return
        for name in ("amount", "percent", "always_allow"):
            self.parts[name].disabled = self.parts["limit"].value == NO_BUDGET
        try:
            self.film = drill(self.choice)
        except ApiError as refusal:
            self.film, self.canvas.value = Drill(()), ""
            self.ending.say("")
            self.note.say(f"<b>The API server refuses this:</b> {escape(refusal.message)}")
            return
        self.moment.max = self.play.max = len(self.film.frames) - 1
        self.moment.value = 0
        self.manifest.say(_folded(self.choice))
        self._redraw()

    def _redraw(self) -> None:
        if not self.film.frames:
            return
        at = min(self.moment.value, len(self.film.frames) - 1)
        said = _latest(self.film, at)
        self.note.say(f'<div style="min-height:4.4em">{escape(describe(self.film, at))}{said}</div>')
        self.canvas.value = render(self.film, at) + details((table(self.film),))
        done = at == len(self.film.frames) - 1
        head, _, rest = verdict(self.film).partition(". ")
        self.ending.say(f"<b>{escape(head)}.</b> {escape(rest)}" if done else "Step, or press End, for the verdict.")


def _latest(film: Drill, at: int) -> str:
    """What kubectl said at this moment, the pods' names left out."""
    frame = film.frames[at]
    if frame.refused:
        return (
            f"<br><code>kubectl drain</code>: {frame.refused} {TIMES} Cannot evict pod as it would violate the pod's"
            " disruption budget. (will retry after 5s)"
        )
    done = next((line for line in reversed(frame.said) if line.startswith("node/")), "")
    return f"<br><code>kubectl drain</code>: {escape(done)}" if done else ""


def _folded(choice: Choice) -> str:
    budget = choice.budget()
    shown = escape(yaml.safe_dump(budget, sort_keys=False)) if budget else "none"
    return (
        '<details><summary style="cursor:pointer">The budget as a manifest</summary>'
        f'<pre style="line-height:1.35">{shown}</pre></details>'
    )

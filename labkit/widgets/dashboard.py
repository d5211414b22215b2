"""The live picture of a lab: play, step, speed, and a slider that scrubs back through its history."""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw

from labkit.views.cluster_table import tables
from labkit.views.picture import count
from labkit.views.svg import escape
from labkit.widgets.parts import Canvas, Note, Panel, button, dropdown, row
from labkit.widgets.player import Player

TICK = 0.25  # real seconds between two pictures while playing
SPEEDS = {"1 s/s": 1.0, "5 s/s": 5.0, "30 s/s": 30.0, "5 min/s": 300.0}  # virtual seconds a real second
_FOREVER = 10**9


def dashboard(lab: Any) -> Dashboard:
    """Show `lab` live. All controls work from the keyboard: Tab to reach them, arrow keys on the slider."""
    return Dashboard(Player(lab))


class Dashboard(Panel):
    """The widgets around a `Player`; each control changes the player, then the picture is drawn anew."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.canvas, self.note, self.table = Canvas(), Note(), Canvas()
        self.slider = ipw.IntSlider(description="Time", readout=False, layout={"width": "98%"})
        self.slider.style.description_width = "auto"
        self.speed = dropdown("Speed", list(SPEEDS.items()), value=5.0)
        self.play = ipw.ToggleButton(description="Play", icon="play", tooltip="Let time pass", layout={"width": "auto"})
        self.ticks = ipw.Play(max=_FOREVER, interval=int(TICK * 1000), layout={"display": "none"})
        self.with_table = ipw.ToggleButton(description="Table", tooltip="The same as tables", layout={"width": "auto"})
        super().__init__([*self._controls(), self.note, self.canvas, self.table])
        self._wire()
        self._redraw()

    def __repr__(self) -> str:
        shown = self.player.picture
        return f"<dashboard: {count(len(shown.nodes), shown.nouns[0])}, {self.player.where()}>"

    def _controls(self) -> list[Any]:
        back = button("Back", "One moment back", lambda _: self._do(self.player.back), "step-backward")
        step = button(
            "Step",
            "To the next moment at which something in the picture changes",
            lambda _: self._do(self.player.step),
            "step-forward",
        )
        now = button("Now", "To the present of the lab", lambda _: self._do(self._to_now), "fast-forward")
        return [row(back, step, self.play, now, self.speed, self.with_table, self.ticks), self.slider]

    def _wire(self) -> None:
        self.slider.observe(self._on_slide, "value")
        self.play.observe(self._on_play, "value")
        self.ticks.observe(self._on_tick, "value")
        self.with_table.observe(lambda _: self._redraw(), "value")

    def _on_slide(self, change: Any) -> None:
        if change["new"] != self.player.place:
            self.player.seek(change["new"])
            self._redraw()

    def _on_play(self, change: Any) -> None:
        self.ticks.playing = change["new"]
        self.play.description, self.play.icon = ("Pause", "pause") if change["new"] else ("Play", "play")

    def _on_tick(self, _: Any) -> None:
        if self.play.value:
            self._do(lambda: self.player.advance(self.speed.value * TICK))

    def _to_now(self) -> None:
        self.player.refresh()
        self.player.seek(len(self.player.film) - 1)

    def _do(self, act: Any) -> None:
        act()
        self._redraw()

    def _redraw(self) -> None:
        """Bring every widget to the player's state."""
        self.canvas.value = self.player.frame()
        self.slider.max = max(len(self.player.film) - 1, self.slider.value)
        self.slider.value = self.player.place
        self.slider.max = len(self.player.film) - 1
        self.note.say(f"<b>{self.player.where()}</b> {'; '.join(map(escape, self.player.changes(3)))}")
        self.table.value = (
            "".join(table.html() for table in tables(self.player.picture)) if self.with_table.value else ""
        )

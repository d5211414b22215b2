"""The probe and crash timeline: set what an application does and how it is probed, and see its pod's life at once."""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw
import yaml

from labkit.views.drawing import details
from labkit.views.podlife_svg import describe, render, tables
from labkit.views.svg import escape
from labkit.widgets.parts import Canvas, Note, Panel, dropdown, row, slider
from labkit.widgets.probe_film import FATES, KINDS, POLICIES, RUNS_ON, Choice, Film, Setting, film

_LENGTHS = {"1 minute": 60, "3 minutes": 180, "10 minutes": 600, "30 minutes": 1800}
_PRE = "margin:4px 0;line-height:1.35;overflow-x:auto"


def probe_timeline(**settings: Any) -> ProbeTimeline:
    """Play with one pod; `settings` are those of `labkit.widgets.probe_film.Choice`, such as `starts_in=20`."""
    return ProbeTimeline(Choice(**settings))


class ProbeRow:
    """One probe's controls: whether it is there, and its three numbers, which are idle where it isn't."""

    def __init__(self, kind: str, setting: Setting) -> None:
        self.on = ipw.Checkbox(setting.on, description=f"{kind} probe", indent=False, layout={"width": "126px"})
        self.delay = slider("initialDelaySeconds", setting.delay, (0, 60), 290, 130)
        self.period = slider("periodSeconds", setting.period, (1, 30), 255, 98)
        self.failures = slider("failureThreshold", setting.failures, (1, 30), 265, 108)
        self.box = row(self.on, self.delay, self.period, self.failures)
        self.idle()

    @property
    def setting(self) -> Setting:
        """What is set."""
        return Setting(self.on.value, self.delay.value, self.period.value, self.failures.value)

    def parts(self) -> tuple[Any, ...]:
        """Its controls."""
        return self.on, self.delay, self.period, self.failures

    def idle(self) -> None:
        """Let the numbers of a probe that isn't there rest."""
        for each in (self.delay, self.period, self.failures):
            each.disabled = not self.on.value


class ProbeTimeline(Panel):
    """The widgets around a `Choice`: the application, its probes, the moment, the picture, and the words for it."""

    def __init__(self, choice: Choice) -> None:
        self.starts = slider("app starts in (s)", choice.starts_in, (0, 90), 330, 105)
        self.fate = dropdown("then it", FATES, value=choice.fate)
        self.after = slider("after (s)", choice.after, (1, 120), 300, 60)
        self.policy = dropdown("restartPolicy", POLICIES, value=choice.policy)
        self.company = ipw.Checkbox(choice.company, description="with an init container and a sidecar", indent=False,
                                    layout={"width": "auto"})  # fmt: skip
        lengths = _LENGTHS | ({} if choice.length in _LENGTHS.values() else {f"{choice.length} s": choice.length})
        self.length = dropdown("Show", list(lengths.items()), value=choice.length)
        self.rows = {kind: ProbeRow(kind, getattr(choice, kind)) for kind in KINDS}
        self.moment = slider("Moment (s)", choice.length, (0, choice.length), 876, 76)
        self.note, self.canvas, self.manifest = Note(), Canvas(), Canvas()
        super().__init__([*self._controls(), self.canvas, self.moment, self.note, self.manifest])
        self.layout.max_width = "970px"
        self._film()

    def __repr__(self) -> str:
        return f"<probe timeline: {describe(self.film.life, self.film.life.length)}>"

    @property
    def choice(self) -> Choice:
        """What is set now."""
        probes = {kind: each.setting for kind, each in self.rows.items()}
        return Choice(self.starts.value, self.fate.value, self.after.value, **probes, policy=self.policy.value,
                      company=self.company.value, length=self.length.value)  # fmt: skip

    def _controls(self) -> list[Any]:
        probing = [part for each in self.rows.values() for part in each.parts()]
        whole = [self.starts, self.fate, self.after, self.policy, self.company, self.length]
        for each in (*whole, *probing):
            each.observe(lambda _: self._film(), "value")
        self.moment.observe(lambda _: self._redraw(), "value")
        first = row(self.starts, self.fate, self.after)
        return [first, row(self.policy, self.company, self.length), *(each.box for each in self.rows.values())]

    def _film(self) -> None:
        """Live the life anew and show it."""
        self.after.disabled = self.fate.value in (RUNS_ON, FATES[-1])
        for each in self.rows.values():
            each.idle()
        self.film: Film | Any = film(self.choice)
        if self.moment.max != self.length.value:
            at_end = self.moment.value == self.moment.max
            self.moment.max = self.length.value
            self.moment.value = self.length.value if at_end else self.moment.value
        self.manifest.value = _yaml(self.choice)
        self._redraw()

    def _redraw(self) -> None:
        at = min(self.moment.value, self.film.life.length)
        self.canvas.value = render(self.film.life, at) + details(tables(self.film.life))
        told = escape(describe(self.film.life, at))
        self.note.say(f"<pre style='{_PRE}'>$ kubectl get pod web\n{escape(self.film.line(at))}</pre>{told}")


def _yaml(choice: Choice) -> str:
    """The manifest that was applied, folded away."""
    written = yaml.safe_dump(choice.pod(), sort_keys=False, default_flow_style=None, width=100)
    said = ", ".join(f"{name}={value!r}" for name, value in choice.behaviour().items())
    return (
        "<details><summary style='cursor:pointer;font-size:13px;padding:2px 0'>The manifest, and what the application"
        f' does</summary><pre style=\'{_PRE}\'>{escape(written)}\nlab.behave("app=web", container="web",'
        f" {escape(said)})</pre></details>"
    )

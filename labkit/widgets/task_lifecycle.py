"""The task lifecycle: set where a task of ECS runs and what happens to it, and see its states over time at once."""

from __future__ import annotations

import json
from typing import Any

import ipywidgets as ipw

from labkit.views.drawing import details
from labkit.views.svg import escape
from labkit.views.tasklife_svg import describe, render, tables
from labkit.widgets.parts import Canvas, Note, Panel, dropdown, row, slider
from labkit.widgets.task_film import CONDITIONS, FATES, RUNS_ON, SWITCHED_OFF, Choice, Film, film

_LENGTHS = {"1 minute": 60, "2 minutes": 120, "5 minutes": 300}
_PRE = "margin:4px 0;line-height:1.3;overflow-x:auto"
_NO_INSTANCE = "On Fargate there is no instance of yours that could fail: the task runs on."


def task_lifecycle(**settings: Any) -> TaskLifecycle:
    """Play with one task; `settings` are those of `labkit.widgets.task_film.Choice`, such as `mode="bridge"`."""
    return TaskLifecycle(Choice(**settings))


def _box(words: str, value: bool) -> Any:
    return ipw.Checkbox(value, description=words, indent=False, layout={"width": "auto", "margin": "2px 14px 2px 2px"})


class TaskLifecycle(Panel):
    """The widgets around a `Choice`: where and what runs, what happens, the moment, the picture and its words."""

    def __init__(self, choice: Choice) -> None:
        self.launch = dropdown("launchType", ("EC2", "FARGATE"), value=choice.launch_type)
        self.mode = dropdown("networkMode", ("awsvpc", "bridge"), value=choice.mode)
        self.balancer = _box("behind a load balancer", choice.balancer)
        self.fate = dropdown("What happens", FATES, value=choice.fate)
        self.after = slider("after (s)", choice.after, (1, 120), 330, 60)
        self.depends = dropdown("web dependsOn helper:", CONDITIONS, value=choice.depends)
        self.essential = _box("helper is essential", choice.essential)
        self.check = _box("both have a health check", choice.check)
        self.stops = slider("web needs to stop (s)", choice.stops_in, (0, 60), 420, 152)
        self.timeout = slider("stopTimeout (s)", choice.stop_timeout, (2, 120), 400, 112)
        self.length = dropdown("Show", list(_LENGTHS.items()), value=choice.length)
        self.moment = slider("Moment (s)", choice.length, (0, choice.length), 876, 76)
        self.canvas, self.note, self.manifest = Canvas(), Note(), Canvas()
        super().__init__([*self._controls(), self.canvas, self.moment, self.note, self.manifest])
        self.layout.max_width = "970px"
        self._film()

    def __repr__(self) -> str:
        said = self.film if isinstance(self.film, str) else describe(self.film.life, self.film.life.length)
        return f"<task lifecycle: {said}>"

    @property
    def choice(self) -> Choice:
        """What is set now."""
        happening = {"fate": self.fate.value, "after": self.after.value}
        made = {"check": self.check.value, "depends": self.depends.value, "essential": self.essential.value}
        ending = {"stops_in": self.stops.value, "stop_timeout": self.timeout.value, "balancer": self.balancer.value}
        return Choice(self.launch.value, self.mode.value, **happening, **made, **ending, length=self.length.value)

    def _controls(self) -> list[Any]:
        rows = (
            (self.launch, self.mode, self.balancer), (self.depends, self.essential, self.check),
            (self.fate, self.after, self.length), (self.stops, self.timeout),
        )  # fmt: skip
        for each in (part for parts in rows for part in parts):
            each.observe(lambda _: self._film(), "value")
        self.moment.observe(lambda _: self._redraw(), "value")
        return [row(*parts) for parts in rows]

    def _film(self) -> None:
        """Live the life anew and show it."""
        self.after.disabled = self.fate.value in (RUNS_ON, FATES[-1])
        self.film: Film | str = film(self.choice)
        if self.moment.max != self.length.value:
            at_end = self.moment.value == self.moment.max
            self.moment.max = self.length.value
            self.moment.value = self.length.value if at_end else self.moment.value
        self.manifest.value = _folded(self.choice)
        self._redraw()

    def _redraw(self) -> None:
        if isinstance(self.film, str):
            self.canvas.value = ""
            self.note.say(f"<pre style='{_PRE}'>{escape(self.film)}</pre>There is no such task definition, so no task.")
            return
        at = min(self.moment.value, self.film.life.length)
        self.canvas.value = render(self.film.life, at) + details(tables(self.film.life))
        more = f"<br>{_NO_INSTANCE}" if (self.fate.value, self.launch.value) == (SWITCHED_OFF, "FARGATE") else ""
        told = f"<pre style='{_PRE}'>$ aws ecs describe-tasks …\n{escape(self.film.told(at))}</pre>"
        self.note.say(told + escape(describe(self.film.life, at)) + more)


def _folded(choice: Choice) -> str:
    """The task definition and what its containers do, folded away."""
    written = json.dumps(choice.definition(), indent=2)
    said = "\n".join(_declared(name, does) for name, does in choice.behaviour().items())
    return (
        "<details><summary style='cursor:pointer;font-size:13px;padding:2px 0'>The task definition, and what the"
        f" containers do</summary><pre style='{_PRE}'>{escape(written)}\n\n{escape(said)}</pre></details>"
    )


def _declared(container: str, does: dict[str, Any]) -> str:
    told = ", ".join(f"{word}={value!r}" for word, value in does.items())
    return f'lab.behave("family:web", container="{container}", {told})'

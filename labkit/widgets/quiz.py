"""A quiz question that answers every answer: what each wrong option would mean, and why the right one holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import ipywidgets as ipw

from labkit.views.svg import escape
from labkit.widgets.parts import Note, Panel, button, prose, row


class Option(NamedTuple):
    """One answer to choose, whether it is right, and what is said to whoever chose it."""

    text: str
    right: bool
    why: str


class Quiz:
    """The state of a question: what was chosen, how often it was tried, whether it is solved. No widgets.

    `options` must hold at least one right answer; with several, all of them and no other must be chosen.
    """

    def __init__(self, question: str, options: Sequence[Option]) -> None:
        self.question = question
        self.options = tuple(Option(*option) for option in options)
        if not any(option.right for option in self.options):
            raise ValueError("a quiz needs at least one right option")
        self.tries = 0
        self.solved = False

    @property
    def many(self) -> bool:
        """Whether several options are right."""
        return sum(option.right for option in self.options) > 1

    def answer(self, chosen: Sequence[int]) -> list[Option]:
        """Try the options of those numbers; returns them, each with its `why`, wrong ones first."""
        if not chosen:
            return []
        self.tries += 1
        self.solved = {n for n, option in enumerate(self.options) if option.right} == set(chosen)
        return sorted((self.options[n] for n in chosen), key=lambda option: option.right)


def quiz(question: str, options: Sequence[Option | tuple[str, bool, str]]) -> QuizPanel:
    """Show a question with `options`, each (text, right, why)."""
    return QuizPanel(Quiz(question, [Option(*option) for option in options]))


class QuizPanel(Panel):
    """A quiz on the page: a radio button or checkbox for each option, Check, and the reply."""

    def __init__(self, model: Quiz) -> None:
        self.model = model
        self.choice = _boxes(model) if model.many else _radio(model)
        self.check = button("Check", "Check the chosen answer", self._check)
        self.reply = Note()
        super().__init__([prose(model.question), *self.choice, row(self.check), self.reply])

    def __repr__(self) -> str:
        return f"<quiz: {len(self.model.options)} options>"

    def chosen(self) -> list[int]:
        """The numbers of the options that are chosen now."""
        if not self.model.many:
            return [] if self.choice[0].index is None else [self.choice[0].index]
        return [n for n, box in enumerate(self.choice) if box.value]

    def _check(self, _: Any) -> None:
        self.reply.say(reply(self.model, self.model.answer(self.chosen())))


def reply(model: Quiz, answered: Sequence[Option]) -> str:
    """What is said to an answer, as HTML: each chosen option with its reason."""
    if not answered:
        return "Choose an answer first."
    parts = [
        f"<p style='margin:2px 0'><b>{'Right' if o.right else 'Not so'}:</b> {escape(o.text)}. {escape(o.why)}</p>"
        for o in answered
    ]
    if not model.solved and all(option.right for option in answered):
        parts.append("<p style='margin:2px 0'>Right so far, but not all of it yet.</p>")
    return "".join(parts)


def _radio(model: Quiz) -> list[Any]:
    return [ipw.RadioButtons(options=[option.text for option in model.options], index=None, layout={"width": "auto"})]


def _boxes(model: Quiz) -> list[Any]:
    return [ipw.Checkbox(description=option.text, indent=False, layout={"width": "auto"}) for option in model.options]

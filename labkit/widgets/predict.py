"""A prediction: the learner commits to an answer before the lab reveals its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as ipw

from labkit.views.svg import escape
from labkit.widgets.parts import Note, Panel, button, prose, row

Truth = str | int | Callable[[], object]


class Prediction:
    """The state of a prediction: the question, what the learner committed to, and the truth once revealed. No widgets.

    `truth` is the answer or a function that finds it, called once, after the learner committed and not before.
    """

    def __init__(self, question: str, options: Sequence[str], truth: Truth, because: str = "") -> None:
        self.question, self.options, self.because = question, tuple(options), because
        self._truth = truth
        self.committed: str | None = None
        self.answer: str | None = None

    def commit(self, choice: str) -> bool:
        """Fix the learner's answer and find the truth; True if they agree. Raises ValueError on a second commit."""
        if self.committed is not None:
            raise ValueError("the prediction is already made")
        self.committed = choice
        self.answer = str(self._truth() if callable(self._truth) else self._truth)
        return self.right

    @property
    def right(self) -> bool:
        """Whether prediction and truth agree, blanks and letter case aside."""
        return self.committed is not None and _plain(self.committed) == _plain(self.answer or "")


def predict(question: str, options: Sequence[str] = (), truth: Truth = "", because: str = "") -> PredictPanel:
    """Ask for a prediction: one of `options`, or free text without them; `because` explains the truth afterwards."""
    return PredictPanel(Prediction(question, options, truth, because))


class PredictPanel(Panel):
    """A prediction on the page: the options or a field, Commit, and then the truth."""

    def __init__(self, model: Prediction) -> None:
        self.model = model
        self.field = (
            ipw.RadioButtons(options=list(model.options), index=None, layout={"width": "auto"})
            if model.options else ipw.Text(description="I predict", placeholder="your answer")
        )  # fmt: skip
        self.commit = button("Commit", "Fix this prediction, then see what the lab does", self._commit)
        self.reply = Note()
        super().__init__([prose(model.question), self.field, row(self.commit), self.reply])

    def __repr__(self) -> str:
        return f"<prediction: {'made' if self.model.committed is not None else 'open'}>"

    def _commit(self, _: Any) -> None:
        if not self.field.value:
            self.reply.say("Choose first: a guess is worth more than a look.")
            return
        self.model.commit(self.field.value)
        self.field.disabled = self.commit.disabled = True
        self.reply.say(reply(self.model))


def reply(model: Prediction) -> str:
    """The learner's answer beside the lab's, and why, as HTML."""
    verdict = "As you predicted" if model.right else f"You predicted {escape(model.committed)}"
    words = f"<b>{verdict}.</b> The lab says: {escape(model.answer)}."
    return f'<p style="margin:4px 0">{words} {escape(model.because)}</p>'


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()

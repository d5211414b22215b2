"""`%kubectl edit` in a notebook: the object's YAML in a text box, with Save and Cancel."""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw

from labkit.kubectl.edit import Draft, opened, saved
from labkit.views.svg import escape
from labkit.widgets.parts import Note, Panel, button, row

CANCELLED = "Edit cancelled, no changes made."


class EditBox(Panel):
    """An editor for one object; the last draft is in `draft`, None once the edit is over."""

    def __init__(self, lab: Any, draft: Draft) -> None:
        self.lab = lab
        self.draft: Draft | None = draft
        named = f"{draft.kind.singular}/{draft.key.name}"
        self.text = ipw.Textarea(
            value=draft.text, rows=24, layout={"width": "100%"}, continuous_update=False,
            tooltip=f"YAML of {named}",
        )  # fmt: skip
        self.text.add_class("labkit-edit")
        self.buttons = [
            button("Save", f"Send the changes of {named} to the API server", self.save),
            button("Cancel", "Leave the object as it is", self.cancel),
        ]
        self.note = Note()
        self.note.say(f"Editing <code>{escape(named)}</code>.")
        style = ipw.HTML("<style>.labkit-edit textarea {font-family: monospace; white-space: pre}</style>")
        super().__init__([style, self.note, self.text, row(*self.buttons)])

    def save(self, _: Any = None) -> None:
        """Send the text; if it is refused, it comes back headed by the reasons."""
        if self.draft is None:
            return
        outcome = saved(self.lab, self.draft, self.text.value)
        self.draft = outcome.again
        self._say(outcome.said)
        if outcome.again is not None:
            self.text.value = outcome.again.text

    def cancel(self, _: Any = None) -> None:
        """End the edit."""
        self.draft = None
        self._say(CANCELLED)

    def _say(self, words: str) -> None:
        self.note.say(f"<code>{escape(words)}</code>")
        for one in (self.text, *self.buttons):
            one.disabled = self.draft is None


def edit_box(lab: Any, command: str) -> EditBox:
    """The editor for the object that `kubectl edit ...` names; LabError in kubectl's words if there is none."""
    return EditBox(lab, opened(lab, command))

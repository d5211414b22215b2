"""`kubectl edit`: an object as text, changed and sent back as a patch; what the server refuses heads the text again.

Without a notebook there is no editor, so the command says what to do instead; `%kubectl edit` opens a widget.
Source: kubectl pkg/cmd/util/editor/editoptions.go, v1.36; the texts are its.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit import apiserver
from labkit.errors import ApiError, CommandError, LabError
from labkit.kinds import Key, Kind
from labkit.kubectl.call import Call
from labkit.kubectl.execute import split
from labkit.kubectl.parser import Flag, command, parse
from labkit.kubectl.permission import check_permission
from labkit.kubectl.resources import MISSING, select, typed_name
from labkit.kubectl.serialized import to_yaml, without_managed_fields
from labkit.kubectl.wording import worded
from labkit.manifests import yamltext

Object = dict[str, Any]

HEADER = (
    "# Please edit the object below. Lines beginning with a '#' will be ignored,\n"
    "# and an empty file will abort the edit. If an error occurs while saving this file will be\n"
    "# reopened with the relevant failures.\n#\n"
)
UNCHANGED = "Edit cancelled, no changes made."
EMPTY = "Edit cancelled, saved file was empty."


class Draft(NamedTuple):
    """An object being edited: what it was, and the text as the editor shows it."""

    kind: Kind
    key: Key
    before: Object
    text: str

    @property
    def resource(self) -> str:
        """The object as refusals name it: `deployments.apps "web"`."""
        return f'{self.kind.qualified} "{self.key.name}"'


class Saved(NamedTuple):
    """What came of saving: what kubectl prints, and the draft that is opened again, None if the edit is over."""

    said: str
    again: Draft | None = None


@command(
    "edit",
    "kubectl edit (RESOURCE/NAME | RESOURCE NAME)",
    "Edit a resource: in a notebook, with %kubectl edit.",
    Flag("output", "o", default="yaml", help="yaml"),
)
def edit(call: Call) -> None:
    """Say how, as there is no editor here."""
    named = "/".join(draft_of(call).key[::2]).lower()
    raise CommandError(
        "error: labkit opens an editor in notebooks only",
        f"In a notebook cell: %kubectl edit {named}. Elsewhere change the manifest and apply it again, or use "
        "kubectl patch, set or scale.",
    )


def is_edit(words: str) -> bool:
    """Whether a command line is an edit that can be opened."""
    try:
        parsed = parse(split(words))
    except CommandError:
        return False
    return parsed.command.name == "edit" and not parsed.help


def opened(lab: Any, words: str) -> Draft:
    """The draft of the one object that an edit command names; LabError in kubectl's words."""
    parsed = parse(split(words))
    call = Call(lab, parsed.command, parsed.args, parsed.flags, parsed.given)
    check_permission(call)
    return draft_of(call)


def draft_of(call: Call) -> Draft:
    """The draft of the one object that the arguments name."""
    if not call.args:
        raise CommandError(MISSING)
    if call.flags["output"] != "yaml":
        raise CommandError(f"error: edit -o {call.flags['output']} is not simulated by labkit")
    found = select(call)
    if found.errors:
        raise found.errors[0]
    if len(found.items) != 1:
        raise CommandError("error: editing several objects at once is not simulated by labkit")
    item = found.items[0]
    return Draft(item.kind, item.key, item.obj, HEADER + to_yaml(without_managed_fields(item.obj)))


def saved(lab: Any, draft: Draft, text: str) -> Saved:
    """Send what was changed; nothing is written if it is refused."""
    plain = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    if not plain.strip():
        return Saved(EMPTY)
    try:
        after = yamltext.load(plain)
    except yamltext.YamlError as error:
        return _again(draft, plain, f"The edited file had a syntax error: {error}")
    if not isinstance(after, dict) or _identity(after) != _identity(draft.before):
        return _again(draft, plain, "At least one of apiVersion, kind and name was changed")
    change = difference(draft.before, after)
    if not change:
        return Saved(UNCHANGED)
    try:
        apiserver.patch(lab.cluster, draft.key, change, "merge")
    except LabError as error:
        return _refused(draft, plain, error)
    return Saved(f"{typed_name(draft.kind, draft.key.name)} edited")


def _identity(obj: Object) -> tuple[Any, ...]:
    meta = obj.get("metadata")
    return obj.get("apiVersion"), obj.get("kind"), meta.get("name") if isinstance(meta, dict) else None


def _refused(draft: Draft, plain: str, error: LabError) -> Saved:
    if not isinstance(error, ApiError):
        return _again(draft, plain, f"{draft.resource} could not be patched: {worded(error)}")
    if error.reason == "NotFound":
        return Saved(f"error: {draft.resource} could not be found on the server")
    if error.reason != "Invalid":
        return _again(draft, plain, f"{draft.resource} could not be patched: {error.message}")
    causes = [f"{one['field']}: {one['message']}" for one in error.details.get("causes", ())]
    again = _again(draft, plain, f"{draft.resource} was not valid", causes)
    return again._replace(said=f"error: {draft.resource} is invalid")


def _again(draft: Draft, plain: str, why: str, causes: list[str] | None = None) -> Saved:
    """The text once more, headed by what was wrong with it."""
    lines = [f"{why}:" if causes else why, *(f"* {cause}" for cause in causes or ())]
    head = "".join("# " + line.replace("\n", "\n# ") + "\n" for line in lines)
    return Saved(f"error: {why}", draft._replace(text=f"{HEADER}{head}#\n{plain}"))


def difference(before: Any, after: Any) -> Any:
    """The merge patch (RFC 7386) from one object to another; empty if they are equal."""
    change = {}
    for field in {**before, **after}:
        old, new = before.get(field), after.get(field)
        if old == new:
            continue
        both = isinstance(old, dict) and isinstance(new, dict)
        change[field] = difference(old, new) if both else new
    return change

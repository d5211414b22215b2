"""`kubectl label` and `kubectl annotate`.

Sources: kubectl pkg/cmd/label/label.go and pkg/cmd/annotate/annotate.go, v1.32.5; the error texts are theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from labkit import apiserver
from labkit.errors import CommandError, LabError
from labkit.fields import names
from labkit.fields.gotext import quote
from labkit.kubectl.call import Call
from labkit.kubectl.changes import COMMON, dry_run, report, tell, warn
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import ALL_NAMESPACES, FILENAME, RECURSIVE, SELECTOR_FLAGS, Item, select

Pairs = dict[str, str]
CHANGE_CAUSE = "kubernetes.io/change-cause"
NO_OBJECT = "error: one or more resources must be specified as <resource> <name> or <resource>/<name>"

FLAGS = (
    ALL_NAMESPACES,
    *SELECTOR_FLAGS,
    FILENAME,
    RECURSIVE,
    *COMMON,
    Flag("all", "", "bool", help="All objects of the kind"),
    Flag("list", "", "bool", help="Show what the object has"),
    Flag("local", "", "bool", help="Not simulated"),
    Flag("overwrite", "", "bool", help="Change values that are set already"),
    Flag("resource-version", help="Only if it is of this version now"),
)


class Change(NamedTuple):
    """What to set and what to remove."""

    add: Pairs
    remove: list[str]


@command(
    "label",
    "kubectl label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N",
    "Update the labels on a resource.",
    *FLAGS,
)
def label(call: Call) -> None:
    """Set or remove labels."""
    objects, change = _read(call, "label", parse_labels)
    found = select(call, objects)
    _each(call, found.items, list(found.errors), lambda item: _label(call, item, change))


@command(
    "annotate",
    "kubectl annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N",
    "Update the annotations on a resource.",
    *FLAGS,
)
def annotate(call: Call) -> None:
    """Set or remove annotations."""
    objects, change = _read(call, "annotation", parse_annotations)
    found = select(call, objects)
    _each(call, found.items, list(found.errors), lambda item: _annotate(call, item, change))


def _read(call: Call, what: str, parse: Callable[[list[str]], Change]) -> tuple[list[str], Change]:
    """The words that name objects, and the change that the others ask for."""
    flags = call.flags
    objects, pairs = split_arguments(call.args, what)
    change = parse(pairs)
    for flag in ("selector", "field-selector"):
        if flags["all"] and flags[flag]:
            raise CommandError(f"error: cannot set --all and --{flag} at the same time")
    if not objects and not flags["filename"]:
        raise CommandError(NO_OBJECT)
    if not change.add and not change.remove and not flags["list"]:
        raise CommandError(f"error: at least one {what} update is required")
    if flags["local"]:
        raise CommandError("error: labkit does not simulate --local")
    return objects, change


def split_arguments(args: list[str], what: str) -> tuple[list[str], list[str]]:
    """Words before the first `key=value` or `key-`, and those from there on."""
    at = next((at for at, word in enumerate(args) if _is_change(word)), len(args))
    wrong = next((word for word in args[at:] if not _is_change(word)), None)
    if wrong is not None:
        raise CommandError(f"error: all resources must be specified before {what} changes: {wrong}")
    return args[:at], args[at:]


def _is_change(word: str) -> bool:
    return "=" in word or (word.endswith("-") and word != "-")


def parse_labels(words: list[str]) -> Change:
    """Labels to set and to remove."""
    add: Pairs = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            continue
        if "=" in value:
            raise CommandError(f"error: invalid label spec: {word}")
        wrong = names.label_value(value)
        if wrong:
            raise CommandError(f"error: invalid label value: {quote(word)}: {';'.join(wrong)}")
        add[key] = value
    remove = [word[:-1] for word in words if "=" not in word]
    if set(add) & set(remove):
        raise CommandError("error: can not both modify and remove a label in the same command")
    return Change(add, remove)


def parse_annotations(words: list[str]) -> Change:
    """Annotations to set and to remove; a value may hold anything."""
    add = {key: value for key, equals, value in (word.partition("=") for word in words) if equals}
    wrong = [f"'{word}'" for word in words if word.startswith("=")]
    if wrong:
        raise CommandError(f"error: invalid annotation format: {', '.join(wrong)}")
    remove = [word[:-1] for word in words if "=" not in word]
    if set(add) & set(remove):
        raise CommandError("error: can not both modify and remove an annotation in the same command")
    return Change(add, remove)


def _each(call: Call, items: list[Item], errors: list[LabError], act: Callable[[Item], None]) -> None:
    for item in items:
        if call.flags["list"] and len(items) > 1:
            what = "labels" if call.command.name == "label" else "annotations"
            call.err(f"Listing {what} for {item.kind.name}.{item.kind.group}/{item.key.name}:")
        try:
            act(item)
        except LabError as error:
            errors.append(error)
    report(call, errors)


def _label(call: Call, item: Item, change: Change) -> None:
    old: Pairs = item.obj["metadata"].get("labels") or {}
    if not call.flags["overwrite"]:
        taken = [f"'{key}' already has a value ({old[key]}), and --overwrite is false" for key in _taken(old, change)]
        if taken:
            raise CommandError("error: " + (taken[0] if len(taken) == 1 else f"[{', '.join(taken)}]"))
    for key in change.remove:
        if key not in old:
            call.out(f'label "{key}" not found.')
    new = changed(old, change)
    if call.flags["list"]:
        _list(call, new)
        return
    _write(call, item, "labels", old, new)
    tell(call, item.obj, _labeled(old, new, call.flags["overwrite"]))


def _taken(old: Pairs, change: Change) -> list[str]:
    return [key for key, value in sorted(change.add.items()) if old.get(key, value) != value]


def changed(old: Pairs, change: Change) -> Pairs:
    """The pairs with the change made."""
    return {key: value for key, value in {**old, **change.add}.items() if key not in change.remove}


def _labeled(old: Pairs, new: Pairs, overwrite: bool) -> str:
    """The real command goes by the length of the object: one that got shorter was unlabeled."""
    if old == new:
        return "not labeled"
    return "unlabeled" if _length(new) < _length(old) and not overwrite else "labeled"


def _length(pairs: Pairs) -> int:
    return sum(len(key) + len(value) + 6 for key, value in pairs.items())


def _annotate(call: Call, item: Item, change: Change) -> None:
    old: Pairs = item.obj["metadata"].get("annotations") or {}
    if not call.flags["overwrite"]:
        taken = [f"'{key}' already has a value ({old[key]})" for key in _taken(old, change) if key != CHANGE_CAUSE]
        if taken:
            found = "--overwrite is false but found the following declared annotation(s)"
            raise CommandError(f"error: {found}: {'; '.join(taken)}")
    new = changed(old, change)
    if call.flags["list"]:
        _list(call, new)
        return
    _write(call, item, "annotations", old, new)
    tell(call, item.obj, "annotated")


def _list(call: Call, pairs: Pairs) -> None:
    for key, value in sorted(pairs.items()):
        call.out(f"{key}={value}")


def _write(call: Call, item: Item, field: str, old: Pairs, new: Pairs) -> None:
    """Send what changed as a merge patch."""
    if old == new or dry_run(call) == "client":
        return
    gone: dict[str, Any] = {key: None for key in old if key not in new}
    meta: dict[str, Any] = {field: gone | new}
    if call.flags["resource-version"]:
        meta["resourceVersion"] = call.flags["resource-version"]
    answer = apiserver.patch(call.cluster, item.key, {"metadata": meta}, "merge", dry_run=dry_run(call) == "server")
    warn(call, answer.warnings)

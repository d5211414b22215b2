"""`kubectl taint`.

Sources: kubectl pkg/cmd/taint/taint.go and utils.go, v1.32.5; the error texts are theirs.
"""

from __future__ import annotations

from typing import NamedTuple

from labkit import apiserver
from labkit.errors import CommandError, LabError
from labkit.fields import names
from labkit.kinds import KINDS
from labkit.kubectl.call import Call
from labkit.kubectl.changes import COMMON, VALIDATE, dry_run, report, tell
from labkit.kubectl.describe.placement import taint as written
from labkit.kubectl.parser import Flag, command, usage_error
from labkit.kubectl.resources import SELECTOR_FLAGS, Found, Item, Named, by_names, kind_of, listed

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


class Taint(NamedTuple):
    """One taint; without an effect it means every taint of that key, to be removed."""

    key: str
    value: str = ""
    effect: str = ""

    def same(self, other: Taint) -> bool:
        """Whether a node can only have one of the two: key and effect agree."""
        return (self.key, self.effect) == (other.key, other.effect)

    def manifest(self) -> dict[str, str]:
        """As a node's spec has it."""
        return {"key": self.key} | ({"value": self.value} if self.value else {}) | {"effect": self.effect}


class Change(NamedTuple):
    """Taints to add and to remove."""

    add: list[Taint]
    remove: list[Taint]


@command(
    "taint",
    "kubectl taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N",
    "Update the taints on one or more nodes.",
    SELECTOR_FLAGS[0],
    VALIDATE,
    *COMMON,
    Flag("all", "", "bool", help="All nodes"),
    Flag("overwrite", "", "bool", help="Change the value of taints that are there already"),
)
def taint(call: Call) -> None:
    """Add or remove taints; pods are moved when the lab runs."""
    words, changes = split_arguments(call.args)
    change = _parsed(call, changes)
    _check(call, words[0], change)
    if call.flags["all"] and call.flags["selector"]:
        raise CommandError("error: setting 'all' parameter with a non empty selector is prohibited")
    if not call.flags["all"] and not call.flags["selector"] and len(words) < 2:
        raise CommandError("error: at least one resource name must be specified since 'all' parameter is not set")
    found = _nodes(call, words[1:])
    errors = list(found.errors)
    for item in found.items:
        try:
            _taint(call, item, change)
        except LabError as error:
            errors.append(error)
    report(call, errors)


def split_arguments(args: list[str]) -> tuple[list[str], list[str]]:
    """The kind and the names, and the taints that follow them."""
    at = next((at for at, word in enumerate(args) if _is_taint(word)), len(args))
    wrong = next((word for word in args[at:] if not _is_taint(word)), None)
    if wrong is not None:
        raise CommandError(f"error: all resources must be specified before taint changes: {wrong}")
    if not args[:at]:
        raise CommandError("error: one or more resources must be specified as <resource> <name>")
    if not args[at:]:
        raise CommandError("error: at least one taint update is required")
    return args[:at], args[at:]


def _is_taint(word: str) -> bool:
    return "=" in word or ":" in word or word.endswith("-")


def _parsed(call: Call, words: list[str]) -> Change:
    try:
        return parse(words)
    except ValueError as error:
        raise usage_error(call, str(error)) from None


def parse(words: list[str]) -> Change:
    """The taints that words such as `key=value:NoSchedule`, `key:NoExecute-` and `key-` mean; ValueError if none."""
    change = Change([], [])
    for word in words:
        if word.endswith("-"):
            change.remove.append(parse_taint(word.removesuffix("-"))._replace(value=""))
            continue
        one = parse_taint(word)
        if not one.effect:
            raise ValueError(f"invalid taint spec: {word}")
        if any(one.same(other) for other in change.add):
            raise ValueError(f"duplicated taints with the same key and effect: {written(one.manifest())}")
        change.add.append(one)
    return change


def parse_taint(word: str) -> Taint:
    """`key=value:effect`, `key:effect` or `key`; ValueError in the command's words."""
    parts = word.split(":")
    if len(parts) > 2:
        raise ValueError(f"invalid taint spec: {word}")
    effect = parts[1] if len(parts) == 2 else ""
    if len(parts) == 2 and effect not in EFFECTS:
        raise ValueError(f"invalid taint effect: {effect}, unsupported taint effect")
    key, *values = parts[0].split("=") if len(parts) == 2 else [parts[0]]
    if len(values) > 1:
        raise ValueError(f"invalid taint spec: {word}")
    for wrong in (names.label_value(values[0]) if values else [], names.qualified_name(key)):
        if wrong:
            raise ValueError(f"invalid taint spec: {word}, {'; '.join(wrong)}")
    return Taint(key, values[0] if values else "", effect)


def _check(call: Call, word: str, change: Change) -> None:
    if kind_of(word.lower(), call).name != "Node":
        raise CommandError(f"error: invalid resource type {word.lower()}, only node types are supported")
    both = [
        f'{{"{gone.key}":"{gone.effect}"}}'
        for added in change.add
        for gone in change.remove
        if added.key == gone.key and gone.effect in ("", added.effect)
    ]
    if both:
        text = "can not both modify and remove the following taint(s) in the same command"
        raise CommandError(f"error: {text}: {', '.join(both)}")


def _nodes(call: Call, words: list[str]) -> Found:
    if call.flags["all"] or call.flags["selector"]:
        return Found(listed(call, KINDS["Node"], call.flags["selector"]), [], [KINDS["Node"]], False)
    return by_names(call, [Named(KINDS["Node"], word) for word in words])


def _taint(call: Call, item: Item, change: Change) -> None:
    old = [_of(one) for one in (item.obj.get("spec") or {}).get("taints") or ()]
    taken = [one.key for one in change.add if any(one.same(other) for other in old)]
    if taken and not call.flags["overwrite"]:
        text = f"already has {','.join(taken)} taint(s) with same effect(s) and --overwrite is false"
        raise CommandError(f"error: node {item.key.name} {text}")
    new, words = reorganized(old, change, call.flags["overwrite"])
    if dry_run(call) != "client":
        taints = [one.manifest() | _since(one, item.obj) for one in new] or None
        body = {"spec": {"taints": taints}}
        apiserver.patch(call.cluster, item.key, body, "merge", dry_run=dry_run(call) == "server")
    tell(call, item.obj, words)


def _of(manifest: dict[str, str]) -> Taint:
    return Taint(manifest.get("key", ""), manifest.get("value", ""), manifest.get("effect", ""))


def _since(one: Taint, node: dict[str, dict[str, list[dict[str, str]]]]) -> dict[str, str]:
    """When a taint that stays was added."""
    old = next((each for each in (node.get("spec") or {}).get("taints") or () if _of(each) == one), {})
    return {"timeAdded": old["timeAdded"]} if "timeAdded" in old else {}


def reorganized(old: list[Taint], change: Change, overwrite: bool) -> tuple[list[Taint], str]:
    """The taints after the change, the new ones first, and what to say: tainted, untainted or modified."""
    new = change.add + [one for one in old if not any(one.same(other) for other in change.add)]
    added, removed, missing = len(new) != len(old), False, []
    for gone in change.remove:
        left = [one for one in new if one.key != gone.key or gone.effect not in ("", one.effect)]
        removed = len(left) != len(new)
        if not removed:
            missing.append(f'taint "{written(gone._asdict())}" not found')
        new = left
    if missing:
        raise CommandError("error: " + (missing[0] if len(missing) == 1 else f"[{', '.join(missing)}]"))
    if (added and removed) or overwrite:
        return new, "modified"
    return new, "tainted" if added else "untainted"

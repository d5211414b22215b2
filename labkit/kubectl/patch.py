"""`kubectl patch`.

Source: kubectl pkg/cmd/patch/patch.go, v1.32.5; the error texts are its.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labkit import apiserver
from labkit.errors import CommandError, LabError
from labkit.fields.gotext import quote
from labkit.kubectl.call import Call
from labkit.kubectl.changes import COMMON, dry_run, report, tell_answer
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import FILENAME, RECURSIVE, Item, select
from labkit.manifests import yamltext

TYPES = ("json", "merge", "strategic")


@command(
    "patch",
    "kubectl patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]",
    "Update fields of a resource.",
    FILENAME,
    RECURSIVE,
    *COMMON,
    Flag("patch", "p", help="The patch, JSON or YAML"),
    Flag("patch-file", help="A file with the patch"),
    Flag("type", default="strategic", help="strategic, merge or json"),
    Flag("subresource", help="Not simulated"),
    Flag("local", "", "bool", help="Not simulated"),
)
def patch(call: Call) -> None:
    """Change some fields of objects."""
    body = _body(call)
    found = select(call)
    errors = list(found.errors)
    for item in found.items:
        try:
            _patch(call, item, body)
        except LabError as error:
            errors.append(error)
    if not found.items and not errors:
        raise CommandError("error: no objects passed to patch")
    report(call, errors)


def _body(call: Call) -> Any:
    """What the patch says; CommandError if it can't be read."""
    flags = call.flags
    if flags["patch"] and flags["patch-file"]:
        raise CommandError("error: cannot specify --patch and --patch-file together")
    if not flags["patch"] and not flags["patch-file"]:
        raise CommandError("error: must specify --patch or --patch-file containing the contents of the patch")
    if flags["type"].lower() not in TYPES:
        raise CommandError(f"error: --type must be one of [{' '.join(TYPES)}], not {quote(flags['type'])}")
    for flag in ("local", "subresource"):
        if flags[flag]:
            raise CommandError(f"error: labkit does not simulate --{flag}")
    text = flags["patch"] or _file(call)
    try:
        return yamltext.load(text)
    except yamltext.YamlError as error:
        raise CommandError(f"error: unable to parse {quote(text)}: {error}") from None


def _file(call: Call) -> str:
    name: str = call.flags["patch-file"]
    path: Path = call.cwd / name
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        raise CommandError(f"error: unable to read patch file: open {name}: no such file or directory") from None


def _patch(call: Call, item: Item, body: Any) -> None:
    answer = apiserver.patch(
        call.cluster, item.key, body, call.flags["type"].lower(), validation="Warn", dry_run=bool(dry_run(call))
    )
    tell_answer(call, answer, "patched" if answer.verb == "configured" else "patched (no change)")

"""`kubectl get`: objects as a table, or as `-o` asks.

Source: kubectl pkg/cmd/get/get.go and cli-runtime pkg/printers/tableprinter.go, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from labkit.errors import ApiError, CommandError
from labkit.fields import selectors
from labkit.history import Entry
from labkit.kinds import Kind
from labkit.kubectl import fieldselectors
from labkit.kubectl.call import Call
from labkit.kubectl.discovery import raw
from labkit.kubectl.outputs import as_list, showing
from labkit.kubectl.parser import Flag, command, usage_error
from labkit.kubectl.printers import Cell, View, printer_of
from labkit.kubectl.printers.cells import labels
from labkit.kubectl.resources import (
    ALL_NAMESPACES,
    FILENAME,
    RECURSIVE,
    SELECTOR_FLAGS,
    Found,
    Item,
    select,
    typed_name,
)
from labkit.kubectl.sorting import sorted_by
from labkit.kubectl.tables import columns
from labkit.kubectl.wording import worded

WATCHED = 60.0
"""Virtual seconds that a watch goes on: a real terminal would watch until it is interrupted."""
DEPRECATED = {
    "Endpoints": "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    "ComponentStatus": "Warning: v1 ComponentStatus is deprecated in v1.19+",
}
NO_TYPE = (
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported '
    "resources.\n"
)
REQUIRED = (
    'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource '
    "(e.g. kubectl explain pods)."
)


@command(
    "get",
    "kubectl get [(-o|--output=)json|yaml|name|jsonpath=...|custom-columns=...|wide] "
    "(TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE/NAME ...) [flags]",
    "Display one or many resources.",
    ALL_NAMESPACES,
    *SELECTOR_FLAGS,
    FILENAME,
    RECURSIVE,
    Flag("output", "o", help="wide, yaml, json, name, jsonpath=…, custom-columns=…, go-template=…"),
    Flag("show-labels", "", "bool", help="The labels in a last column"),
    Flag("label-columns", "L", "list", help="Labels that get a column of their own"),
    Flag("no-headers", "", "bool", help="Leave the header out"),
    Flag("sort-by", help="The path of the field to sort by, as .metadata.name"),
    Flag("ignore-not-found", "", "bool", help="What isn't there is no error"),
    Flag("show-kind", "", "bool", help="Names as type/name"),
    Flag("show-managed-fields", "", "bool", help="Taken, a lab keeps none"),
    Flag("watch", "w", "bool", help="Then let time pass and show every change: 60 s, or --request-timeout"),
    Flag("watch-only", "", "bool", help="Only the changes"),
    Flag("chunk-size", "", "int", 500, help="Taken, a lab answers at once"),
    Flag("allow-missing-template-keys", "", "bool", True, help="Taken, missing keys are always allowed"),
    Flag("server-print", "", "bool", True, help="Taken, tables are always the server's"),
    Flag("raw", help="A bare path of the server: /version, /healthz"),
    Flag("subresource", help="Not simulated"),
)
def get(call: Call) -> None:
    """Show the objects that the arguments mean."""
    _refuse_unsimulated(call)
    if call.flags["raw"]:
        call.out(raw(call.flags["raw"]), end="")
        return
    if not call.args and not call.flags["filename"]:
        call.err(NO_TYPE)
        raise usage_error(call, REQUIRED)
    output = call.flags["output"]
    show = None if output in ("", "wide") else showing(output, no_headers=call.flags["no-headers"])
    found = select(call, list_all=True)
    for kind in found.kinds:
        if kind.name in DEPRECATED:
            call.err(DEPRECATED[kind.name])
    items = sorted_by(found.items, call.flags["sort-by"]) if call.flags["sort-by"] else found.items
    errors = [error for error in found.errors if not (call.flags["ignore-not-found"] and _is_not_found(error))]
    if (call.flags["watch"] or call.flags["watch-only"]) and not errors:
        _watch(call, found, items, output == "wide")
    elif show is None:
        _print_tables(call, items, output == "wide")
        _say_if_empty(call, found.kinds, bool(items or errors))
    elif items or not found.single:
        call.out(show(_one_or_list(found, items)), end="")
    _report(call, errors)


def _refuse_unsimulated(call: Call) -> None:
    flags = call.flags
    if (flags["watch"] or flags["watch-only"]) and flags["output"] not in ("", "wide"):
        raise CommandError(f"error: labkit does not simulate watching with -o {flags['output']}")
    if flags["subresource"]:
        raise CommandError("error: labkit does not simulate --subresource")


def _is_not_found(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.reason == "NotFound"


def _one_or_list(found: Found, items: list[Item]) -> dict[str, Any]:
    return items[0].obj if found.single and items else as_list([item.obj for item in items])


def _report(call: Call, errors: list[Any]) -> None:
    for error in errors:
        call.err(worded(error))
        call.exit_code = 1


def _say_if_empty(call: Call, kinds: list[Kind], anything: bool) -> None:
    if anything or call.flags["ignore-not-found"]:
        return
    everywhere = call.flags["all-namespaces"] or not all(kind.namespaced for kind in kinds)
    call.err("No resources found" if everywhere else f"No resources found in {call.namespace} namespace.")


def _print_tables(call: Call, items: list[Item], wide: bool) -> None:
    """A table for each run of one kind, with an empty line between."""
    several = len({item.kind.name for item in items}) > 1 or call.flags["show-kind"]
    for number, (kind, run) in enumerate(groupby(items, key=lambda item: item.kind)):
        if number and not call.flags["no-headers"]:
            call.out()
        call.out(table(call, kind, list(run), wide, several), end="")


def table(
    call: Call, kind: Kind, items: list[Item], wide: bool = False, typed: bool = False, moments: Sequence[str] = ()
) -> str:
    """The table of some objects of one kind; `typed`: names as type/name; `moments`: when each was so, if not now."""
    printer = printer_of(kind.name)
    spaced = call.flags.get("all-namespaces", False) and kind.namespaced
    header: list[Cell] = [*["NAMESPACE"] * spaced, *map(str.upper, printer.columns(wide)), *_label_titles(call)]
    rows = [] if call.flags.get("no-headers") else [header]
    prefix = typed_name(kind, "") if typed and printer.names[0] == "Name" else ""
    views = [View(now, wide) for now in moments or [call.now] * len(items)]
    for item, view in zip(items, views, strict=True):
        first, *others = printer.cells(item.obj, view)
        meta = item.obj["metadata"]
        labelled = _label_cells(call, meta.get("labels") or {})
        rows.append([*[meta.get("namespace", "")] * spaced, f"{prefix}{first}", *others, *labelled])
    return columns(rows)


def _watch(call: Call, found: Found, items: list[Item], wide: bool) -> None:
    """Let time pass, then show what there was and every change since, each as old as it was at its moment."""
    if len(found.kinds) != 1:
        raise CommandError("error: you may only specify a single resource type")
    shown = [] if call.flags["watch-only"] else items
    now, seen = call.now, len(call.cluster.history)
    asked = call.flags["request-timeout"]
    call.lab.run(WATCHED if asked == "0" else asked)
    entries = [entry for entry in call.cluster.history[seen:] if _is_watched(call, found, entry)]
    changed = [Item(found.kinds[0], entry.new or entry.old) for entry in entries]
    moments = [now] * len(shown) + [call.cluster.clock.stamp(entry.time) for entry in entries]
    if moments:
        call.out(table(call, found.kinds[0], [*shown, *changed], wide, moments=moments), end="")


def _are_named(call: Call, found: Found) -> bool:
    return found.single or len(call.args) > 1 or bool(call.flags["filename"])


def _is_watched(call: Call, found: Found, entry: Entry) -> bool:
    kind, obj = found.kinds[0], entry.new or entry.old or {}
    named = {item.key for item in found.items}
    if entry.key.kind != kind.name or (_are_named(call, found) and entry.key not in named):
        return False
    here = call.flags["all-namespaces"] or not kind.namespaced or entry.key.namespace == call.namespace
    matches = selectors.parse(call.flags["selector"]).matches(obj["metadata"].get("labels") or {})
    return here and matches and fieldselectors.parse(kind.name, call.flags["field-selector"])(obj)


def _label_titles(call: Call) -> list[str]:
    own = [label.rpartition("/")[2].upper() for label in call.flags.get("label-columns") or ()]
    return own + ["LABELS"] * bool(call.flags.get("show-labels"))


def _label_cells(call: Call, given: dict[str, str]) -> list[str]:
    own = [given.get(label, "<none>") for label in call.flags.get("label-columns") or ()]
    return own + [labels(given)] * bool(call.flags.get("show-labels"))

"""`kubectl events`: what happened, oldest first.

Source: kubectl pkg/cmd/events/events.go and event_printer.go, v1.32.5.
"""

from __future__ import annotations

from typing import Any

from labkit.errors import CommandError
from labkit.kinds import KINDS
from labkit.kubectl.call import Call
from labkit.kubectl.outputs import as_list, showing
from labkit.kubectl.parser import Flag, command, no_arguments
from labkit.kubectl.printers.cells import age
from labkit.kubectl.printers.events import seen
from labkit.kubectl.resources import ALL_NAMESPACES, kind_of, listed
from labkit.kubectl.tables import columns

Object = dict[str, Any]
TYPES = ("Normal", "Warning")
HEADER = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]


@command(
    "events",
    "kubectl events [(-o|--output=)json|yaml|...] [--for TYPE/NAME] [--types=Normal,Warning]",
    "List events.",
    ALL_NAMESPACES,
    Flag("for", help="Only events about this object, as type/name"),
    Flag("types", "", "list", help="Only events of these types"),
    Flag("no-headers", "", "bool", help="Leave the header out"),
    Flag("output", "o", help="yaml, json, name, jsonpath=…"),
    Flag("watch", "w", "bool", help="Not simulated: turn the clock and look again"),
    Flag("chunk-size", "", "int", 500, help="Taken, a lab answers at once"),
)
def events(call: Call) -> None:
    """Show the events of a namespace in order of their last occurrence."""
    no_arguments(call)
    if call.flags["watch"]:
        raise CommandError('error: labkit does not simulate watching: let time pass with lab.run("30s") and look again')
    found = [obj for obj in _objects(call) if _wanted(call, obj)]
    if call.flags["output"]:
        call.out(showing(call.flags["output"])(as_list(found)), end="")
    elif found:
        call.out(_table(call, found), end="")
    else:
        call.err(
            "No events found." if call.flags["all-namespaces"] else f"No events found in {call.namespace} namespace."
        )


def _objects(call: Call) -> list[Object]:
    """The events, by the moment of their last occurrence; within a second in the order of writing."""
    items = listed(call, KINDS["Event"], field_selector=_about(call), everywhere=call.flags["all-namespaces"])
    return sorted((item.obj for item in items), key=lambda obj: (seen(obj)[1] or "", _version(obj)))


def _version(obj: Object) -> int:
    return int(obj["metadata"].get("resourceVersion") or 0)


def _about(call: Call) -> str:
    """The field selector of `--for`."""
    word = call.flags["for"]
    if not word:
        return ""
    kind, slash, name = word.partition("/")
    if not slash or "/" in name:
        raise CommandError("error: --for must be in resource/name form")
    return f"involvedObject.kind={kind_of(kind, call).name},involvedObject.name={name}"


def _wanted(call: Call, obj: Object) -> bool:
    types = [word.lower() for word in call.flags["types"]]
    for word in types:
        if word not in ("normal", "warning"):
            raise CommandError("error: valid --types are Normal or Warning")
    return not types or obj.get("type", "").lower() in types


def _table(call: Call, found: list[Object]) -> str:
    everywhere = call.flags["all-namespaces"]
    rows = [] if call.flags["no-headers"] else [["NAMESPACE"] * everywhere + HEADER]
    for obj in found:
        about = obj.get("involvedObject") or {}
        target = f"{about.get('kind', '')}/{about.get('name', '')}"
        cells = [_when(obj, call.now), obj.get("type", ""), obj.get("reason", ""), target]
        spaced = [obj["metadata"].get("namespace", "")] * everywhere
        rows.append([*spaced, *cells, (obj.get("message") or "").strip()])
    return columns(rows)


def _when(obj: Object, now: str) -> str:
    """`5s`, or `5s (x3 over 20s)` for what happened more than once."""
    first, last, times = seen(obj)
    if times > 1:
        return f"{age(last, now)} (x{times} over {age(first, now)})"
    return age(first, now)

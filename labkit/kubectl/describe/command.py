"""`kubectl describe`.

Source: kubectl pkg/cmd/describe/describe.go, v1.32.5; the error texts are its.
"""

from __future__ import annotations

from labkit.errors import ApiError, CommandError, LabError
from labkit.kubectl.call import Call
from labkit.kubectl.describe import describe
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import (
    ALL_NAMESPACES,
    FILENAME,
    RECURSIVE,
    SELECTOR_FLAGS,
    Item,
    kind_of,
    listed,
    select,
)
from labkit.kubectl.wording import worded

NO_TYPE = (
    'error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of '
    "supported resources."
)


@command(
    "describe",
    "kubectl describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
    "Show details of a specific resource or group of resources.",
    ALL_NAMESPACES,
    SELECTOR_FLAGS[0],
    FILENAME,
    RECURSIVE,
    Flag("show-events", "", "bool", True, help="Show the events about the object too"),
    Flag("chunk-size", "", "int", 500, help="Taken, a lab answers at once"),
)
def describe_command(call: Call) -> None:
    """Describe every object that the arguments mean; a name that isn't there is taken as the beginning of one."""
    if not call.args and not call.flags["filename"]:
        raise CommandError(NO_TYPE)
    found = select(call, list_all=True)
    items, errors = _with_prefixes(call, found.items, found.errors)
    texts = [describe(item.obj, call.cluster, call.flags["show-events"]) for item in items]
    call.out("\n\n".join(texts), end="")
    for error in errors:
        call.err(worded(error))
        call.exit_code = 1
    if not items and not errors:
        everywhere = call.flags["all-namespaces"]
        call.err("No resources found" if everywhere else f"No resources found in {call.namespace} namespace.")


def _with_prefixes(call: Call, items: list[Item], errors: list[LabError]) -> tuple[list[Item], list[LabError]]:
    """`describe pod web` describes web-7d9f and its like where there is no pod of that very name."""
    missing = [error for error in errors if isinstance(error, ApiError) and error.reason == "NotFound"]
    if len(call.args) != 2 or not missing:
        return items, errors
    kind, prefix = kind_of(call.args[0], call), call.args[1]
    everywhere = call.flags["all-namespaces"]
    like = [item for item in listed(call, kind, everywhere=everywhere) if item.key.name.startswith(prefix)]
    return (like, []) if like else (items, errors)

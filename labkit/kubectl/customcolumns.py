"""`-o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image`.

Source: kubectl pkg/cmd/get/customcolumn.go, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.errors import CommandError
from labkit.kubectl import jsonpath
from labkit.kubectl.tables import columns

Object = dict[str, Any]


def showing(spec: str, no_headers: bool) -> Callable[[Object], str]:
    """The function from an object or List to the table that `spec` describes."""
    if not spec:
        raise CommandError("error: custom-columns format specified but no custom columns given")
    parts = [_column(part) for part in spec.split(",")]
    header = [] if no_headers else [[title for title, _ in parts]]

    def show(obj: Object) -> str:
        listed = obj["items"] if obj["kind"] == "List" else [obj]
        rows = header + [[_cell(template, each) for _, template in parts] for each in listed]
        return columns(rows) if rows else ""

    return show


def _column(part: str) -> tuple[str, str]:
    title, colon, path = part.partition(":")
    if not colon or ":" in path:
        raise CommandError(f"error: unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
    try:
        template = jsonpath.relaxed(path)
        jsonpath.parse(template)
    except jsonpath.JSONPathError as error:
        raise CommandError(f"error: {error}") from None
    return title, template


def _cell(template: str, obj: Object) -> str:
    try:
        found = jsonpath.find(template, obj)
    except jsonpath.JSONPathError as error:
        raise CommandError(f"error: {error}") from None
    values = [value for results in found for value in results]
    return ",".join(map(jsonpath.go_value, values)) if values else "<none>"

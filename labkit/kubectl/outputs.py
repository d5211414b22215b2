"""What `-o` asks for: yaml, json, name, jsonpath, custom columns, go-template.

Source: cli-runtime pkg/genericclioptions/print_flags.go and kubectl pkg/cmd/get, v1.32.5; the error texts are theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.errors import CommandError
from labkit.kinds import KINDS
from labkit.kubectl import customcolumns, gotemplate, jsonpath
from labkit.kubectl.resources import typed_name
from labkit.kubectl.serialized import to_json, to_yaml, without_managed_fields

Object = dict[str, Any]
Show = Callable[[Object], str]
"""From an object, or a List of them, to text."""

FORMATS = (
    "custom-columns", "custom-columns-file", "go-template", "go-template-file", "json", "jsonpath", "jsonpath-as-json",
    "jsonpath-file", "name", "template", "templatefile", "wide", "yaml",
)  # fmt: skip


def showing(output: str, suffix: str = "", no_headers: bool = False, formats: tuple[str, ...] = FORMATS) -> Show:
    """The function for an output format other than a table; CommandError for one that there isn't.

    `suffix` is what happened, for `-o name` of commands that change something: `pod/web created`.
    """
    name, _, argument = output.partition("=")
    if name in ("yaml", "json"):
        write = to_yaml if name == "yaml" else to_json
        return lambda obj: write(_shown(obj))
    if name == "name":
        return lambda obj: "".join(f"{named(each)}{suffix}\n" for each in items(obj))
    if name in ("jsonpath", "jsonpath-as-json"):
        return _jsonpath(argument, as_json=name != "jsonpath")
    if name == "custom-columns":
        return customcolumns.showing(argument, no_headers)
    if name in ("go-template", "template"):
        return gotemplate.showing(argument)
    if name in FORMATS and name != "wide":
        raise CommandError(f'error: labkit does not simulate the output format "{name}"')
    raise CommandError(
        f'error: unable to match a printer suitable for the output format "{output}", '
        f"allowed formats are: {','.join(formats)}"
    )


def named(obj: Object) -> str:
    """`pod/web`, `deployment.apps/web`."""
    return typed_name(KINDS[obj["kind"]], obj["metadata"]["name"])


def items(obj: Object) -> list[Object]:
    """The objects of a List, or the object itself."""
    return list(obj["items"]) if obj["kind"] == "List" else [obj]


def as_list(objects: list[Object]) -> Object:
    """Objects as the List that kubectl wraps them into."""
    return {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {"resourceVersion": ""}}


def _shown(obj: Object) -> Object:
    if obj["kind"] == "List":
        return obj | {"items": [without_managed_fields(each) for each in obj["items"]]}
    return without_managed_fields(obj)


def _jsonpath(template: str, as_json: bool) -> Show:
    if not template:
        raise CommandError("error: template format specified but no template given")
    try:
        jsonpath.parse(template)
    except jsonpath.JSONPathError as error:
        raise CommandError(f"error: error parsing jsonpath {template}, {error}") from None
    return lambda obj: _rendered(template, obj, as_json)


def _rendered(template: str, obj: Object, as_json: bool) -> str:
    try:
        if as_json:
            return to_json([value for results in jsonpath.find(template, _shown(obj)) for value in results])
        return jsonpath.render(template, _shown(obj))
    except jsonpath.JSONPathError as error:
        raise CommandError(
            f'error: error executing jsonpath "{template}": Error executing template: {error}. '
            f"Printing more information for debugging the template:\n\ttemplate was:\n\t\t{template}\n"
            f"\tobject given to jsonpath engine was:\n\t\t{jsonpath.go_value(_shown(obj))}\n\n"
        ) from None

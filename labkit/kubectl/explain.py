"""`kubectl explain`: the fields of a kind, from the official schema.

Source: kubectl pkg/cmd/explain/explain.go, pkg/explain/v2/templates/plaintext.tmpl and mitchellh/go-wordwrap, as
v1.32.5 uses them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.errors import CommandError
from labkit.kinds import Kind, find
from labkit.kubectl.call import Call
from labkit.kubectl.enums import enum, with_values
from labkit.kubectl.parser import Flag, command
from labkit.manifests import schema

Schema = dict[str, Any]

NO_TYPE = (
    'error: You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of '
    "supported resources.\n"
)
ENUMS_SHOWN = 4
WIDTH = 76


@command(
    "explain",
    "kubectl explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group]",
    "Get documentation for a resource.",
    Flag("recursive", "", "bool", help="The names of all fields below"),
    Flag("api-version", help="The version of the kind"),
    Flag("output", "o", default="plaintext", help="plaintext"),
)
def explain(call: Call) -> None:
    """Print what the schema says of a kind or of one of its fields."""
    if not call.args:
        raise CommandError(NO_TYPE)
    if len(call.args) > 1:
        raise CommandError("error: We accept only this format: explain RESOURCE\n")
    kind, path = resource_and_path(call.args[0])
    name = schema.name_of(kind.name, call.flags["api-version"] or None)
    if name is None:
        version = call.flags["api-version"] or kind.api_version
        raise CommandError(f'error: couldn\'t find resource for "{version}, Kind={kind.name}"')
    group, _, version = (call.flags["api-version"] or kind.api_version).rpartition("/")
    call.out((f"GROUP:      {group}\n" if group else "") + f"KIND:       {kind.name}\nVERSION:    {version}\n")
    call.out(_at(name, path, call.flags["recursive"]))


def resource_and_path(words: str) -> tuple[Kind, list[str]]:
    """The kind and the path below it: `pod.spec`, `deployments.apps.spec` and plain kinds."""
    first, *path = words.split(".")
    for size in range(len(path), -1, -1):
        kind = find(".".join([first, *path[:size]]))
        if kind is not None:
            return kind, path[size:]
    raise CommandError(f'the server doesn\'t have a resource type "{first}"')


def _at(name: str, path: list[str], recursive: bool) -> str:
    """The text from the field's name on; CommandError if a word of the path isn't a field."""
    node: Schema = {"$ref": f"#/$defs/{name}"}
    heading, last = "", ("", "")
    for at, word in enumerate(path):
        place = schema.referred(node) or _inner(node)
        field = schema.definitions()[place].get("properties", {}).get(word) if place else None
        if field is None:
            raise CommandError(f'error: field "{path[-1]}" does not exist')
        node = field
        if at == len(path) - 1:
            heading, last = _heading(str(place), word, field), (str(place), word)
    text = described(node, *last) or "<empty>"
    shown = heading + "DESCRIPTION:\n" + indented(wrapped(text, WIDTH), 4) + "\n"
    fields = "".join(_fields(node, 1, recursive, ()))
    return shown + (f"FIELDS:\n{fields}" if fields else "")


def _inner(node: Schema) -> str | None:
    """The definition inside lists of lists and maps of lists."""
    for part in (node.get("items"), node.get("additionalProperties")):
        if isinstance(part, dict):
            return schema.referred(part) or _inner(part)
    return None


def _heading(place: str, word: str, field: Schema) -> str:
    values = enum(place, word)
    listed = "ENUM:" + "".join(f"\n    {value}" for value in values) if values else ""
    return f"FIELD: {word} <{schema.type_words(field)}>\n{_long_enum(listed)}\n\n"


def _long_enum(listed: str) -> str:
    return listed.replace("\n    \n", '\n    ""\n')


def described(node: Schema, place: str = "", word: str = "") -> str:
    """The descriptions of a schema, then of what it refers to, of its items, of its values; a line each."""
    if set(node) == {"$ref"}:
        return described(schema.definitions()[node["$ref"].removeprefix("#/$defs/")])
    text = node.get("description", "")
    text = f"{with_values(text, place, word)}\n" if text else ""
    if "$ref" in node:
        text += described({"$ref": node["$ref"]})
    for part in (node.get("items"), node.get("additionalProperties")):
        if isinstance(part, dict):
            text += described(part)
    return text


def _fields(node: Schema, level: int, recursive: bool, seen: tuple[str, ...]) -> Iterator[str]:
    """The fields of a schema; below a definition that was met on the way down there is nothing new."""
    place = schema.referred(node) or _inner(node)
    if place is None or place in seen:
        return
    body = schema.definitions()[place]
    for word, field in sorted(body.get("properties", {}).items()):
        yield _field(place, word, field, level, recursive)
        if recursive:
            yield from _fields(field, level + 1, recursive, (*seen, place))


def _field(place: str, word: str, field: Schema, level: int, short: bool) -> str:
    indent = 2 * level
    required = " -required-" if word in schema.definitions()[place].get("required", ()) else ""
    text = f"{' ' * indent}{word}\t<{schema.type_words(field)}>{required}{_short_enum(place, word, indent)}\n"
    if short:
        return text
    about = with_values(field.get("description", ""), place, word) or "<no description>"
    return text + indented(wrapped(about, 78 - indent), indent + 2) + "\n\n"


def _short_enum(place: str, word: str, indent: int) -> str:
    values = [value or '""' for value in enum(place, word)]
    if not values:
        return ""
    more = ", ...." if len(values) > ENUMS_SHOWN else ""
    return f"\n{' ' * indent}enum: {', '.join(values[:ENUMS_SHOWN])}{more}"


def indented(text: str, spaces: int) -> str:
    """Every line of the text with that many spaces before it, empty ones too."""
    return "\n".join(" " * spaces + line for line in text.split("\n"))


def wrapped(text: str, width: int) -> str:
    """The text with its lines broken between words so that none is longer, if its words allow."""
    return "\n".join(_wrapped_line(line, width) for line in text.split("\n"))


def _wrapped_line(line: str, width: int) -> str:
    done, current = [], ""
    spaces = ""
    for word in line.split(" "):
        if not word:
            spaces += " "
            continue
        if current and len(current) + len(spaces) + len(word) > width:
            done.append(current)
            current, spaces = "", ""
        current, spaces = current + spaces + word, " "
    return "\n".join([*done, current])

"""What a definition's schema refuses, in the words of the API server.

Source: apiextensions-apiserver pkg/apiserver/validation/validation.go, kube-openapi pkg/validation, v1.36.
Left out: rules in CEL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.manifests.causes import invalid, required, unsupported
from labkit.manifests.extensions import schema_of

Object = dict[str, Any]
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,),
}  # fmt: skip


def extension(obj: Object, old: Object | None) -> Iterator[Cause]:
    """Everything that the schema of an object's kind refuses."""
    schema = schema_of(obj["kind"])
    if schema is not None:
        for key, part in schema["properties"].items():
            if key in obj:
                yield from _problems(obj[key], part, key)
        yield from _absent(obj, schema, "")


def _problems(value: Any, schema: Object, path: str) -> Iterator[Cause]:
    wanted = _wanted(schema)
    if wanted and not any(_is_a(value, one) for one in wanted):
        given = _type_of(value)
        yield invalid(path, given, f'{path} in body must be of type {",".join(wanted)}: "{given}"')
    elif isinstance(value, dict):
        yield from _in_object(value, schema, path)
    elif isinstance(value, list):
        yield from _in_list(value, schema, path)
    else:
        yield from _of_scalar(value, schema, path)


def _wanted(schema: Object) -> list[str]:
    """The types that a schema takes; none for any."""
    if schema.get("x-kubernetes-int-or-string"):
        return ["integer", "string"]
    return [schema["type"]] if schema.get("type") else []


def _in_object(value: Object, schema: Object, path: str) -> Iterator[Cause]:
    yield from _absent(value, schema, f"{path}.")
    for key, inner in value.items():
        part = schema.get("properties", {}).get(key) or schema.get("additionalProperties")
        if part:
            yield from _problems(inner, part, f"{path}.{key}")


def _in_list(value: list[Any], schema: Object, path: str) -> Iterator[Cause]:
    most = schema.get("maxItems")
    if most is not None and len(value) > most:
        yield Cause(path, "FieldValueTooMany", f"Too many: {len(value)}: must have at most {most} items")
    for index, inner in enumerate(value):
        yield from _problems(inner, schema["items"], f"{path}[{index}]")


def _of_scalar(value: Any, schema: Object, path: str) -> Iterator[Cause]:
    if "enum" in schema and value not in schema["enum"]:
        yield unsupported(path, value, schema["enum"])
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield invalid(path, value, f"{path} in body should match '{schema['pattern']}'")
    if value < schema["minimum"] if "minimum" in schema else False:
        yield invalid(path, value, f"{path} in body should be greater than or equal to {schema['minimum']}")
    if value > schema["maximum"] if "maximum" in schema else False:
        yield invalid(path, value, f"{path} in body should be less than or equal to {schema['maximum']}")


def _absent(value: Object, schema: Object, prefix: str) -> Iterator[Cause]:
    return (required(f"{prefix}{key}") for key in schema.get("required", ()) if key not in value)


def _is_a(value: Any, wanted: str) -> bool:
    if isinstance(value, bool) and wanted != "boolean":
        return False
    return isinstance(value, _TYPES[wanted])


def _type_of(value: Any) -> str:
    return next((name for name in ("boolean", *_TYPES) if _is_a(value, name)), "null")

"""The defaults that a definition's schema gives.

Source: apiextensions-apiserver pkg/apiserver/schema/defaulting/algorithm.go, v1.36.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from labkit.manifests.extensions import schema_of

Object = dict[str, Any]


def defaulted(obj: Object) -> Object:
    """The object with every default of its kind's schema; itself if it lacks none."""
    schema = schema_of(obj["kind"])
    filled: Object = _filled(obj, schema) if schema else obj
    return filled


def _filled(value: Any, schema: Object) -> Any:
    if isinstance(value, list) and "items" in schema:
        return _same_or([_filled(one, schema["items"]) for one in value], value)
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    given = {**_missing(value, schema), **value}
    fields = schema["properties"]
    new = {key: _filled(inner, fields[key]) if key in fields else inner for key, inner in given.items()}
    return _same_or(new, value)


def _missing(value: Object, schema: Object) -> Object:
    fields = schema["properties"].items()
    return {key: deepcopy(part["default"]) for key, part in fields if "default" in part and key not in value}


def _same_or(new: Any, old: Any) -> Any:
    return old if new == old else new

"""The official schemas: every definition of the Kubernetes v1.36 OpenAPI document.

They come with the package `kubernetes-validate` and are read once per process, when first needed. A definition
is looked up by kind (`Deployment`) or by its full name (`io.k8s.api.apps.v1.DeploymentSpec`).
"""

from __future__ import annotations

import importlib.util
import typing
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from labkit.kinds import KINDS, STRUCTS
from labkit.manifests import extensions

_FILE = "kubernetes-json-schema/v1.36.0-local-strict/_definitions.json"
_REF = "#/$defs/"
_SCALARS = {"string": "string", "boolean": "boolean", "integer": "integer", "number": "number"}


class Field(NamedTuple):
    """One field as `kubectl explain` knows it.

    `type` is its type in words (`[]Container`, `map[string]string`, `integer`), `definition` the name of the
    definition of its fields, None where it has none.
    """

    name: str
    type: str
    description: str
    required: bool
    definition: str | None


@cache
def definitions() -> dict[str, dict[str, Any]]:
    """All definitions by full name, those of extensions included (about 700; 25 ms the first time)."""
    found = importlib.util.find_spec("kubernetes_validate")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("labkit needs the package kubernetes-validate for the official schemas")
    text = (Path(found.origin).parent / _FILE).read_bytes()
    return {**msgspec.json.decode(text, type=dict[str, Any])["$defs"], **extensions.schemas()}


@cache
def names() -> dict[tuple[str, str], str]:
    """(apiVersion, kind) → the definition's full name."""
    return {
        (f"{row['group']}/{row['version']}" if row["group"] else row["version"], row["kind"]): name
        for name, body in definitions().items()
        for row in body.get("x-kubernetes-group-version-kind", ())
        if name.endswith("." + row["kind"])
    }


def name_of(kind: str, api_version: str | None = None) -> str | None:
    """The full name of a kind's definition; None for a kind that has none."""
    row = KINDS.get(kind)
    return names().get((api_version or (row.api_version if row else ""), kind))


def definition(kind: str) -> dict[str, Any]:
    """The definition of a kind or of a full name; KeyError if there is none."""
    name = kind if kind in definitions() else name_of(kind)
    if name is None:
        raise KeyError(kind)
    return definitions()[name]


def fields(kind: str) -> Iterator[Field]:
    """The fields of a definition, in the document's order (alphabetical)."""
    body = definition(kind)
    for name, prop in body.get("properties", {}).items():
        yield _field(name, prop, name in body.get("required", ()))


def field(kind: str, path: str) -> Field:
    """The field at a dotted path, as in `kubectl explain pod.spec.containers`; KeyError names the missing one."""
    where: str | None = kind
    found = None
    for word in path.split("."):
        if where is None:
            raise KeyError(word)
        body = definition(where)
        if word not in body.get("properties", {}):
            raise KeyError(word)
        found = _field(word, body["properties"][word], word in body.get("required", ()))
        where = found.definition
    assert found is not None
    return found


def referred(prop: dict[str, Any]) -> str | None:
    """The full name of the definition that a property, its items or its values refer to."""
    for part in (prop, prop.get("items"), prop.get("additionalProperties")):
        if isinstance(part, dict) and "$ref" in part:
            return str(part["$ref"]).removeprefix(_REF)
    return None


def primitive(prop: dict[str, Any]) -> str:
    """The JSON type of a property, without "null": string, integer, boolean, number, array, object."""
    kind = prop.get("type", "object")
    return next(one for one in kind if one != "null") if isinstance(kind, list) else str(kind)


def _field(name: str, prop: dict[str, Any], required: bool) -> Field:
    target = referred(prop)
    has_fields = target is not None and "properties" in definitions()[target]
    return Field(name, type_words(prop), prop.get("description", ""), required, target if has_fields else None)


def type_words(prop: dict[str, Any]) -> str:
    """A property's type as kubectl explain prints it between `<` and `>`."""
    if "$ref" in prop:
        return _named(prop["$ref"].removeprefix(_REF))
    kind = primitive(prop)
    if kind == "array":
        return "[]" + type_words(prop["items"])
    if kind == "object" and isinstance(prop.get("additionalProperties"), dict):
        return "map[string]" + type_words(prop["additionalProperties"])
    return _SCALARS.get(kind, "Object")


def _named(name: str) -> str:
    """The last word of a definition's name, or the type of a definition that is a mere scalar."""
    kind = primitive(definitions()[name])
    return name.rpartition(".")[2] if kind == "object" else _SCALARS.get(kind, "Object")


def unsimulated(obj: dict[str, Any]) -> list[str]:
    """Field paths of a manifest that the schema knows and no struct of `labkit.kinds` names: kept, not acted on.

    A path is given once, without indices: `spec.template.spec.dnsConfig`. What a struct holds as a plain dict counts
    as known, and so do metadata, status and the fields that change no behaviour.
    """
    struct, name = STRUCTS.get(obj.get("kind", "")), name_of(obj.get("kind", ""))
    if name is None or obj.get("kind") in _READ_AS_DICTS:
        return []
    if struct is None:
        return [key for key in obj if key not in _ALWAYS_KNOWN and key in definitions()[name]["properties"]]
    return list(dict.fromkeys(_unknown(obj, struct, name, "")))


_ALWAYS_KNOWN = {"apiVersion", "kind", "metadata", "status"}
_READ_AS_DICTS = {"NodePool", "NodeClaim"}
"""Kinds that are simulated without a struct."""


def _unknown(value: dict[str, Any], struct: type, name: str, path: str) -> Iterator[str]:
    known = _fields_of(struct)
    for key, inner in value.items():
        prop = definitions()[name].get("properties", {}).get(key)
        if prop is None or (not path and key in _ALWAYS_KNOWN):
            continue
        if key not in known:
            yield f"{path}{key}"
            continue
        target, below = referred(prop), known[key]
        if below is not None and target is not None and "properties" in definitions()[target]:
            for one in inner if isinstance(inner, list) else [inner]:
                yield from _unknown(one, below, target, f"{path}{key}.") if isinstance(one, dict) else ()


@cache
def _fields_of(struct: type) -> dict[str, type | None]:
    """A struct's fields by JSON name, each with the struct it holds (itself, in a tuple, or optionally)."""
    return {field.encode_name: _struct_in(field.type) for field in msgspec.structs.fields(struct)}


def _struct_in(hint: Any) -> type | None:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint
    found = (_struct_in(part) for part in typing.get_args(hint))
    return next((one for one in found if one is not None), None)

"""Kinds that come with an extension: their CustomResourceDefinitions, and what those say of an object.

An extension is a file of definitions beside this module, written by hand from the project's Go types. A lab serves
its kinds once the definitions are in the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from labkit.errors import LabError

Object = dict[str, Any]
NAMES = ("karpenter", "vpa")
META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"


@cache
def definitions_of(name: str) -> tuple[Object, ...]:
    """The CustomResourceDefinitions of an extension; LabError if there is none of that name."""
    if name not in NAMES:
        raise LabError(f'labkit has no extension "{name}"', f"There are {', '.join(NAMES)}.")
    text = (Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8")
    return tuple(yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


@cache
def by_kind() -> dict[str, Object]:
    """Every extension's definition by the kind it defines."""
    return {one["spec"]["names"]["kind"]: one for name in NAMES for one in definitions_of(name)}


def schema_of(kind: str) -> Object | None:
    """The OpenAPI schema of a kind's objects; None for a kind that no extension defines."""
    found = by_kind().get(kind)
    return _version(found)["schema"]["openAPIV3Schema"] if found else None


def columns_of(kind: str) -> tuple[Object, ...]:
    """What `kubectl get` shows of a kind beside the name: name, type, jsonPath, priority (1: wide tables only)."""
    found = by_kind().get(kind)
    return tuple(_version(found)["additionalPrinterColumns"]) if found else ()


@cache
def schemas() -> dict[str, Object]:
    """The definitions in the form of the official document: every object of its own under a name."""
    return dict(pair for kind, found in by_kind().items() for pair in _named(kind, found))


def _version(definition: Object) -> Object:
    version: Object = definition["spec"]["versions"][0]
    return version


def _named(kind: str, definition: Object) -> Iterator[tuple[str, Object]]:
    group, version = definition["spec"]["group"], _version(definition)
    prefix = ".".join([*reversed(group.split(".")), version["name"]])
    found: dict[str, Object] = {}
    body = _flat(version["schema"]["openAPIV3Schema"], f"{prefix}.{kind}", found)
    root = found[body["$ref"].rpartition("/")[2]]
    common: Object = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": _reference(META)}
    root["properties"] = {**common, **root["properties"]}
    root["x-kubernetes-group-version-kind"] = [{"group": group, "version": version["name"], "kind": kind}]
    yield from found.items()


def _flat(schema: Object, name: str, found: dict[str, Object]) -> Object:
    """The schema with every object that has fields moved to `found`, under its path."""
    if "properties" in schema:
        fields = {key: _flat(inner, f"{name}{_titled(key)}", found) for key, inner in schema["properties"].items()}
        found[name] = {**schema, "properties": fields}
        return {**_reference(name), "description": schema.get("description", "")}
    if schema.get("x-kubernetes-int-or-string"):
        return _reference(INT_OR_STRING)
    inside = (part for part in ("items", "additionalProperties") if part in schema)
    return {**schema, **{part: _flat(schema[part], name, found) for part in inside}}


def _reference(name: str) -> Object:
    return {"$ref": f"#/$defs/{name}"}


def _titled(key: str) -> str:
    return key[:1].upper() + key[1:]

"""Names, labels, annotations, owners and label selectors: what every object's validation shares.

Source: apimachinery pkg/api/validation/objectmeta.go, pkg/apis/meta/v1/validation/validation.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names
from labkit.manifests.causes import IMMUTABLE, duplicate, each, forbidden, invalid, required, too_long

Object = dict[str, Any]
_LABEL_NAMED = {"Service", "Namespace", "StatefulSet"}
_PATH_NAMED = {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "Event"}
_ANNOTATIONS_LIMIT = 256 * 1024
_OWNER_WORDS = {"apiVersion": "version", "kind": "kind", "name": "name", "uid": "uid"}


def name_errors(kind: str, name: str) -> list[str]:
    """What is wrong with an object's name; most kinds take a DNS subdomain."""
    if kind in _LABEL_NAMED:
        return names.dns1123_label(name)
    return _path_segment(name) if kind in _PATH_NAMED else names.dns1123_subdomain(name)


def _path_segment(name: str) -> list[str]:
    if name in (".", ".."):
        return [f"may not be '{name}'"]
    return [f"may not contain '{letter}'" for letter in "/%" if letter in name]


def metadata(obj: Object) -> Iterator[Cause]:
    """The metadata of a new object."""
    meta, path = obj.get("metadata") or {}, "metadata"
    prefix, name = meta.get("generateName", ""), meta.get("name", "")
    if prefix:
        masked = prefix[:-1] + "a" if len(prefix) > 1 and prefix.endswith("-") else prefix
        yield from each(f"{path}.generateName", prefix, name_errors(obj["kind"], masked[:58]))
    if not name:
        yield required(f"{path}.name", "name or generateName is required")
    else:
        yield from each(f"{path}.name", name, name_errors(obj["kind"], name))
    yield from label_map(meta.get("labels"), f"{path}.labels")
    yield from annotation_map(meta.get("annotations"), f"{path}.annotations")
    yield from _owners(meta.get("ownerReferences") or (), f"{path}.ownerReferences")
    for index, finalizer in enumerate(meta.get("finalizers") or ()):
        yield from each(f"{path}.finalizers[{index}]", finalizer, names.qualified_name(finalizer))


def metadata_update(obj: Object, old: Object) -> Iterator[Cause]:
    """The metadata of a changed object."""
    new, before = obj.get("metadata") or {}, old["metadata"]
    for key in ("name", "namespace", "uid"):
        if key in new and new[key] != before.get(key):
            yield invalid(f"metadata.{key}", new[key], IMMUTABLE)
    yield from label_map(new.get("labels"), "metadata.labels")
    yield from annotation_map(new.get("annotations"), "metadata.annotations")
    yield from _owners(new.get("ownerReferences") or (), "metadata.ownerReferences")


def label_map(given: Object | None, path: str) -> Iterator[Cause]:
    """Keys and values of labels."""
    for key, value in (given or {}).items():
        yield from each(path, key, names.qualified_name(key))
        yield from each(path, value, names.label_value(value))


def annotation_map(given: Object | None, path: str) -> Iterator[Cause]:
    """Keys of annotations, and the size of all of them."""
    for key in given or ():
        yield from each(path, key, names.qualified_name(key.lower()))
    if sum(len(key) + len(value) for key, value in (given or {}).items()) > _ANNOTATIONS_LIMIT:
        yield too_long(path, _ANNOTATIONS_LIMIT)


def label_name(path: str, key: str) -> Iterator[Cause]:
    """The key of a label where one is named: a topology key, a taint's key."""
    return each(path, key, names.qualified_name(key))


def label_selector(selector: Object | None, path: str) -> Iterator[Cause]:
    """A LabelSelector's labels and expressions."""
    selector = selector or {}
    yield from label_map(selector.get("matchLabels"), f"{path}.matchLabels")
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        yield from _expression(expression, f"{path}.matchExpressions[{index}]")


def _expression(expression: Object, path: str) -> Iterator[Cause]:
    operator, values = expression.get("operator", ""), expression.get("values") or []
    yield from operands(operator, values, path, ("In", "NotIn"))
    yield from label_name(f"{path}.key", expression.get("key", ""))
    for index, value in enumerate(values):
        yield from each(f"{path}.values[{index}]", value, names.label_value(value))


def operands(operator: str, values: list[str], path: str, sets: tuple[str, ...]) -> Iterator[Cause]:
    """Whether an operator and its number of values go together."""
    if operator in sets:
        if not values:
            yield required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            yield forbidden(f"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    else:
        yield invalid(f"{path}.operator", operator, "not a valid selector operator")


def is_empty(selector: Object) -> bool:
    """Whether a LabelSelector selects everything."""
    return not selector.get("matchLabels") and not selector.get("matchExpressions")


def _owners(owners: Any, path: str) -> Iterator[Cause]:
    for index, owner in enumerate(owners):
        for key, word in _OWNER_WORDS.items():
            if not owner.get(key):
                yield invalid(f"{path}[{index}].{key}", "", f"{word} must not be empty")
    controllers = [owner.get("kind", "") + "/" + owner.get("name", "") for owner in owners if owner.get("controller")]
    if len(controllers) > 1:
        both = f'Found "true" in references for {controllers[0]} and {controllers[1]}'
        yield invalid(path, owners, f"Only one reference can have Controller set to true. {both}")


def unique(items: Any, path: str, key: str = "name") -> Iterator[Cause]:
    """Items of a list whose `key` stood before."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        value = item.get(key)
        if value and value in seen:
            yield duplicate(f"{path}[{index}].{key}", value)
        seen.add(value)

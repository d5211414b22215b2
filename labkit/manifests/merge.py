"""Merging: JSON merge patch, strategic merge patch and kubectl's three-way apply.

The schemas say which lists are merged, by which key (`x-kubernetes-patch-merge-key`), and where only the keys of the
newer side are kept (`retainKeys`). Nothing is changed in place; what isn't touched is shared.
Source: apimachinery pkg/util/strategicpatch/patch.go, kubectl pkg/util/apply.go, v1.36.
"""

from __future__ import annotations

import json
from typing import Any

from labkit.manifests import schema

Object = dict[str, Any]
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_REPLACE, _DELETE = "replace", "delete"
_ORDER, _FROM_LIST = "$setElementOrder/", "$deleteFromPrimitiveList/"


def merge_patch(target: Any, patch: Any) -> Any:
    """`target` with a JSON merge patch applied (RFC 7386): null deletes."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def strategic_patch(target: Object, patch: Object, definition: str | None) -> Object:
    """`target` with a strategic merge patch applied; `definition` is the full name of its schema.

    Knows `$patch: delete|replace`, `$retainKeys`, `$setElementOrder` and `$deleteFromPrimitiveList`.
    """
    mode = patch.get("$patch")
    if mode in (_REPLACE, _DELETE):
        return {key: value for key, value in patch.items() if key != "$patch"} if mode == _REPLACE else {}
    kept = patch.get("$retainKeys")
    result = {key: value for key, value in target.items() if kept is None or key in kept}
    for key, value in patch.items():
        if key.startswith("$"):
            _directive(result, key, value)
        elif value is None:
            result.pop(key, None)
        else:
            result[key] = _patched(result.get(key), value, _prop(definition, key))
    return result


def three_way(last: Object, live: Object, wanted: Object, definition: str | None) -> Object:
    """`live` as kubectl apply makes it: what `wanted` says is set, what only `last` said is gone, the rest stays."""
    result = {key: value for key, value in live.items() if key in wanted or key not in last}
    for key, value in wanted.items():
        prop = _prop(definition, key)
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _three(last.get(key), live.get(key), value, prop)
    return result


def with_last_applied(obj: Object) -> Object:
    """`obj` with the annotation that remembers what was applied: the object itself as compact JSON."""
    meta = obj.get("metadata") or {}
    annotations = {key: value for key, value in (meta.get("annotations") or {}).items() if key != LAST_APPLIED}
    plain = {**obj, "metadata": {**meta, "annotations": annotations}}
    return {**obj, "metadata": {**meta, "annotations": {**annotations, LAST_APPLIED: compact(plain)}}}


def last_applied(obj: Object) -> Object:
    """What was applied last, from the annotation; {} where it is missing or broken."""
    text = ((obj.get("metadata") or {}).get("annotations") or {}).get(LAST_APPLIED, "")
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def compact(obj: Any) -> str:
    """JSON as Go writes it: keys in order, no spaces, `<`, `>` and `&` escaped, a line break at the end."""
    text = json.dumps(obj, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text + "\n"


def _prop(definition: str | None, key: str) -> Object:
    if definition is None:
        return {}
    found: Object = schema.definitions()[definition].get("properties", {}).get(key, {})
    return found


def _inner(prop: Object) -> str | None:
    name = schema.referred(prop)
    return name if name and "properties" in schema.definitions()[name] else None


def _strategies(prop: Object) -> list[str]:
    return str(prop.get("x-kubernetes-patch-strategy", "")).split(",")


def _merge_key(prop: Object) -> str | None:
    return prop.get("x-kubernetes-patch-merge-key") if "merge" in _strategies(prop) else None


def _patched(old: Any, patch: Any, prop: Object) -> Any:
    if isinstance(patch, dict):
        return strategic_patch(old if isinstance(old, dict) else {}, patch, _inner(prop))
    if not isinstance(patch, list) or "merge" not in _strategies(prop):
        return patch
    key = _merge_key(prop)
    return _patched_items(old or [], patch, key, _inner(prop)) if key else _union(old or [], patch)


def _patched_items(old: list[Object], patch: list[Object], key: str, definition: str | None) -> list[Object]:
    patch = [one or {} for one in patch]
    if any(one.get("$patch") == _REPLACE for one in patch):
        return [one for one in patch if "$patch" not in one]
    result = list(old)
    for one in patch:
        at = _index(result, key, one.get(key))
        if one.get("$patch") == _DELETE:
            result = [other for index, other in enumerate(result) if index != at]
        elif at is None:
            result.append(strategic_patch({}, one, definition))
        else:
            result[at] = strategic_patch(result[at], one, definition)
    return result


def _directive(result: Object, key: str, value: Any) -> None:
    if key.startswith(_FROM_LIST):
        name = key.removeprefix(_FROM_LIST)
        result[name] = [one for one in result.get(name) or () if one not in value]
    elif key.startswith(_ORDER):
        name = key.removeprefix(_ORDER)
        result[name] = _ordered(result.get(name) or [], value)


def _ordered(items: list[Any], order: list[Any]) -> list[Any]:
    """`items` in the order of `order`, whose entries carry the merge key alone; others keep their places behind."""

    def rank(item: Any) -> int:
        for index, one in enumerate(order):
            if one == item or (isinstance(one, dict) and one.items() <= item.items()):
                return index
        return len(order)

    return sorted(items, key=rank)


def _three(last: Any, live: Any, wanted: Any, prop: Object) -> Any:
    if isinstance(wanted, dict):
        return _three_objects(_dict(last), _dict(live), wanted, prop)
    if not isinstance(wanted, list) or "merge" not in _strategies(prop):
        return wanted
    key = _merge_key(prop)
    if key:
        before, now, then = ([one or {} for one in side or ()] for side in (last, live, wanted))
        return _three_items(before, now, then, key, prop)
    gone = [one for one in last or () if one not in wanted]
    return _union([one for one in live or () if one not in gone], wanted)


def _three_objects(last: Object, live: Object, wanted: Object, prop: Object) -> Object:
    """Where keys are retained, a change drops what only the server has: the settings of the former type."""
    merged = three_way(last, live, wanted, _inner(prop))
    if merged == live or "retainKeys" not in _strategies(prop):
        return merged
    return {key: merged[key] for key in merged if key in wanted}


def _three_items(last: list[Object], live: list[Object], wanted: list[Object], key: str, prop: Object) -> list[Object]:
    """Items paired by their key: the wanted ones in their order, then those that only the server has."""
    result = []
    for one in wanted:
        before, now = (_of(side, key, one.get(key)) for side in (last, live))
        result.append(_three_objects(before, now, one, prop))
    known = {one.get(key) for one in (*last, *wanted)}
    return result + [one for one in live if one.get(key) not in known]


def _of(items: list[Object], key: str, value: Any) -> Object:
    at = _index(items, key, value)
    return {} if at is None else items[at]


def _index(items: list[Object], key: str, value: Any) -> int | None:
    return next((index for index, one in enumerate(items) if one.get(key) == value), None)


def _dict(value: Any) -> Object:
    return value if isinstance(value, dict) else {}


def _union(old: list[Any], new: list[Any]) -> list[Any]:
    return [*old, *(one for one in new if one not in old)]

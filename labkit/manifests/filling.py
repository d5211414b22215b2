"""Small tools of defaulting: fill in what is missing, share what isn't touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Object = dict[str, Any]


def filled(obj: Object, **defaults: Any) -> Object:
    """`obj` with the defaults that it lacks; `obj` itself if it lacks none."""
    missing = {key: value for key, value in defaults.items() if key not in obj}
    return {**obj, **missing} if missing else obj


def changed(obj: Object, key: str, value: Any) -> Object:
    """`obj` with `key` set; `obj` itself if that is what it has already."""
    return obj if key in obj and obj[key] is value else {**obj, key: value}


def part(obj: Object, key: str, fill: Callable[[Object], Object]) -> Object:
    """`obj` with the object at `key` filled, where there is one."""
    inner = obj.get(key)
    return obj if inner is None else changed(obj, key, fill(inner))


def made(obj: Object, key: str, fill: Callable[[Object], Object]) -> Object:
    """`obj` with the object at `key` filled, starting from an empty one where there is none."""
    return changed(obj, key, fill(obj.get(key) or {}))


def items(obj: Object, key: str, fill: Callable[[Object], Object]) -> Object:
    """`obj` with every item of the list at `key` filled."""
    before = obj.get(key)
    if not before:
        return obj
    after = [fill(one) for one in before]
    same = all(new is old for new, old in zip(after, before, strict=True))
    return obj if same else {**obj, key: after}


def at(obj: Object, path: str, fill: Callable[[Object], Object]) -> Object:
    """`obj` with the object at a dotted path filled, made where it is missing."""
    key, _, rest = path.partition(".")
    return made(obj, key, (lambda inner: at(inner, rest, fill)) if rest else fill)


def choose(fills: Mapping[str, Callable[[Object], Object]], key: str) -> Callable[[Object], Object]:
    """The fill of a kind, or one that changes nothing."""
    return fills.get(key, _same)


def _same(obj: Object) -> Object:
    return obj

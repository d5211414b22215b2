"""JSON patch (RFC 6902): add, remove, replace, move, copy, test.

Source: gopkg.in/evanphx/json-patch.v4 patch.go; the API server gives no reason when one can't be applied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class PatchError(Exception):
    """A patch that can't be applied."""


def apply(target: Any, operations: Sequence[dict[str, Any]]) -> Any:
    """`target` after all operations; PatchError if one fails, and then nothing has changed."""
    for one in operations:
        operation = _OPERATIONS.get(one.get("op", ""))
        if operation is None:
            raise PatchError(f"Unexpected kind: {one.get('op')}")
        target = operation(target, one)
    return target


def _parts(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _get(target: Any, parts: list[str]) -> Any:
    for part in parts:
        if isinstance(target, dict) and part in target:
            target = target[part]
        elif isinstance(target, list) and part.lstrip("-").isdigit() and -len(target) <= int(part) < len(target):
            target = target[int(part)]
        else:
            raise PatchError(f"missing path: {part}")
    return target


def _set(target: Any, parts: list[str], value: Any, insert: bool) -> Any:
    """A copy of `target` with the value at a path; in lists it is put before the index where `insert` is set."""
    if not parts:
        return value
    part, rest = parts[0], parts[1:]
    if isinstance(target, list):
        return _set_item(target, part, rest, value, insert)
    if not isinstance(target, dict) or (part not in target and (rest or not insert)):
        raise PatchError(f"missing path: {part}")
    return {**target, part: _set(target.get(part), rest, value, insert)}


def _set_item(target: list[Any], part: str, rest: list[str], value: Any, insert: bool) -> list[Any]:
    if part == "-" and insert and not rest:
        return [*target, value]
    at = int(part) if part.isdigit() else -1
    if not 0 <= at <= len(target) - (0 if insert and not rest else 1):
        raise PatchError(f"index out of bounds: {part}")
    if rest or not insert:
        return [*target[:at], _set(target[at], rest, value, insert), *target[at + 1 :]]
    return [*target[:at], value, *target[at:]]


def _remove(target: Any, parts: list[str]) -> Any:
    _get(target, parts)
    *above, last = parts
    holder = _get(target, above)
    if isinstance(holder, dict):
        left: Any = {key: value for key, value in holder.items() if key != last}
    else:
        left = [one for index, one in enumerate(holder) if index != int(last)]
    return _set(target, above, left, insert=False)


def _op_add(target: Any, one: dict[str, Any]) -> Any:
    return _set(target, _parts(one["path"]), one.get("value"), insert=True)


def _op_replace(target: Any, one: dict[str, Any]) -> Any:
    return _set(target, _parts(one["path"]), one.get("value"), insert=False)


def _op_remove(target: Any, one: dict[str, Any]) -> Any:
    return _remove(target, _parts(one["path"]))


def _op_move(target: Any, one: dict[str, Any]) -> Any:
    value = _get(target, _parts(one["from"]))
    return _set(_remove(target, _parts(one["from"])), _parts(one["path"]), value, insert=True)


def _op_copy(target: Any, one: dict[str, Any]) -> Any:
    return _set(target, _parts(one["path"]), _get(target, _parts(one["from"])), insert=True)


def _op_test(target: Any, one: dict[str, Any]) -> Any:
    if _get(target, _parts(one["path"])) != one.get("value"):
        raise PatchError("testing value failed")
    return target


_OPERATIONS = {
    "add": _op_add, "remove": _op_remove, "replace": _op_replace, "move": _op_move, "copy": _op_copy, "test": _op_test,
}  # fmt: skip

"""kubectl's JSONPath templates, evaluated on plain objects.

    render('{range .items[*]}{.metadata.name}{"\\n"}{end}', {"items": [...]})

Source: client-go util/jsonpath/jsonpath.go, v1.32. Missing keys give nothing, as `kubectl get` wants it.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

from labkit.kubectl.jsonpath_syntax import (
    Action,
    Field,
    Filter,
    JSONPathError,
    Literal,
    Node,
    Recursive,
    Slice,
    Text,
    Union,
    Wildcard,
    Word,
    parse,
)

__all__ = ["JSONPathError", "find", "go_value", "parse", "relaxed", "render"]

Template = tuple[Text | Action, ...]

_RELAXED = re.compile(r"\{\.?([^{}]+)\}|\.?([^{}]+)")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, ">": operator.gt, "==": operator.eq, "!=": operator.ne, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


def relaxed(text: str) -> str:
    """A template from a path as `--sort-by` and custom columns take it: `.a.b`, `a.b`, `{.a.b}`."""
    found = _RELAXED.fullmatch(text)
    if not text:
        return ""
    if found is None:
        raise JSONPathError(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
        )
    return f"{{.{found[1] or found[2]}}}"


def render(template: str, data: Any) -> str:
    """The text of a template with `data` filled in; JSONPathError if either is wrong."""
    return "".join(" ".join(map(_shown, results)) for results in find(template, data))


def find(template: str, data: Any) -> list[list[Any]]:
    """What each part of a template finds in `data`, one list a part (and a round of `range`)."""
    results, _ = _block(parse(template), 0, data, 0)
    return results


def _block(parts: Template, at: int, data: Any, depth: int) -> tuple[list[list[Any]], int]:
    """The results from part `at` up to the `end` of this block, and where that stands."""
    found: list[list[Any]] = []
    while at < len(parts):
        part = parts[at]
        first = part.nodes[0] if isinstance(part, Action) and part.nodes else None
        if first == Word("end"):
            if not depth:
                raise JSONPathError("not in range, nothing to end")
            return found, at
        if first == Word("range") and isinstance(part, Action):
            rounds, at = _range(parts, at, _walk(part.nodes[1:], [data]), depth)
            found += rounds
        else:
            found.append(_part(part, data))
        at += 1
    return found, at


def _range(parts: Template, at: int, values: list[Any], depth: int) -> tuple[list[list[Any]], int]:
    """The results of every round of a range, and where its `end` stands."""
    found: list[list[Any]] = []
    end = at
    # Without any value the block is still walked once, to find its end.
    for value in values or [None]:
        results, end = _block(parts, at + 1, value, depth + 1)
        found += results if values else []
    return found, end


def _part(part: Text | Action, data: Any) -> list[Any]:
    return [part.value] if isinstance(part, Text) else _walk(part.nodes, [data])


def _walk(nodes: tuple[Node, ...], values: list[Any]) -> list[Any]:
    for node in nodes:
        values = _step(node, values)
    return values


def _step(node: Node, values: list[Any]) -> list[Any]:
    match node:
        case Text(text):
            return [text]
        case Literal(literal):
            return [literal]
        case Field(name):
            return _fields(name, values)
        case Wildcard():
            return [child for value in values for child in _children(value)]
        case Recursive():
            return [each for value in values for each in _descendants(value)]
        case Slice():
            return [each for value in values if value is not None for each in _sliced(node, value)]
        case Union(lists):
            return [each for one in lists for each in _walk(one, values)]
        case Filter():
            return [each for value in values if value is not None for each in _filtered(node, value)]
        case Word(name):
            raise JSONPathError(f"unrecognized identifier {name}")
    raise JSONPathError(f"unexpected node {node}")


def _fields(name: str, values: list[Any]) -> list[Any]:
    if not name:
        return values
    return [value[name] for value in values if isinstance(value, dict) and name in value]


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []


def _descendants(value: Any) -> Iterator[Any]:
    """The value and all that is below it, leaves excepted."""
    children = _children(value)
    if children:
        yield value
        for child in children:
            yield from _descendants(child)


def _sliced(part: Slice, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise JSONPathError(f"{go_value(value)} is not array or slice")
    length = len(value)
    start = (part.start or 0) + (length if (part.start or 0) < 0 else 0)
    stop = start + 1 if part.single else length if part.stop is None else part.stop + (length if part.stop < 0 else 0)
    if start == stop:
        return []
    _check_bounds(start, stop, length)
    if part.step is not None and part.step <= 0:
        raise JSONPathError("step must be > 0")
    return value[start : stop : part.step or 1]


def _check_bounds(start: int, stop: int, length: int) -> None:
    if not 0 <= start < length:
        raise JSONPathError(f"array index out of bounds: index {start}, length {length}")
    if not 0 <= stop <= length:
        raise JSONPathError(f"array index out of bounds: index {stop - 1}, length {length}")
    if start > stop:
        raise JSONPathError(f"starting index {start} is greater than ending index {stop}")


def _filtered(node: Filter, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise JSONPathError(f"{go_value(value)} is not array or slice and cannot be filtered")
    return [each for each in value if _holds(node, each)]


def _holds(node: Filter, value: Any) -> bool:
    lefts = _walk(node.left, [value])
    if node.operator == "exists" or not lefts:
        return bool(lefts)
    rights = _walk(node.right, [value])
    if len(lefts) != 1 or len(rights) > 1:
        raise JSONPathError("can only compare one element at a time")
    if node.operator not in _OPERATORS:
        raise JSONPathError(f"unrecognized filter operator {node.operator}")
    return bool(rights) and _compared(node.operator, lefts[0], rights[0])


def _compared(sign: str, left: Any, right: Any) -> bool:
    if type(left) is not type(right):
        raise JSONPathError("incompatible types for comparison")
    return _OPERATORS[sign](left, right)


def _shown(value: Any) -> str:
    """A result as text: objects and lists as JSON, the rest as Go prints it."""
    if isinstance(value, dict | list):
        return html_escaped(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    return go_value(value)


def html_escaped(text: str) -> str:
    """JSON text as Go writes it, with <, > and & escaped."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def go_value(value: Any) -> str:
    """A value as Go's %v prints it: `map[a:1 b:2]`, `[x y]`, `true`, `<nil>`."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{go_value(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(go_value, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)

"""JSON text to plain values, with the error texts of Go's encoding/json.

A key that stands twice in one object keeps its last value; the object then is a `Doubled` dict that remembers it,
for the strict decoder to report.
Source: Go encoding/json scanner.go.
"""

from __future__ import annotations

import json
from typing import Any


class JsonError(Exception):
    """Text that isn't JSON: `invalid character 'x' looking for beginning of value`."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class Doubled(dict[str, Any]):
    """An object some of whose keys stood more than once; `keys_twice` names them in order."""

    keys_twice: tuple[str, ...] = ()


_AFTER = {
    "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
    "Illegal trailing comma before end of object": "looking for beginning of object key string",
    "Illegal trailing comma before end of array": "looking for beginning of value",
    "Expecting ':' delimiter": "after object key",
    "Expecting value": "looking for beginning of value",
    "Extra data": "after top-level value",
    "Invalid control character at": "in string literal",
}


def load(text: str) -> Any:
    """The value of a JSON text; JsonError with Go's words if it can't be read."""
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise JsonError(_words(error), error.doc.count("\n", 0, _place(error)) + 1) from None
    except RecursionError:
        raise JsonError("exceeded max depth") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    doubled, seen = Doubled(plain), set[str]()
    for key, _ in pairs:
        if key in seen:
            doubled.keys_twice += (key,)
        seen.add(key)
    return doubled


def _place(error: json.JSONDecodeError) -> int:
    # From Python 3.13 on a trailing comma is blamed, Go blames what follows it.
    at = error.pos + error.msg.startswith("Illegal trailing comma")
    while at < len(error.doc) and error.doc[at] in " \t\r\n":
        at += 1
    return at


def _words(error: json.JSONDecodeError) -> str:
    at = _place(error)
    if at >= len(error.doc) or error.msg.startswith("Unterminated string"):
        return "unexpected end of JSON input"
    where = _AFTER.get(error.msg.rstrip(), "after object key:value pair")
    if error.msg == "Expecting ',' delimiter" and _in_array(error.doc[: error.pos]):
        where = "after array element"
    return f"invalid character '{error.doc[at]}' {where}"


def _in_array(before: str) -> bool:
    """Whether the text breaks off inside an array rather than an object (quoted brackets are rare enough)."""
    depth = 0
    for letter in reversed(before):
        depth += {"]": 1, "}": 1, "[": -1, "{": -1}.get(letter, 0)
        if depth < 0:
            return letter == "["
    return False

"""`-o go-template=…`: fields, texts, range, if, else, end, len and index of Go's text/template.

Source: Go text/template (the part that kubectl's documentation uses); other functions are refused by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from labkit.errors import CommandError
from labkit.kubectl.jsonpath import go_value

Object = dict[str, Any]

_PART = re.compile(r"\{\{(- )?(.*?)( -)?\}\}", re.DOTALL)
_WORD = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`|\S+')
_NOTHING = object()


class Part(NamedTuple):
    """A text ("text"), or the words of an action ("action")."""

    kind: str
    text: str
    words: tuple[str, ...] = ()


def showing(template: str) -> Callable[[Object], str]:
    """The function from an object or List to the text of the template."""
    if not template:
        raise CommandError("error: template format specified but no template given")
    parts = list(_parts(template))
    return lambda obj: _block(parts, 0, obj)[0]


def _parts(template: str) -> Iterator[Part]:
    at, trim = 0, False
    for found in _PART.finditer(template):
        text = template[at : found.start()]
        text = text.lstrip() if trim else text
        yield Part("text", text.rstrip() if found[1] else text)
        yield Part("action", found[0], tuple(_WORD.findall(found[2])))
        at, trim = found.end(), bool(found[3])
    rest = template[at:]
    if "{{" in rest:
        raise CommandError(f"error: error parsing template {template}, template: output:1: unclosed action")
    yield Part("text", rest.lstrip() if trim else rest)


def _block(parts: list[Part], at: int, dot: Any) -> tuple[str, int]:
    """The text from part `at` up to the else or end that closes the block, and where that stands."""
    text = ""
    while at < len(parts):
        part = parts[at]
        first = part.words[0] if part.words else ""
        if first in ("end", "else"):
            return text, at
        if first in ("range", "if"):
            shown, at = _branch(parts, at, dot)
            text += shown
        elif part.kind == "text":
            text += part.text
        else:
            text += _shown(_value(part.words, dot))
        at += 1
    return text, at


def _branch(parts: list[Part], at: int, dot: Any) -> tuple[str, int]:
    """A range or an if: the text, and where its end stands."""
    first, *words = parts[at].words
    value = _value(tuple(words), dot)
    value = None if value is _NOTHING else value
    if first == "range":
        rounds = list(value.values()) if isinstance(value, dict) else list(value or [])
    else:
        rounds = [dot] if value else []
    body, close = "", at
    for each in rounds or [None]:
        shown, close = _block(parts, at + 1, each)
        body += shown if rounds else ""
    if close < len(parts) and parts[close].words[:1] == ("else",):
        shown, close = _block(parts, close + 1, dot)
        body = body if rounds else shown
    return body, close


def _value(words: tuple[str, ...], dot: Any) -> Any:
    first, *rest = words or ("",)
    if first == "len" and len(rest) == 1:
        return len(_term(rest[0], dot))
    if first == "index" and len(rest) >= 2:
        value = _term(rest[0], dot)
        for word in rest[1:]:
            value = _at(value, _term(word, dot))
        return value
    if rest:
        raise CommandError(f'error: labkit does not simulate "{" ".join(words)}" in a go-template')
    return _term(first, dot)


def _term(word: str, dot: Any) -> Any:
    if word.startswith('"'):
        return json.loads(word)
    if word.startswith("`"):
        return word[1:-1]
    if word.lstrip("-").isdigit():
        return int(word)
    if not word.startswith("."):
        raise CommandError(f'error: labkit does not simulate "{word}" in a go-template')
    value = dot
    for name in filter(None, word.split(".")):
        value = _at(value, name)
    return value


def _at(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return value.get(key, _NOTHING)
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return value[key]
    return _NOTHING


def _shown(value: Any) -> str:
    return "<no value>" if value is _NOTHING or value is None else go_value(value)

"""The grammar of kubectl's JSONPath templates: text with {actions}.

Source: client-go util/jsonpath/parser.go and node.go, v1.32; the error texts are theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple


class JSONPathError(ValueError):
    """A template that can't be parsed, or that doesn't fit the data."""


class Text(NamedTuple):
    """Literal text, outside of braces or quoted within."""

    value: str


class Field(NamedTuple):
    """`.name`; the empty name is the value itself."""

    name: str


class Wildcard(NamedTuple):
    """`.*`"""


class Recursive(NamedTuple):
    """`..`"""


class Literal(NamedTuple):
    """A number or boolean."""

    value: int | float | bool


class Word(NamedTuple):
    """An identifier: range or end."""

    name: str


class Slice(NamedTuple):
    """`[start:stop:step]`; None where not given, `single` for `[index]`."""

    start: int | None
    stop: int | None
    step: int | None
    single: bool


class Union(NamedTuple):
    """`[a,b]`"""

    lists: tuple[tuple[Node, ...], ...]


class Filter(NamedTuple):
    """`[?(left operator right)]`; the operator "exists" has no right side."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    operator: str


class Action(NamedTuple):
    """What stands between one pair of braces."""

    nodes: tuple[Node, ...]


Node = Text | Field | Wildcard | Recursive | Literal | Word | Slice | Union | Filter | Action

_TERMINATORS = " \t\r\n.,[]$@{}"
_SLICE = re.compile(r"(-?\d*)(:-?\d*)?(:-?\d*)?")
_KEY = re.compile(r"'([^']*)'")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+?)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def parse(template: str) -> tuple[Text | Action, ...]:
    """The texts and actions of a template; JSONPathError where it is malformed."""
    parts: list[Text | Action] = []
    at = 0
    while at < len(template):
        opening = template.find("{", at)
        if opening != at:
            parts.append(Text(template[at : opening if opening >= 0 else None]))
        if opening < 0:
            break
        reader = _Reader(template, opening + 1)
        parts.append(Action(reader.action()))
        at = reader.at
    return tuple(parts)


def _expression(text: str) -> tuple[Node, ...]:
    """The nodes of an expression inside a filter or union."""
    return _Reader(text + "}", 0).action()


@dataclass
class _Reader:
    """Where we are in the text of an action."""

    text: str
    at: int

    def action(self) -> tuple[Node, ...]:
        """The nodes up to the closing brace, which is taken too."""
        nodes: list[Node] = []
        while not self.text.startswith("}", self.at):
            self.one(nodes)
        self.at += 1
        return tuple(nodes)

    def one(self, nodes: list[Node]) -> None:
        """Read one node."""
        char = self.text[self.at : self.at + 1]
        if not char or char in "\r\n":
            raise JSONPathError("unclosed action")
        if char in " @$":
            self.at += 1
        elif self.text.startswith("[?(", self.at):
            nodes.append(self.filter())
        elif char == "[":
            nodes.extend(self.array())
        elif char in "\"'":
            nodes.append(self.quoted(char))
        elif char == ".":
            self.dots(nodes)
        else:
            nodes.append(self.word(char))

    def dots(self, nodes: list[Node]) -> None:
        """`.name`, `.*` or `..`"""
        if not self.text.startswith("..", self.at):
            self.at += 1
            nodes.append(self.field())
            return
        if nodes and isinstance(nodes[-1], Recursive):
            raise JSONPathError("invalid multiple recursive descent")
        self.at += 2
        nodes.append(Recursive())
        if _is_word(self.text[self.at : self.at + 1]):
            nodes.append(self.field())

    def field(self) -> Node:
        """A name, in which a backslash takes the next character as it is."""
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in _TERMINATORS:
            self.at += 2 if self.text[self.at] == "\\" else 1
        name = self.text[start : self.at]
        return Wildcard() if name == "*" else Field(name.replace("\\", ""))

    def word(self, first: str) -> Node:
        """A number, a boolean or an identifier."""
        if first in "+-" or first.isdigit():
            return self.number()
        if not _is_word(first):
            raise JSONPathError(f"unrecognized character in action: U+{ord(first):04X} '{first}'")
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in _TERMINATORS:
            self.at += 1
        name = self.text[start : self.at]
        return Literal(name == "true") if name in ("true", "false") else Word(name)

    def number(self) -> Literal:
        """An integer or a decimal."""
        found = re.compile(r"[-+]?[\d.]*").match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        try:
            return Literal(float(found[0]) if "." in found[0] else int(found[0]))
        except ValueError:
            raise JSONPathError(f"cannot parse number {found[0]}") from None

    def quoted(self, quote: str) -> Text:
        """A quoted text with Go's escapes."""
        start = self.at
        while True:
            self.at += 1
            char = self.text[self.at : self.at + 1]
            if not char or char == "\n":
                raise JSONPathError("unterminated quoted string")
            if char == quote and self.text[self.at - 1] != "\\":
                break
        self.at += 1
        return Text(_unquoted(self.text[start + 1 : self.at - 1]))

    def array(self) -> list[Node]:
        """`[index]`, `[a:b:c]`, `[*]`, `['key']` or a union of them."""
        end = self.text.find("]", self.at)
        if end < 0 or "\n" in self.text[self.at : end]:
            raise JSONPathError("unterminated array")
        inner = self.text[self.at + 1 : end]
        self.at = end + 1
        parts = inner.split(",")
        if len(parts) > 1:
            return [Union(tuple(_expression(f"[{part.strip(' ')}]") for part in parts))]
        key = _KEY.fullmatch(inner)
        return list(_expression(f".{key[1]}")) if key else [_slice(":" if inner == "*" else inner)]

    def filter(self) -> Filter:
        """`[?(@.a == "b")]`"""
        start = self.at + 3
        end = self.filter_end(start)
        if self.text[end + 1 : end + 2] != "]":
            raise JSONPathError("unclosed array expect ]")
        inner = self.text[start:end]
        self.at = end + 2
        found = _COMPARISON.fullmatch(inner)
        if found is None:
            return Filter(_expression(inner), (), "exists")
        return Filter(_expression(found[1]), _expression(found[3]), found[2])

    def filter_end(self, at: int) -> int:
        """Where the closing parenthesis of a filter stands, outside of quotes."""
        quote = ""
        while at < len(self.text) and self.text[at] != "\n":
            char = self.text[at]
            if char in "\"'" and not quote:
                quote = char
            elif char == quote and self.text[at - 1] != "\\":
                quote = ""
            elif char == ")" and not quote:
                return at
            at += 1
        raise JSONPathError("unterminated filter")


def _is_word(char: str) -> bool:
    return char == "_" or char.isalnum()


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)


def _slice(text: str) -> Slice:
    found = _SLICE.fullmatch(text)
    if found is None:
        raise JSONPathError(f"invalid array index {text}")
    start = int(found[1]) if found[1] not in ("", "-") else None
    stop = int(found[2][1:]) if found[2] and found[2] != ":" else None
    step = int(found[3][1:]) if found[3] and found[3] != ":" else None
    return Slice(start, stop, step, single=found[2] is None)

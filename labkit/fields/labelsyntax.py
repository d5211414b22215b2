"""The grammar of `kubectl -l`: `app=web,tier in (front,back),!canary,n>3`.

A lexer and a recursive descent parser with the real one's error texts.
Source: apimachinery pkg/labels/selector.go (Lexer, Parser), v1.36.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from labkit.errors import FieldError
from labkit.fields import names
from labkit.fields.gotext import quote
from labkit.fields.requirements import BINARY, Requirement, Selector, requirement, selector

# A symbol, or a word (a NUL ends a word and is swallowed), or the end: of the text, or a NUL.
_TOKEN = re.compile(r"[ \t\r\n]*(?:(?P<symbol>==|!=|[=!(),<>])|(?P<word>[^ \t\r\n=!(),<>\0]+)\0?|)")
_OPERATORS = {"in": "in", "notin": "notin", "=": "=", "==": "==", "!=": "!=", ">": "gt", "<": "lt"}
_END = "end"
_WORD = "word"


class _Token(NamedTuple):
    kind: str  # the symbol itself, _WORD or _END
    text: str


def parse(text: str) -> Selector:
    """The selector that `text` describes; FieldError in the real parser's words if it doesn't describe one."""
    return selector(_Parser(text).requirements())


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while True:
        found = _TOKEN.match(text, at)
        assert found is not None  # the pattern matches the empty text too
        at = found.end()
        if found["symbol"]:
            tokens.append(_Token(found["symbol"], found["symbol"]))
        elif found["word"]:
            tokens.append(_Token(_WORD, found["word"]))
        else:
            return [*tokens, _Token(_END, "")]


class _Parser:
    def __init__(self, text: str) -> None:
        self._left = _tokens(text)[::-1]

    def _take(self) -> _Token:
        return self._left.pop()

    @property
    def _next(self) -> _Token:
        return self._left[-1]

    def requirements(self) -> list[Requirement]:
        found: list[Requirement] = []
        while self._next.kind != _END:
            if self._next.kind not in (_WORD, "!"):
                raise FieldError(f"found '{self._next.text}', expected: !, identifier, or 'end of string'")
            found.append(self._checked_requirement())
            token = self._take()
            if token.kind == _END:
                return found
            self._expect_another(token)
        return found

    def _expect_another(self, token: _Token) -> None:
        if token.kind != ",":
            raise FieldError(f"found '{token.text}', expected: ',' or 'end of string'")
        if self._next.kind not in (_WORD, "!"):
            raise FieldError(f"found '{self._next.text}', expected: identifier after ','")

    def _checked_requirement(self) -> Requirement:
        try:
            return self._requirement()
        except FieldError as error:
            raise FieldError(f"unable to parse requirement: {error}") from None

    def _requirement(self) -> Requirement:
        absent = self._next.kind == "!"
        if absent:
            self._take()
        key = self._key()
        if absent or self._next.kind in (_END, ","):
            return requirement(key, "!" if absent else "exists")
        operator = self._operator()
        values = self._value_set() if operator in ("in", "notin") else {self._exact_value()}
        return requirement(key, operator, sorted(values))

    def _key(self) -> str:
        token = self._take()
        if token.kind != _WORD:
            raise FieldError(f"found '{token.text}', expected: identifier")
        wrong = names.label_key(token.text)
        if wrong:
            raise FieldError(f"<nil>: Invalid value: {quote(token.text)}: {'; '.join(wrong)}")
        return token.text

    def _operator(self) -> str:
        token = self._take()
        if token.text not in _OPERATORS:
            raise FieldError(f"found '{token.text}', expected: {', '.join(BINARY)}")
        return _OPERATORS[token.text]

    def _exact_value(self) -> str:
        if self._next.kind in (_END, ","):
            return ""
        token = self._take()
        if token.kind != _WORD:
            raise FieldError(f"found '{token.text}', expected: identifier")
        return token.text

    def _value_set(self) -> set[str]:
        token = self._take()
        if token.kind != "(":
            raise FieldError(f"found '{token.text}' expected: '('")
        if self._next.kind == ")":
            self._take()
            return {""}
        if self._next.kind not in (_WORD, ","):
            raise FieldError(f"found '{self._next.text}', expected: ',', ')' or identifier")
        values = self._values()
        self._take()
        return values

    def _values(self) -> set[str]:
        """What stands up to the closing parenthesis, which stays; empty values come from `(,` `,,` and `,)`."""
        values: set[str] = set()
        while True:
            token = self._take()
            if token.kind == _WORD:
                values.add(token.text)
                if self._next.kind == ")":
                    return values
                if self._next.kind != ",":
                    raise FieldError(f"found '{self._next.text}', expected: ',' or ')'")
            elif token.kind != ",":
                raise FieldError(f"found '{token.text}', expected: ',', or identifier")
            elif self._after_comma(values):
                return values

    def _after_comma(self, values: set[str]) -> bool:
        """Add the empty value where a comma asks for one; True at the closing parenthesis."""
        if not values or self._next.kind in (")", ","):
            values.add("")
        if self._next.kind == ",":
            self._take()
            return False
        return self._next.kind == ")"

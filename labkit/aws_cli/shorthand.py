"""Shorthand for values with parts: `type=spread,field=instanceId`, `awsvpcConfiguration={subnets=[a,b]}`.

    parameter := pair {"," pair}        pair := key "=" values
    values    := csv | list | map       csv := value {"," value}
    list      := "[" [part {"," part}] "]"    map := "{" [pair {"," pair}] "}"    part := value | list | map

A csv goes on until a comma that a pair follows. Values may be quoted; `\\,` is a comma.
Source: aws-cli v2, awscli/shorthand.py; AWS CLI user guide, "Using shorthand syntax". Left out: `@=`.
"""

from __future__ import annotations

import re
from typing import Any

KEY = re.compile(r"[A-Za-z0-9_\-.#/:]*")
START = r"(?:\\,|[^\s\"',=\[{])"
FIRST = re.compile(START + r"(?:\\,|[^\"',\]}])*")
SECOND = re.compile(START + r"(?:\\,|[^\"',=])*")
QUOTED = {"'": re.compile(r"'((?:\\\\|\\'|[^'])*)'"), '"': re.compile(r'"((?:\\\\|\\"|[^"])*)"')}


QUOTES = {"'": "singled quoted", '"': "double quoted"}


class ShorthandError(ValueError):
    """Where the text stops being shorthand, in the command line's words."""

    def __init__(self, text: str, what: str, at: int, more: str = "") -> None:
        before = text[:at].rpartition("\n")[2]
        super().__init__(f"{what} for input:\n{text}\n{' ' * len(before)}^{more}")


def parse(text: str) -> dict[str, Any]:
    """The value that shorthand means, texts as they are. Raises ShorthandError."""
    return _Reader(text).parameter()


def fitted(value: Any, shape: Any) -> Any:
    """A parsed value in the types that its shape asks for; what doesn't fit stays, for botocore to refuse."""
    if shape.type_name == "structure" and isinstance(value, dict):
        members = shape.members
        return {name: fitted(one, members[name]) if name in members else one for name, one in value.items()}
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: fitted(one, shape.value) for name, one in value.items()}
    if shape.type_name == "list":
        return [fitted(one, shape.member) for one in (value if isinstance(value, list) else [value])]
    return _scalar(value, shape.type_name)


def _scalar(value: Any, kind: str) -> Any:
    if not isinstance(value, str):
        return value
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    return {"true": True, "false": False}.get(value.lower(), value) if kind == "boolean" else value


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    @property
    def char(self) -> str:
        return self.text[self.at : self.at + 1]

    def parameter(self) -> dict[str, Any]:
        found = dict([self.pair()])
        while self.at < len(self.text):
            comma = self.at
            self.expect(",")
            key, value = self.pair()
            if key in found:
                raise self.repeated(key, comma + 1)
            found[key] = value
        return found

    def pair(self) -> tuple[str, Any]:
        key = self.match(KEY)
        self.expect("=")
        return key, self.values()

    def values(self) -> Any:
        return self.part() if self.char in ("[", "{") and self.char else self.csv()

    def part(self) -> Any:
        if self.char == "[":
            return self.listed()
        return self.mapped() if self.char == "{" else self.value(FIRST)

    def csv(self) -> Any:
        found = [self.value(FIRST)]
        while self.char == ",":
            try:
                found.append(self.next_of_csv())
            except ShorthandError:
                if self.at >= len(self.text):
                    raise
                self.at = self.text.rindex(",", 0, self.at + 1)  # a pair follows
                break
        return found[0] if len(found) == 1 else found

    def next_of_csv(self) -> str:
        self.expect(",")
        found = self.value(SECOND, must="second")
        if self.at < len(self.text) and self.char != ",":
            raise self.unexpected(",")
        return found

    def listed(self) -> list[Any]:
        self.expect("[")
        found: list[Any] = []
        while self.char != "]":
            found.append(self.part())
            self.blanks()
            if self.char != "]":
                self.expect(",")
        self.at += 1
        self.blanks()
        return found

    def mapped(self) -> dict[str, Any]:
        self.expect("{")
        found: dict[str, Any] = {}
        while self.char != "}":
            key = self.match(KEY)
            self.expect("=")
            found[key] = self.part()
            self.blanks()
            if self.char != "}":
                self.expect(",")
        self.at += 1
        self.blanks()
        return found

    def value(self, plain: re.Pattern[str], must: str = "") -> str:
        quote = self.char
        if quote in QUOTED:
            return self.quoted(quote)
        found = self.match(plain)
        if must and not found:
            raise self.unexpected(f"<{must}>", "<none>")
        return found.replace("\\,", ",").rstrip()

    def quoted(self, quote: str) -> str:
        whole = QUOTED[quote].match(self.text, self.at)
        if whole is None:
            raise self.unexpected(f"<{QUOTES[quote]}>", "<none>")
        self.at = whole.end()
        self.blanks()
        return whole[1].replace(f"\\{quote}", quote).replace("\\\\", "\\")

    def match(self, what: re.Pattern[str]) -> str:
        found = what.match(self.text, self.at)
        self.at = found.end() if found else self.at
        self.blanks()
        return found[0] if found else ""

    def expect(self, sign: str) -> None:
        self.blanks()
        if self.char != sign:
            raise self.unexpected(sign)
        self.at += 1
        self.blanks()

    def blanks(self) -> None:
        while self.char.isspace():
            self.at += 1

    def unexpected(self, expected: str, received: str = "") -> ShorthandError:
        found = received or self.char or "EOF"
        return ShorthandError(self.text, f"Expected: '{expected}', received: '{found}'", self.at)

    def repeated(self, key: str, at: int) -> ShorthandError:
        more = '\nThis is often because there is a preceding "," instead of a space.'
        return ShorthandError(self.text, f'Second instance of key "{key}" encountered', at, more)

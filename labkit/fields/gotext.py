"""How Go reads and writes small texts: quoted strings (`%q`), integers, 64-bit wrap-around.

Source: Go strconv (quote.go, atoi.go).
"""

from __future__ import annotations

import re

from labkit.errors import FieldError

INT64_MAX = (1 << 63) - 1
INT64_MIN = -(1 << 63)

_ESCAPES = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
_ESCAPES |= {"\\": r"\\", '"': r"\""}
_INTEGER = re.compile(r"[+-]?[0-9]+")


def quote(text: str) -> str:
    """`text` in double quotes as `%q` writes it: printable characters stay, the others become escapes."""
    return f'"{"".join(map(_escape, text))}"'


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def parse_int(text: str, function: str = "ParseInt") -> int:
    """A signed decimal integer of 64 bits; FieldError with `function`'s words if it isn't one."""
    if not _INTEGER.fullmatch(text):
        raise FieldError(f"strconv.{function}: parsing {quote(text)}: invalid syntax")
    number = int(text) if len(text) < 30 else int(text[:1] + text[1:].lstrip("0")[:25] or "0")
    if not INT64_MIN <= number <= INT64_MAX:
        raise FieldError(f"strconv.{function}: parsing {quote(text)}: value out of range")
    return number


def is_int(text: str) -> bool:
    """Whether `text` is a signed decimal integer of 64 bits."""
    try:
        parse_int(text)
    except FieldError:
        return False
    return True


def wrap64(number: int) -> int:
    """`number` as a signed 64-bit integer that overflowed silently."""
    return ((number + (1 << 63)) & ((1 << 64) - 1)) - (1 << 63)

"""What a plain YAML word means to kubectl.

kubectl reads YAML 1.1 as Go's yaml does: `yes`, `on` and `y` are true, `0777` is octal, `1e3` is a number,
a timestamp stays text, sixty-based numbers (`1:30`) stay text.
Source: sigs.k8s.io/yaml v1.6, goyaml.v2/resolve.go.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import Any

_TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_NULL = ("", "~", "null", "Null", "NULL")
_WORDS: dict[str, Any] = dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False) | dict.fromkeys(_NULL)
_WORDS |= {"<<": "<<"}
_INTEGER = re.compile(r"[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)$")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)$")
_TAG = "tag:yaml.org,2002:"


@lru_cache(maxsize=4096)
def plain(word: str) -> Any:
    """The value of an unquoted word: None, bool, int, float or the word itself."""
    if word in _WORDS:
        return _WORDS[word]
    if word[0] not in "-+.0123456789":
        return word
    return _number(word)


def tagged(tag: str | None, word: str) -> Any:
    """The value of a word that carries an explicit tag such as `!!str`; unknown tags leave it as it is."""
    if tag == _TAG + "binary":
        return _binary(word)
    if tag in (_TAG + "int", _TAG + "float", _TAG + "bool", _TAG + "null"):
        return plain(word)
    return word


def key_text(value: Any) -> str:
    """A mapping's key as JSON has it: text; `true: x` becomes the key "true"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _number(word: str) -> Any:
    digits = word.replace("_", "")
    if _INTEGER.match(digits):
        return _integer(digits)
    if _FLOAT.match(digits):
        number = float(digits)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    infinite = _INFINITE.match(word)
    return float(f"{infinite[1]}inf") if infinite else word


def _integer(digits: str) -> int:
    sign = -1 if digits[0] == "-" else 1
    body = digits.lstrip("+-").lower()
    octal = len(body) > 1 and body[0] == "0" and body[1].isdigit()
    return sign * (int(body, 8) if octal else int(body, 0))


def _binary(word: str) -> str:
    try:
        return base64.b64decode(word, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return word

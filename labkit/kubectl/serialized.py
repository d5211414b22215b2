"""Objects as YAML and JSON, to the letter as kubectl writes them.

YAML: keys sorted, `|` blocks for text of several lines, quotes round what would be read as something else, lines
folded at 80. Source: sigs.k8s.io/yaml goyaml.v2 encode.go, sorter.go and resolve.go.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cmp_to_key
from typing import Any

import yaml

from labkit.kubectl.jsonpath import html_escaped

Object = dict[str, Any]

_WORDS = {"", "~", "null", "Null", "NULL", "<<", ".nan", ".NaN", ".NAN"} | {
    spelled for word in ("y", "yes", "on", "true", "n", "no", "off", "false") for spelled in
    (word, word.capitalize(), word.upper())
} | {sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")}  # fmt: skip
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INTEGER = re.compile(r"[-+]?(0[bB][01_]+|0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|[0-9][0-9_]*)")
_BASE60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_STAMP = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d{2}:\d{2})?)?")


def without_managed_fields(obj: Object) -> Object:
    """The object as it is shown: who wrote which field is left out."""
    meta = obj.get("metadata") or {}
    if "managedFields" not in meta:
        return obj
    return obj | {"metadata": {key: value for key, value in meta.items() if key != "managedFields"}}


def to_json(value: Any) -> str:
    """Indented by four, keys sorted."""
    return html_escaped(json.dumps(value, indent=4, sort_keys=True, ensure_ascii=False)) + "\n"


def to_yaml(value: Any) -> str:
    """One document."""
    return str(yaml.dump(value, Dumper=_Dumper, width=80, allow_unicode=True, default_flow_style=False))


# goyaml's emitter is a port of libyaml's. PyYAML's own differs in how it folds double-quoted text only.
_Emitter: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_Emitter):  # type: ignore[misc]
    """libyaml's emitter with goyaml's choice of styles."""

    def ignore_aliases(self, data: Any) -> bool:
        """Objects share parts; each is written in full."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else '"' if reads_as_something_else(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _mapping(dumper: yaml.SafeDumper, value: Object) -> yaml.Node:
    items = [(key, value[key]) for key in sorted(value, key=cmp_to_key(compare_keys))]
    return dumper.represent_mapping("tag:yaml.org,2002:map", items)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)
# goyaml decides itself what must be quoted: every plain text is a string to the emitter.
_Dumper.yaml_implicit_resolvers = {}


def _plain(tag: str) -> Any:
    def represent(dumper: yaml.SafeDumper, value: Any) -> yaml.Node:
        return dumper.represent_scalar("tag:yaml.org,2002:str", json.dumps(value))

    return represent


for _type in (int, float, bool, type(None)):
    _Dumper.add_representer(_type, _plain(_type.__name__))


def reads_as_something_else(text: str) -> bool:
    """Whether YAML 1.1 would read the plain text as a number, boolean, null or moment."""
    if text in _WORDS or _FLOAT.fullmatch(text) or _INTEGER.fullmatch(text) or _BASE60.fullmatch(text):
        return True
    return bool(_STAMP.fullmatch(text)) and _is_moment(text)


def _is_moment(text: str) -> bool:
    year, month, day = (int(part) for part in re.split("[Tt ]", text)[0].split("-"))
    try:
        datetime(year, month, day)
    except ValueError:
        return False
    return True


def compare_keys(one: str, other: str) -> int:
    """goyaml's order of keys: letters by code, other characters before them, digits by number."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return _compare_at(one, other, at)
    return len(one) - len(other)


def _compare_at(one: str, other: str, at: int) -> int:
    a, b = one[at], other[at]
    if a.isalpha() or b.isalpha():
        return (a > b) - (a < b) if a.isalpha() and b.isalpha() else (-1 if b.isalpha() else 1)
    lead = "1" if "0" in (a, b) and re.search(r"[1-9][0-9]*$", one[:at]) else "0"
    first, second = (re.compile("[0-9]*").match(text, at) for text in (one, other))
    assert first is not None
    assert second is not None
    numbers = int(lead + first[0]), int(lead + second[0])
    by_number = (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    return by_number or first.end() - second.end() or (a > b) - (a < b)

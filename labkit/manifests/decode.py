"""A request's body, decoded as strictly as the API server does it.

Unknown and doubled fields are collected (an error, a warning or nothing, as the client wishes), a value of the wrong
type is an error in Go's words. The result is the object as Go would hold it: without nulls, without unknown fields,
without empty values that mean nothing, with canonical quantities. Untouched parts are shared with the input.
Source: sigs.k8s.io/json v1.0, apimachinery pkg/runtime/serializer/json/json.go, v1.36.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, NamedTuple

from labkit.errors import ApiError, FieldError
from labkit.fields import quantity
from labkit.manifests import shapes
from labkit.manifests.jsontext import Doubled
from labkit.manifests.shapes import Shape

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$")
_LIMITS = {"int32": 2**31, "int64": 2**63}
_GONE = object()


class Decoded(NamedTuple):
    """The object as the server holds it, and what strictness found: `unknown field "spec.replica"`."""

    obj: dict[str, Any]
    strict: list[str]


def decode(obj: dict[str, Any], kind: str, api_version: str) -> Decoded:
    """Decode `obj` as a `kind`; ApiError (400) if a value has the wrong type."""
    shape = shapes.root(kind, api_version)
    if shape is None:
        return Decoded(obj, [])
    decoder = _Decoder()
    value = decoder.struct(shape, obj)
    if decoder.fatal:
        raise handled_as(obj.get("kind") or kind, api_version, kind, decoder.fatal)
    return Decoded(value, decoder.strict)


def handled_as(given: str, api_version: str, kind: str, why: str) -> ApiError:
    """The 400 of a body that can't be read as a `kind`."""
    version = api_version.rpartition("/")[2]
    return ApiError.bad_request(f'{given} in version "{version}" cannot be handled as a {kind}: {why}')


class _Decoder:
    """One walk over a body: where it is, what it found. As in Go, only the first wrong value is reported."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.owner = ""
        self.strict: list[str] = []
        self.fatal = ""

    def value(self, shape: Shape, raw: Any) -> Any:
        """Decode one value; `_GONE` stands for none."""
        if raw is None:
            return _GONE
        return _WALKS[shape.tag](self, shape, raw)

    def struct(self, shape: Shape, raw: Any) -> Any:
        """Decode an object's fields."""
        if not isinstance(raw, dict):
            return self.wrong(shape, raw)
        members, before, changed = shapes.struct(shape.name), self.owner, {}
        for key in raw.keys_twice if isinstance(raw, Doubled) else ():
            self.strict.append(f'duplicate field "{self.at(key)}"')
        for key, inner in raw.items():
            self.owner = shape.go.rpartition(".")[2]
            self.path.append(f".{key}")
            new = self.member(members.get(key), inner)
            self.path.pop()
            if new is not inner:
                changed[key] = new
        self.owner = before
        return _with(raw, changed)

    def member(self, member: shapes.Member | None, raw: Any) -> Any:
        """Decode one field; an unknown one is noted and dropped, an empty one dropped."""
        if member is None:
            self.strict.append(f'unknown field "{self.at()}"')
            return _GONE
        value = self.value(member.shape, raw)
        return _GONE if member.zero_left_out and not value else value

    def items(self, shape: Shape, raw: Any) -> Any:
        """Decode a list."""
        if not isinstance(raw, list | tuple):
            return self.wrong(shape, raw)
        found = []
        for index, inner in enumerate(raw):
            self.path.append(f"[{index}]")
            found.append(self.inner(shape.inner, inner))
            self.path.pop()
        return raw if all(new is old for new, old in zip(found, raw, strict=True)) else found

    def entries(self, shape: Shape, raw: Any) -> Any:
        """Decode a map; its keys are no part of the path in Go's errors."""
        if not isinstance(raw, dict):
            return self.wrong(shape, raw)
        found = {key: self.inner(shape.inner, inner) for key, inner in raw.items()}
        return raw if all(found[key] is raw[key] for key in raw) else found

    def inner(self, shape: Shape | None, raw: Any) -> Any:
        """Decode an item or a map's value; there null is the type's zero value."""
        assert shape is not None
        value = self.value(shape, raw)
        return _zero(shape) if value is _GONE else value

    def string(self, shape: Shape, raw: Any) -> Any:
        """Take a text."""
        return raw if isinstance(raw, str) else self.wrong(shape, raw)

    def boolean(self, shape: Shape, raw: Any) -> Any:
        """Take true or false."""
        return raw if isinstance(raw, bool) else self.wrong(shape, raw)

    def integer(self, shape: Shape, raw: Any) -> Any:
        """Take a whole number that fits."""
        limit = _LIMITS.get(shape.go, 2**63)
        if isinstance(raw, int) and not isinstance(raw, bool) and -limit <= raw < limit:
            return raw
        return self.wrong(shape, raw, exact=True)

    def number(self, shape: Shape, raw: Any) -> Any:
        """Take any number."""
        return raw if isinstance(raw, int | float) and not isinstance(raw, bool) else self.wrong(shape, raw)

    def bytes(self, shape: Shape, raw: Any) -> Any:
        """Take base64."""
        if not isinstance(raw, str):
            return self.wrong(shape, raw)
        at = _not_base64(raw)
        return raw if at is None else self.fail(f"illegal base64 data at input byte {at}", raw)

    def time(self, shape: Shape, raw: Any) -> Any:
        """Take a timestamp, RFC 3339."""
        if not isinstance(raw, str):
            return self.fail(f"json: cannot unmarshal {_word(raw)} into Go value of type string", raw)
        if _TIME.match(raw):
            return raw
        layout = "2006-01-02T15:04:05Z07:00"
        return self.fail(f'parsing time "{raw}" as "{layout}": cannot parse "{raw}" as "2006"', raw)

    def quantity(self, shape: Shape, raw: Any) -> Any:
        """Take a quantity and store it in its canonical form."""
        try:
            text = quantity.canonical(raw if isinstance(raw, str) else _number_text(raw))
        except FieldError as error:
            return self.fail(error.message, raw)
        return raw if text == raw else text

    def int_or_string(self, shape: Shape, raw: Any) -> Any:
        """Take a whole number or a text."""
        if isinstance(raw, str) or (isinstance(raw, int) and not isinstance(raw, bool)):
            return raw
        given = f"number {raw!r}" if isinstance(raw, float) else _word(raw)
        return self.fail(f"json: cannot unmarshal {given} into Go value of type int32", raw)

    def anything(self, shape: Shape, raw: Any) -> Any:
        """Take what comes."""
        return raw

    def wrong(self, shape: Shape, raw: Any, exact: bool = False) -> Any:
        """Note a value of the wrong type."""
        word = f"number {_number_text(raw)}" if exact and _word(raw) == "number" else _word(raw)
        where = "".join(part for part in self.path if part[0] == ".")
        target = f"Go struct field {self.owner}{where} of type {shape.go}"
        return self.fail(f"json: cannot unmarshal {word} into {target}", raw)

    def fail(self, message: str, raw: Any) -> Any:
        """Keep the first error."""
        self.fatal = self.fatal or message
        return raw

    def at(self, key: str = "") -> str:
        """The path with indices, to here or to a key from here."""
        return "".join([*self.path, f".{key}" if key else ""]).lstrip(".")


_WALKS = {
    "struct": _Decoder.struct, "list": _Decoder.items, "map": _Decoder.entries, "string": _Decoder.string,
    "boolean": _Decoder.boolean, "integer": _Decoder.integer, "number": _Decoder.number, "bytes": _Decoder.bytes,
    "time": _Decoder.time, "quantity": _Decoder.quantity, "intorstring": _Decoder.int_or_string,
    "any": _Decoder.anything,
}  # fmt: skip
_ZEROES: dict[str, Any] = {
    "string": "", "bytes": "", "boolean": False, "integer": 0, "number": 0, "quantity": "0", "intorstring": 0,
}  # fmt: skip


def _zero(shape: Shape) -> Any:
    if shape.tag in ("struct", "map"):
        return {}
    return [] if shape.tag == "list" else _ZEROES.get(shape.tag)


def _with(raw: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    if not changed:
        return raw
    merged = {key: changed.get(key, raw[key]) for key in raw}
    return {key: value for key, value in merged.items() if value is not _GONE}


def _word(raw: Any) -> str:
    """What Go calls a JSON value."""
    if isinstance(raw, bool):
        return "bool"
    words = {str: "string", int: "number", float: "number", list: "array", tuple: "array"}
    return words.get(type(raw), "object")


def _number_text(raw: Any) -> str:
    return "true" if raw is True else "false" if raw is False else str(raw)


def _not_base64(text: str) -> int | None:
    """The byte at which `text` stops being base64; None if it is."""
    packed = text.replace("\n", "").replace("\r", "")
    bad = re.search(r"[^A-Za-z0-9+/=]", packed)
    if bad:
        return bad.start()
    try:
        base64.b64decode(packed, validate=True)
    except binascii.Error:
        return len(packed) - len(packed) % 4 if len(packed) % 4 else packed.find("=")
    return None

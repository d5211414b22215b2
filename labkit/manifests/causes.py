"""The sentences of a refused object: one `Cause` each, worded as the API server words them.

Source: apimachinery pkg/util/validation/field/errors.go, v1.36.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names
from labkit.fields.gotext import quote

NOT_NEGATIVE = "must be greater than or equal to 0"
IMMUTABLE = "field is immutable"


def required(field: str, detail: str = "") -> Cause:
    """A value is missing."""
    return Cause(field, "FieldValueRequired", f"Required value: {detail}" if detail else "Required value")


def invalid(field: str, value: Any, detail: str) -> Cause:
    """A value breaks a rule."""
    return Cause(field, "FieldValueInvalid", f"Invalid value: {shown(value)}: {detail}")


def unsupported(field: str, value: Any, supported: Iterable[str]) -> Cause:
    """A value is none of those that exist; they are listed as given."""
    listed = ", ".join(quote(one) for one in supported)
    return Cause(field, "FieldValueNotSupported", f"Unsupported value: {shown(value)}: supported values: {listed}")


def duplicate(field: str, value: Any) -> Cause:
    """A value stands twice where it must be unique."""
    return Cause(field, "FieldValueDuplicate", f"Duplicate value: {shown(value)}")


def forbidden(field: str, detail: str) -> Cause:
    """A value must not be there."""
    return Cause(field, "FieldValueForbidden", f"Forbidden: {detail}")


def not_found(field: str, value: Any) -> Cause:
    """A value refers to something that isn't there."""
    return Cause(field, "FieldValueNotFound", f"Not found: {shown(value)}")


def too_long(field: str, limit: int) -> Cause:
    """A value has too many bytes."""
    return Cause(field, "FieldValueTooLong", f"Too long: may not be more than {limit} bytes")


def shown(value: Any) -> str:
    """A value as a message shows it: text in Go's quotes, everything else as JSON."""
    return quote(value) if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


# Checks that many kinds share


def each(field: str, value: Any, errors: Iterable[str]) -> Iterator[Cause]:
    """One `invalid` for each error text that a check of `labkit.fields.names` found."""
    return (invalid(field, value, error) for error in errors)


def not_negative(obj: dict[str, Any], path: str, *keys: str) -> Iterator[Cause]:
    """The numbers of these fields, where they are set, must not be negative."""
    for key in keys:
        value = obj.get(key)
        if value is not None and value < 0:
            yield invalid(f"{path}.{key}", value, NOT_NEGATIVE)


def one_of(obj: dict[str, Any], path: str, key: str, supported: Iterable[str]) -> Iterator[Cause]:
    """The field's text, where it is set, must be one of those."""
    value = obj.get(key)
    if value is not None and value not in (supported := tuple(supported)):
        yield unsupported(f"{path}.{key}", value, supported)


def named(obj: dict[str, Any], path: str, key: str, check: Callable[[str], list[str]]) -> Iterator[Cause]:
    """The field must be set, and pass a check of `labkit.fields.names`."""
    value = obj.get(key) or ""
    if not value:
        yield required(f"{path}.{key}")
    else:
        yield from each(f"{path}.{key}", value, check(value))


def port(path: str, value: Any) -> Iterator[Cause]:
    """A port's number, or its name."""
    errors = names.port_name(value) if isinstance(value, str) else names.port_number(value)
    return each(path, value, errors)


def int_or_percent(path: str, value: Any) -> Iterator[Cause]:
    """A count that isn't negative, or a percentage."""
    if isinstance(value, str):
        yield from each(path, value, names.percent(value))
    elif value < 0:
        yield invalid(path, value, NOT_NEGATIVE)


def at_most_all(path: str, value: Any) -> Iterator[Cause]:
    """A percentage, if it is one, must not be above 100."""
    if isinstance(value, str) and not names.percent(value) and int(value[:-1]) > 100:
        yield invalid(path, value, "must not be greater than 100%")

"""Fields that a struct doesn't have, by their paths: `scoringStrategy.resources[0].Name`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import inspect


def unknown_fields(value: Any, struct: type[Any]) -> Iterator[str]:
    """The paths of all fields of a decoded document that the struct, or one inside it, doesn't name."""
    return _unknown(value, inspect.type_info(struct), "")


def _unknown(value: Any, kind: inspect.Type, path: str) -> Iterator[str]:
    if isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _unknown(value, one, path)
    elif isinstance(kind, inspect.VarTupleType) and isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unknown(item, kind.item_type, f"{path}[{number}]")
    elif isinstance(kind, inspect.StructType) and isinstance(value, dict):
        known = {field.encode_name: field.type for field in kind.fields}
        for name, inner in value.items():
            place = f"{path}.{name}" if path else name
            if name in known:
                yield from _unknown(inner, known[name], place)
            else:
                yield place

"""`--output text`: tab-separated lines, each headed by the name of the list or object that it is of.

Source: aws-cli v2, awscli/text.py: names in alphabetical order, those of all elements of a list in every line of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def text(answer: Any) -> str:
    """An answer as tab-separated lines."""
    return "".join(f"{line}\n" for line in _lines(answer, "", None))


def _lines(value: Any, name: str, columns: list[str] | None) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _of_object(value, name, columns)
    elif isinstance(value, list):
        yield from _of_list(value, name)
    else:
        yield str(value)


def _of_list(items: Sequence[Any], name: str) -> Iterator[str]:
    if any(isinstance(one, Mapping) for one in items):
        objects = [one for one in items if isinstance(one, Mapping)]
        columns = sorted({key for one in objects for key, value in one.items() if _is_scalar(value)})
        for one in items:
            yield from _lines(one, name, columns)
        return
    scalars = [one for one in items if _is_scalar(one)]
    if scalars:
        yield from (f"{name.upper()}\t{one}" for one in scalars) if name else ["\t".join(map(str, scalars))]
    for one in items:
        if not _is_scalar(one):
            yield from _lines(one, name, None)


def _of_object(value: Mapping[str, Any], name: str, columns: list[str] | None) -> Iterator[str]:
    keys = sorted(key for key in value if _is_scalar(value[key])) if columns is None else columns
    if keys:
        yield "\t".join([*([name.upper()] if name else []), *(str(value.get(key, "")) for key in keys)])
    for key in sorted(set(value) - set(keys)):
        yield from _lines(value[key], key, None)


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, Mapping | list)

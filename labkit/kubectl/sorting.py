"""`--sort-by`: numbers by number, quantities by amount, texts in natural order.

Source: kubectl pkg/cmd/get/sorter.go, v1.32.5.
"""

from __future__ import annotations

import re
from functools import cmp_to_key
from typing import Any

from labkit.errors import CommandError, FieldError
from labkit.fields import quantity
from labkit.kubectl import jsonpath
from labkit.kubectl.resources import Item

_RUNS = re.compile(r"\d+|\D+")


def sorted_by(items: list[Item], path: str) -> list[Item]:
    """Items in the order of the value at `path`, those without it first; none at all if nobody has it."""
    try:
        template = jsonpath.relaxed(path)
        found = [(_value(template, item), item) for item in items]
    except jsonpath.JSONPathError as error:
        raise CommandError(f"error: {error}") from None
    if all(value is None for value, _ in found):
        return []
    return [item for _, item in sorted(found, key=cmp_to_key(_compare))]


def _value(template: str, item: Item) -> Any:
    results = jsonpath.find(template, item.obj)
    return results[0][0] if results and results[0] else None


def _compare(one: tuple[Any, Item], other: tuple[Any, Item]) -> int:
    a, b = one[0], other[0]
    if a is None or b is None:
        return (b is None) - (a is None) if (a is None) != (b is None) else 0
    if isinstance(a, str) and isinstance(b, str):
        return _compare_texts(a, b)
    if isinstance(a, int | float) and isinstance(b, int | float):
        return (a > b) - (a < b)
    raise CommandError(f"error: unsortable type: {type(a).__name__}")


def _compare_texts(a: str, b: str) -> int:
    try:
        return quantity.compare(a, b)
    except FieldError:
        first, second = _natural(a), _natural(b)
        return (first > second) - (first < second)


def _natural(text: str) -> list[tuple[int, int, str]]:
    """A key under which runs of digits compare as numbers, and before other text."""
    return [(0, int(run), run) if run.isdigit() else (1, 0, run) for run in _RUNS.findall(text)]

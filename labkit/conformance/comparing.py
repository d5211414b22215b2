"""Recorded value against labkit's value, differences in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

TOLERANCE = 1e-9
_LONGEST = 300


def same(recorded: Any, got: Any) -> bool:
    """Equal; numbers of which one is a float within the tolerance; True is not 1."""
    if isinstance(recorded, bool) or isinstance(got, bool):
        return recorded is got
    if isinstance(recorded, float) or isinstance(got, float):
        return _is_number(recorded) and _is_number(got) and math.isclose(recorded, got, rel_tol=TOLERANCE)
    return bool(recorded == got)


def differences(recorded: Any, got: Any, where: str = "", equal: Callable[[Any, Any], bool] = same) -> Iterator[str]:
    """What differs, one text a place; a key the recording lacks may be empty. `equal` compares single values."""
    if isinstance(recorded, dict) and isinstance(got, dict):
        for key in {**recorded, **got}:
            if key in recorded or not is_empty(got[key]):
                yield from differences(recorded.get(key), got.get(key), f"{where}.{key}" if where else str(key), equal)
    elif isinstance(recorded, list) and isinstance(got, list | tuple) and len(recorded) == len(got):
        for index, (one, other) in enumerate(zip(recorded, got, strict=True)):
            yield from differences(one, other, f"{where}[{index}]", equal)
    elif not equal(recorded, got):
        yield f"{where + ' ' if where else ''}is {shown(got)}, recorded {shown(recorded)}"


def attempted(found: Iterable[str]) -> Iterator[str]:
    """The differences, or that labkit stumbled: one case that fails must not hide the others."""
    try:
        yield from found
    except Exception as error:
        yield f"labkit fails: {type(error).__name__}: {error}"


def is_empty(value: Any) -> bool:
    """Whether a value says nothing: None, "", [], {}; numbers and False do say something."""
    return value is None or value in ("", [], {}, ())


def shown(value: Any) -> str:
    """A value in a line of words."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)

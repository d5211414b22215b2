"""Label selectors as values: a requirement on one label, and all requirements of a selector.

Source: apimachinery pkg/labels/selector.go, v1.36.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from labkit.errors import FieldError
from labkit.fields import names
from labkit.fields.gotext import is_int, parse_int, quote

BINARY = ("in", "notin", "=", "==", "!=", "gt", "lt")
UNARY = ("exists", "!")
_SIGNS = {"gt": ">", "lt": "<"}


class Requirement(NamedTuple):
    """One condition on one label: `operator` is one of in, notin, =, ==, !=, gt, lt, exists, ! (absent)."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels satisfy it; an absent label satisfies notin, != and !."""
        return TESTS[self.operator](labels.get(self.key), self.values)

    def __str__(self) -> str:
        listed = ",".join(sorted(self.values))
        if self.operator in UNARY:
            return f"!{self.key}" if self.operator == "!" else self.key
        if self.operator in ("in", "notin"):
            return f"{self.key} {self.operator} ({listed})"
        return f"{self.key}{_SIGNS.get(self.operator, self.operator)}{listed}"


def _among(value: str | None, values: tuple[str, ...]) -> bool:
    return value in values


def _not_among(value: str | None, values: tuple[str, ...]) -> bool:
    return value not in values


def _above(value: str | None, values: tuple[str, ...]) -> bool:
    return value is not None and is_int(value) and parse_int(value) > parse_int(values[0])


def _below(value: str | None, values: tuple[str, ...]) -> bool:
    return value is not None and is_int(value) and parse_int(value) < parse_int(values[0])


TESTS: dict[str, Callable[[str | None, tuple[str, ...]], bool]] = {
    "in": _among,
    "=": _among,
    "==": _among,
    "notin": _not_among,
    "!=": _not_among,
    "gt": _above,
    "lt": _below,
    "exists": lambda value, _: value is not None,
    "!": lambda value, _: value is None,
}
"""Operator → test of a label's value (None when absent) against the requirement's values."""


@dataclass(frozen=True, slots=True)
class Selector:
    """All requirements must hold, so none selects everything; `nothing` selects nothing at all."""

    requirements: tuple[Requirement, ...] = ()
    nothing: bool = False

    def matches(self, labels: Mapping[str, str] | None) -> bool:
        """Whether an object with these labels is selected."""
        if self.nothing:
            return False
        get = (labels or {}).get
        return all(TESTS[operator](get(key), values) for key, operator, values in self.requirements)

    @property
    def everything(self) -> bool:
        """Whether it selects every object."""
        return not self.requirements and not self.nothing

    def __str__(self) -> str:
        return ",".join(map(str, self.requirements))


def selector(requirements: Iterable[Requirement]) -> Selector:
    """The selector of these requirements, sorted by key as the API server keeps them."""
    return Selector(tuple(sorted(requirements, key=lambda requirement: requirement.key)))


def requirement(key: str, operator: str, values: Iterable[str] = ()) -> Requirement:
    """A checked requirement; FieldError in the words of NewRequirement for a bad key, value or number of values."""
    made = Requirement(key, operator, tuple(values))
    errors = list(dict.fromkeys(_errors(made)))
    if errors:
        raise FieldError(errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]")
    return made


def _errors(made: Requirement) -> Iterable[str]:
    wrong_key = names.label_key(made.key)
    if wrong_key:
        yield f"key: Invalid value: {quote(made.key)}: {'; '.join(wrong_key)}"
    wrong_count = _wrong_count(made)
    if wrong_count:
        listed = json.dumps(made.values, ensure_ascii=False, separators=(",", ":")) if made.values else "null"
        yield f"values: Invalid value: {listed}: {wrong_count}"
    yield from _value_errors(made)


def _wrong_count(made: Requirement) -> str:
    count = len(made.values)
    if made.operator in ("in", "notin"):
        return "" if count else "for 'in', 'notin' operators, values set can't be empty"
    if made.operator in UNARY:
        return "values set must be empty for exists and does not exist" if count else ""
    if count == 1:
        return ""
    if made.operator in ("gt", "lt"):
        return "for 'Gt', 'Lt' operators, exactly one value is required"
    return "exact-match compatibility requires one single value"


def _value_errors(made: Requirement) -> Iterable[str]:
    if made.operator in ("gt", "lt"):
        for index, value in enumerate(made.values):
            if not is_int(value):
                text = "for 'Gt', 'Lt' operators, the value must be an integer"
                yield f"values[{index}]: Invalid value: {quote(value)}: {text}"
    for index, value in enumerate(made.values):
        wrong = names.label_value(value)
        if wrong:
            yield f"values[{index}][{made.key}]: Invalid value: {quote(value)}: {'; '.join(wrong)}"

"""Selectors: which objects are meant.

    compile({"matchLabels": {"app": "web"}})   the selector of a manifest; None selects nothing, {} everything
    parse("app=web,tier in (front,back)")      what `kubectl -l` takes
    parse_fields("Pod", "status.phase=Running")  what `kubectl --field-selector` takes

Source: apimachinery pkg/apis/meta/v1/helpers.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from labkit.errors import FieldError
from labkit.fields import fieldsyntax, labelsyntax
from labkit.fields.fieldsyntax import FieldSelector
from labkit.fields.gotext import quote
from labkit.fields.requirements import Requirement, Selector, requirement, selector

NOTHING = Selector(nothing=True)
EVERYTHING = Selector()
OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}

_Frozen = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str, tuple[str, ...]], ...]]


@lru_cache(maxsize=4096)
def parse(text: str) -> Selector:
    """The selector of `kubectl -l text`; FieldError in the words of labels.Parse."""
    return labelsyntax.parse(text)


@lru_cache(maxsize=1024)
def parse_fields(kind: str, text: str) -> FieldSelector:
    """The selector of `kubectl get KIND --field-selector text`; FieldError for a field this kind doesn't support."""
    return fieldsyntax.parse_for(kind, text)


def compile(label_selector: Any) -> Selector:  # noqa: A001
    """The selector of a LabelSelector: a dict as in a manifest, or a struct with match_labels and match_expressions.

    None selects nothing, an empty one everything. FieldError in the words of LabelSelectorAsSelector.
    """
    return NOTHING if label_selector is None else _compile(_frozen(label_selector))


def matches(label_selector: Any, labels: Mapping[str, str] | None) -> bool:
    """Whether a LabelSelector (dict, struct or None) selects an object with these labels.

    A selector of matchLabels alone is compared directly, unchecked: an object's selector was checked when it came in.
    """
    if isinstance(label_selector, dict) and not label_selector.get("matchExpressions"):
        get = (labels or {}).get
        return all(get(key) == value for key, value in (label_selector.get("matchLabels") or {}).items())
    return compile(label_selector).matches(labels)


def matches_set(wanted: Mapping[str, str] | None, labels: Mapping[str, str] | None) -> bool:
    """Whether the labels include every pair of `wanted` (a Service's selector, a nodeSelector); no pair matches all."""
    get = (labels or {}).get
    return all(get(key) == value for key, value in (wanted or {}).items())


def from_labels(wanted: Mapping[str, str] | None) -> Selector:
    """The selector of a plain map of labels, unchecked; an empty map selects everything."""
    return selector(Requirement(key, "=", (value,)) for key, value in (wanted or {}).items())


def format(label_selector: Any) -> str:  # noqa: A001
    """A LabelSelector as kubectl prints it: `app=web,tier in (front)`, `<none>`, `<error>`."""
    try:
        return str(compile(label_selector)) or "<none>"
    except FieldError:
        return "<error>"


def _frozen(label_selector: Any) -> _Frozen:
    if isinstance(label_selector, Mapping):
        pairs = (label_selector.get("matchLabels") or {}).items()
        expressions = label_selector.get("matchExpressions") or ()
        return tuple(pairs), tuple(
            (each.get("key", ""), each.get("operator", ""), tuple(each.get("values") or ())) for each in expressions
        )
    return tuple(label_selector.match_labels.items()), tuple(
        (each.key, each.operator, tuple(each.values)) for each in label_selector.match_expressions
    )


@lru_cache(maxsize=16384)
def _compile(frozen: _Frozen) -> Selector:
    pairs, expressions = frozen
    exact = [requirement(key, "=", [value]) for key, value in pairs]
    return selector([*exact, *(_expression(*each) for each in expressions)])


def _expression(key: str, operator: str, values: tuple[str, ...]) -> Requirement:
    if operator not in OPERATORS:
        raise FieldError(f"{quote(operator)} is not a valid label selector operator")
    return requirement(key, OPERATORS[operator], values)

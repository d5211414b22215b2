"""Whether an answer of a plugin has the form that the framework takes: what is wrong, as (sort, sentence) pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from labkit.scheduler.coded import Ints
from labkit.scheduler.plugin import CODES, MAX_SCORE, SUCCESS, UNRESOLVABLE, UNSCHEDULABLE, Prepared, Verdict

Wrong = Iterator[tuple[str, str]]


def of_prefilter(answer: Any) -> Wrong:
    """A Prepared, whose nodes are a set of names."""
    if not isinstance(answer, Prepared):
        yield (
            "type",
            f"it returned {shown(answer)}; return Prepared(state=...), or SKIP where there is nothing to filter",
        )
    elif answer.nodes is not None and not (
        isinstance(answer.nodes, frozenset | set) and all(isinstance(name, str) for name in answer.nodes)
    ):
        yield "nodes", f"its nodes are {shown(answer.nodes)}; they have to be a set of node names, or None for all"


def of_filter(answer: Any, rows: Ints) -> Wrong:
    """A Verdict with a code for each row, and texts for the refused ones."""
    if not isinstance(answer, Verdict):
        yield (
            "type",
            f"it returned {shown(answer)}; return a Verdict, such as Verdict.of(refused, UNSCHEDULABLE, 'why')",
        )
        return
    for part in ("codes", "reasons"):
        wrong = list(of_numbers(getattr(answer, part), rows, f"its {part}"))
        yield from wrong
        if wrong:
            return
    known = (SUCCESS, UNSCHEDULABLE, UNRESOLVABLE)
    if not np.isin(answer.codes, known).all():
        listed = ", ".join(f"{code} ({CODES.get(code, 'fits')})" for code in known)
        yield "codes", f"a code is one of {listed}, not {answer.codes[~np.isin(answer.codes, known)][0]}"
        return
    for number in np.unique(answer.reasons[answer.codes != SUCCESS]).tolist():
        yield from of_texts(answer.texts(number))


def of_texts(answer: Any) -> Wrong:
    """Reasons for a refusal: at least one text."""
    if isinstance(answer, str):
        yield "texts", f"its texts are the text {answer!r} alone, which is taken letter by letter; return ({answer!r},)"
    elif not isinstance(answer, tuple | list) or not answer or not all(isinstance(one, str) and one for one in answer):
        yield "texts", f"its texts are {shown(answer)}; a refusal has a tuple of reasons, none of them empty"


def in_range(answer: Any, rows: Ints, what: str = "its scores") -> Wrong:
    """A whole number from 0 to 100 for each row."""
    wrong = list(of_numbers(answer, rows, what))
    yield from wrong
    if wrong or not len(answer):
        return
    lowest, highest = int(answer.min()), int(answer.max())
    if lowest < 0 or highest > MAX_SCORE:
        advice = "scale them in normalize(cycle, raw), with default_normalize for example"
        yield "range", f"a score has to be from 0 to {MAX_SCORE} in the end, not {lowest} to {highest}; {advice}"


def of_numbers(answer: Any, rows: Ints, what: str) -> Wrong:
    """An array of whole numbers, one for each row."""
    if not isinstance(answer, np.ndarray):
        yield "type", f"{what} are {shown(answer)}; they have to be a numpy array with a whole number for each row"
    elif answer.shape != (len(rows),):
        yield (
            "shape",
            f"{what} have the shape {answer.shape} for {len(rows)} rows; one for each of the rows asked about",
        )
    elif not np.issubdtype(answer.dtype, np.integer) or answer.dtype == np.uint64:
        yield "dtype", f"{what} have the dtype {answer.dtype}; make them whole numbers with .astype(np.int64)"


def of_terms(answer: Any) -> Wrong:
    """A list of texts."""
    if not isinstance(answer, list | tuple) or not all(isinstance(one, str) for one in answer):
        yield "terms", f"it returned {shown(answer)}; return a list of texts, one for each term"


def same_verdict(answer: Any, first: Verdict, part: slice = slice(None)) -> bool:
    """Whether an answer says the same as the first one, of those of its rows."""
    if not isinstance(answer, Verdict) or len(answer.codes) != len(first.codes[part]):
        return False
    return said(answer) == said(Verdict(first.codes[part], first.reasons[part], first.texts))


def said(verdict: Verdict) -> list[tuple[int, tuple[str, ...]]]:
    """A verdict, row by row, in words."""
    pairs = zip(verdict.codes.tolist(), verdict.reasons.tolist(), strict=True)
    return [(code, tuple(verdict.texts(number)) if code != SUCCESS else ()) for code, number in pairs]


def shown(answer: Any) -> str:
    """An answer in a few words."""
    if answer is None:
        return "None"
    if isinstance(answer, np.ndarray):
        return f"an array of {answer.dtype}"
    text = repr(answer)
    return f"{type(answer).__name__} {text if len(text) <= 40 else text[:37] + '...'}"

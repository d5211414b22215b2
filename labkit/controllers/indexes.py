"""Sets of completion indexes as a Job's status writes them: `1,3-5,7`. All pure.

Source: pkg/controller/job/indexed_job_utils.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

Indexes = frozenset[int]


def parse(text: str, completions: int) -> Indexes:
    """The indexes below `completions` in a text like `1,3-5`; parts that can't be read are passed over."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if first.isdigit() and last.isdigit():
            found.update(range(int(first), min(int(last) + 1, completions)))
    return frozenset(found)


def write(indexes: Iterable[int]) -> str:
    """The indexes as text: three or more in a row are written as a span."""
    return ",".join(_span(first, last) for first, last in spans(sorted(indexes)))


def spans(ordered: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of each row of neighbours."""
    first = last = -2
    for index in ordered:
        if index != last + 1:
            if last >= 0:
                yield first, last
            first = index
        last = index
    if last >= 0:
        yield first, last


def _span(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first},{last}" if last == first + 1 else f"{first}-{last}"


def first_missing(count: int, completions: int, *taken: Iterable[int]) -> list[int]:
    """The `count` lowest indexes below `completions` that none of `taken` has."""
    held = frozenset().union(*taken)
    return list(islice((index for index in range(completions) if index not in held), count))

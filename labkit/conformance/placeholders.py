"""Recorded output with placeholders, compared with real output line by line.

`<h1>`, `<p2>` stand for names that were drawn at random: whatever stands there is remembered and must come back.
`<age>`, `<uid>` and the like stand for anything of that shape. Runs of spaces count as one, since a column is as wide
as what stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"

NUMBERED = {"h": f"{RANDOM}{{4,10}}", "p": f"{RANDOM}{{5}}", "s": f"{RANDOM}{{5}}", "m": "[0-9]+"}
"""Kinds that have a number: equal numbers are equal texts."""

SHAPES = {
    "x5": f"{RANDOM}{{5}}",
    "uid": "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "time": "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][-+:.0-9 Z]+",
    "date": r"(?:\w{3}, [0-9]{2} \w{3} [0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}) [0-9:]{8} [-+][0-9]{4}(?: UTC)?",
    "age": "(?:[0-9]+(?:ms|[smhdy])(?:[0-9]+[smhd])*|<invalid>|<unknown>)",
    "version": r"\S+",
    "pod-ip": r"[0-9]+(?:\.[0-9]+){3}",
    "cluster-ip": r"[0-9]+(?:\.[0-9]+){3}",
    "nodeport": "[0-9]+",
    "server": r"\S+",
    "tmp": r"\S+",
    "n": "[0-9]+",
    "log": ".*",
    "build": r"\w+",
}

_PLACEHOLDER = re.compile(rf"<(?:([hpsm])([0-9]+)|({'|'.join(SHAPES)}))>")
_SPACES = re.compile(r"(?<=\S) {2,}")
_MOVING = re.compile(r"<(?:[ps][0-9]+|age|x5)>")

Match = Callable[[Sequence[str], Sequence[str], dict[str, str]], tuple[list[str], list[str]]]

BETWEEN = "\n\n\n"
"""What stands between the descriptions of two objects."""

Bindings = dict[str, str]


def fill(text: str, bound: Bindings) -> str:
    """A command with the names that its placeholders are known to stand for; unknown ones stay."""
    return _PLACEHOLDER.sub(lambda found: bound.get(found[0][1:-1], found[0]), text)


def open_names(text: str) -> list[str]:
    """The numbered placeholders in a text, such as `p1`."""
    return [found[0][1:-1] for found in _PLACEHOLDER.finditer(text) if found[1]]


def pattern(line: str, bound: Bindings) -> re.Pattern[str]:
    """What a line with these placeholders may look like; free numbered ones are groups named after them."""
    parts, at, seen = [], 0, set()
    for found in _PLACEHOLDER.finditer(line):
        name = found[0][1:-1]
        parts.append(re.escape(line[at : found.start()]))
        if found[3]:
            parts.append(SHAPES[found[3]])
        elif name in bound:
            parts.append(re.escape(bound[name]))
        else:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{NUMBERED[found[1]]})")
            seen.add(name)
        at = found.end()
    return re.compile("".join([*parts, re.escape(line[at:])]))


def squeezed(text: str) -> list[str]:
    """The lines of a text, runs of spaces after something as one space."""
    return [_SPACES.sub(" ", line) for line in text.splitlines()]


def differences(recorded: str, got: str, bound: Bindings, complete: bool = True) -> Iterator[str]:
    """What differs between the texts; placeholders that get a meaning are added to `bound`.

    Lines must come in the recorded order, but rows with random names or ages may swap. With `complete` false the
    recorded lines must be there, and others may be too.
    """
    if _same_blocks(recorded, got, bound, _in_order if complete else _as_rows):
        return
    want, have = squeezed(recorded), squeezed(got)
    missing, left = _in_order(want, have, bound)
    if missing:
        missing, left = _as_rows(want, have, bound)
    yield from (f"lacks the line {line!r}" for line in missing)
    if complete:
        yield from (f"has the line {line!r} too" for line in left)


def _same_blocks(recorded: str, got: str, bound: Bindings, match: Match) -> bool:
    """Whether the texts are descriptions of several objects, the same ones in whatever order their names put them.

    Who is who doesn't count: names that were drawn at random may be other ones here.
    """
    want, left = recorded.split(BETWEEN), got.split(BETWEEN)
    if len(want) < 2 or len(want) != len(left) or not _MOVING.search(recorded):
        return False
    kept = {name: value for name, value in bound.items() if not name.startswith("p")}
    for block in want:
        same = (one for one in left if not match(squeezed(block), squeezed(one), dict(kept))[0])
        found = next(same, None)
        if found is None:
            return False
        left.remove(found)
    return True


def _in_order(want: Sequence[str], have: Sequence[str], bound: Bindings) -> tuple[list[str], list[str]]:
    """Match line by line; on success the bindings are kept. Returns (missing, left over)."""
    trial = dict(bound)
    if len(want) == len(have) and all(_match(line, other, trial) for line, other in zip(want, have, strict=True)):
        bound.update(trial)
        return [], []
    return list(want), list(have)


def _as_rows(want: Sequence[str], have: Sequence[str], bound: Bindings) -> tuple[list[str], list[str]]:
    """Match lines in whatever place they stand, those that can't have swapped in order."""
    left, missing = dict(enumerate(have)), []
    fixed = -1
    for line in want:
        moving = _MOVING.search(line) is not None
        place = next((at for at, other in left.items() if (moving or at > fixed) and _match(line, other, bound)), None)
        if place is None and moving:
            # A name that was taken for another one: rows of equal shape count, not who is who.
            place = next((at for at, other in left.items() if _match(line, other, {})), None)
        if place is None:
            missing.append(line)
            continue
        fixed = fixed if moving else place
        del left[place]
    return missing, list(left.values())


def _match(line: str, other: str, bound: Bindings) -> bool:
    found = pattern(line, bound).fullmatch(other)
    if found:
        bound.update(found.groupdict())
    return found is not None

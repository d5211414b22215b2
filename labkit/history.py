"""What was before: every write of a cluster, in order.

History is a value. Entries share the objects they name, so keeping all of them costs little.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, overload

from labkit.kinds.registry import Key

Object = dict[str, Any]


class Entry(NamedTuple):
    """One write: when (virtual seconds), which verb, which object, how it was and how it is."""

    time: float
    verb: str
    key: Key
    old: Object | None
    new: Object | None


class History:
    """The entries of one cluster; a sequence that only grows."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = list(entries)

    def append(self, entry: Entry) -> None:
        """Add the newest entry."""
        self._entries.append(entry)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        return self._entries[index]

    def index_at(self, time: float) -> int:
        """How many entries were written up to and including `time`."""
        return bisect_right(self._entries, time, key=lambda entry: entry.time)

    def of(self, key: Key) -> list[Entry]:
        """The entries of one object, oldest first."""
        return [entry for entry in self._entries if entry.key == key]

    def undo(self, objects: dict[Key, Object], index: int) -> dict[Key, Object]:
        """The objects as they were after the first `index` entries, from the `objects` of now; in order of creation."""
        before = dict(objects)
        for entry in reversed(self._entries[index:]):
            if entry.old is None:
                before.pop(entry.key, None)
            else:
                before[entry.key] = entry.old
        if any(entry.new is None for entry in self._entries[index:]):
            # What was deleted since came back at the end; it stands where it was created.
            created = {entry.key: place for place, entry in enumerate(self._entries[:index]) if entry.old is None}
            return dict(sorted(before.items(), key=lambda item: created.get(item[0], -1)))
        return before

    def fork(self) -> History:
        """A history that goes on by itself."""
        return History(self._entries)


class Change(NamedTuple):
    """One difference between two clusters: an object added, removed, or a field with its two values."""

    key: Key
    path: str
    old: Any
    new: Any

    def __str__(self) -> str:
        if not self.path:
            return f"{'+' if self.old is None else '-'} {self.key}"
        return f"~ {self.key}: {self.path}: {self.old!r} -> {self.new!r}"

    def __repr__(self) -> str:
        return str(self)


def diff(a: dict[Key, Object], b: dict[Key, Object]) -> list[Change]:
    """What changed from `a` to `b`: objects gone, objects new, then fields, each in order of key."""
    gone = [Change(key, "", a[key], None) for key in sorted(a.keys() - b.keys())]
    new = [Change(key, "", None, b[key]) for key in sorted(b.keys() - a.keys())]
    both = sorted(key for key in a.keys() & b.keys() if a[key] is not b[key])
    return gone + new + [change for key in both for change in _fields(key, "", a[key], b[key])]


def _fields(key: Key, path: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield Change(key, path, old, new)
        return
    for field in [*old, *(field for field in new if field not in old)]:
        if field != "resourceVersion":
            yield from _fields(key, f"{path}.{field}".lstrip("."), old.get(field), new.get(field))

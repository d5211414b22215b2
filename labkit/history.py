"""What was before: every write of a cluster, in order.

History is a value. Entries share the objects they name, so keeping them costs little.
"""

from __future__ import annotations

import pickle
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
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


OPEN, BLOCK = 10_000, 1_000
"""How many of the newest entries are kept as they are at least, and how many are sealed at a time."""


class Block(NamedTuple):
    """Sealed entries: the time of the last one, and all of them as bytes."""

    until: float
    packed: bytes

    @classmethod
    def of(cls, entries: list[Entry]) -> Block:
        """Seal entries."""
        return cls(entries[-1].time, zlib.compress(pickle.dumps(entries, pickle.HIGHEST_PROTOCOL), 1))

    @property
    def entries(self) -> list[Entry]:
        """What was sealed; not to be changed."""
        return _opened(self.packed)


@lru_cache(maxsize=8)
def _opened(packed: bytes) -> list[Entry]:
    found: list[Entry] = pickle.loads(zlib.decompress(packed))
    return found


class History:
    """The entries of one cluster; a sequence that only grows.

    The newest are kept as they are. Of a long run the older ones are sealed, in blocks that take a thirtieth of the
    room, so that memory stays steady; who reads them gets equal entries, made anew.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._sealed: list[Block] = []
        self._entries = list(entries)
        self._seal()

    def append(self, entry: Entry) -> None:
        """Add the newest entry."""
        self._entries.append(entry)
        if len(self._entries) >= OPEN + BLOCK:
            self._seal()

    def _seal(self) -> None:
        while len(self._entries) >= OPEN + BLOCK:
            self._sealed.append(Block.of(self._entries[:BLOCK]))
            del self._entries[:BLOCK]

    def __len__(self) -> int:
        return len(self._sealed) * BLOCK + len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        for block in self._sealed:
            yield from block.entries
        yield from self._entries

    def __reversed__(self) -> Iterator[Entry]:
        return self.backwards()

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        sealed = len(self._sealed) * BLOCK
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1 and start >= sealed:
                return self._entries[start - sealed : max(stop - sealed, 0)]
            return [self[at] for at in range(start, stop, step)]
        place = range(len(self))[index]
        return self._entries[place - sealed] if place >= sealed else self._sealed[place // BLOCK].entries[place % BLOCK]

    def backwards(self, index: int = 0) -> Iterator[Entry]:
        """The entries from the newest back to the one with that index."""
        rest = len(self) - index
        yield from islice(reversed(self._entries), rest)
        rest -= len(self._entries)
        for block in reversed(self._sealed):
            if rest <= 0:
                return
            yield from islice(reversed(block.entries), rest)
            rest -= BLOCK

    def index_at(self, time: float) -> int:
        """How many entries were written up to and including `time`."""
        if self._entries and self._entries[0].time > time and self._sealed:
            number = bisect_right(self._sealed, time, key=lambda block: block.until)
            if number < len(self._sealed):
                block = self._sealed[number]
                return number * BLOCK + bisect_right(block.entries, time, key=lambda entry: entry.time)
        sealed = len(self._sealed) * BLOCK
        return sealed + bisect_right(self._entries, time, key=lambda entry: entry.time)

    def of(self, key: Key) -> list[Entry]:
        """The entries of one object, oldest first."""
        return [entry for entry in self if entry.key == key]

    def undo(self, objects: dict[Key, Object], index: int) -> dict[Key, Object]:
        """The objects as they were after the first `index` entries, from the `objects` of now; in order of creation."""
        before, deleted = dict(objects), False
        for entry in self.backwards(index):
            deleted = deleted or entry.new is None
            if entry.old is None:
                before.pop(entry.key, None)
            else:
                before[entry.key] = entry.old
        if deleted:
            # What was deleted since came back at the end; it stands where it was created.
            made = enumerate(islice(self, index))
            created = {entry.key: place for place, entry in made if entry.old is None}
            return dict(sorted(before.items(), key=lambda item: created.get(item[0], -1)))
        return before

    def fork(self) -> History:
        """A history that goes on by itself."""
        twin = History()
        twin._sealed, twin._entries = self._sealed.copy(), self._entries.copy()
        return twin


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

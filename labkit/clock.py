"""Virtual time: a heap of calls that fall due.

A call is data, `(actor's name, key)`, never a closure: a fork carries its timers along by copying them.
Ties are broken by priority, then by the order of waking, so two runs of one seed are the same to the byte.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from datetime import UTC, datetime, timedelta

Call = tuple[str, Hashable]

EPOCH = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When every lab starts: a Monday, nine o'clock."""


class Clock:
    """Seconds since the lab's start, and what falls due when."""

    def __init__(self) -> None:
        self.now = 0.0
        self._heap: list[tuple[float, int, int, Call]] = []
        self._due: dict[Call, tuple[float, int]] = {}
        self._counter = 0

    def wake(self, call: Call, delay: float = 0.0, priority: int = 0) -> None:
        """Let `call` fall due in `delay` seconds; one that waits already keeps the earlier moment, and its priority.

        So an actor that is to come after the others is not brought forward by what they do meanwhile.
        """
        if delay < 0:
            raise ValueError(f"a call can't fall due in the past: {delay} s")
        due = round(self.now + delay, 6)
        if call in self._due and self._due[call][0] <= due:
            return
        self._counter += 1
        self._due[call] = (due, self._counter)
        heapq.heappush(self._heap, (due, priority, self._counter, call))

    def cancel(self, call: Call) -> None:
        """Forget `call`, if it waits."""
        self._due.pop(call, None)

    def has(self, call: Call) -> bool:
        """Whether `call` waits."""
        return call in self._due

    @property
    def next_time(self) -> float | None:
        """When the next call falls due; None if none waits."""
        while self._heap and self._is_stale(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop(self) -> Call:
        """Take the next call and go to its moment; IndexError if none waits."""
        if self.next_time is None:
            raise IndexError("no call waits")
        due, _, _, call = heapq.heappop(self._heap)
        del self._due[call]
        self.now = max(self.now, due)
        return call

    def advance(self, to: float) -> None:
        """Go forward to `to`; what falls due before stays due."""
        self.now = max(self.now, round(to, 6))

    def waiting(self) -> list[tuple[float, Call]]:
        """Every call that waits with its moment, earliest first."""
        return [(due, call) for due, _, count, call in sorted(self._heap) if self._due.get(call) == (due, count)]

    def stamp(self, at: float | None = None) -> str:
        """A moment as the API writes it: RFC 3339 in whole seconds, `2026-01-05T09:00:05Z`."""
        moment = EPOCH + timedelta(seconds=int(self.now if at is None else at))
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def seconds(self, stamp: str) -> float:
        """The moment of a stamp, in seconds since the lab's start; fractions of seconds are kept."""
        return (datetime.fromisoformat(stamp.replace("Z", "+00:00")) - EPOCH).total_seconds()

    def fork(self) -> Clock:
        """A clock at the same moment with the same calls waiting."""
        twin = Clock()
        twin.now, twin._counter = self.now, self._counter
        twin._heap, twin._due = self._heap.copy(), self._due.copy()
        return twin

    def _is_stale(self, entry: tuple[float, int, int, Call]) -> bool:
        due, _, count, call = entry
        return self._due.get(call) != (due, count)

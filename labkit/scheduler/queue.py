"""The scheduling queue: pods that wait for their turn, for their back-off, or for something to change.

A value without clock or cluster: whoever holds it says what time it is. `fork` branches it.
Source: pkg/scheduler/backend/queue/{scheduling_queue,active_queue,backoff_queue}.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from math import floor, inf
from typing import NamedTuple

from labkit.kinds.registry import Key

INITIAL_BACKOFF = 1.0
LONGEST_BACKOFF = 10.0
WINDOW = 1.0
"""Back-off ends at whole windows, in seconds."""

LONGEST_WAIT = 300.0
"""After that many seconds an unschedulable pod is tried again, whatever happened."""


class Waiting(NamedTuple):
    """A pod in the queue: `since` when it came in or came back, `failures` how often it found no node in a row.

    `refused_by` are the plugins that refused it last; `retry_at` ends its back-off; all times in seconds.
    """

    key: Key
    priority: int = 0
    since: float = 0.0
    failures: int = 0
    refused_by: frozenset[str] = frozenset()
    retry_at: float = 0.0


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: 1, 2, 4, 8, 10, 10, …"""
    return min(INITIAL_BACKOFF * 2 ** (failures - 1), LONGEST_BACKOFF) if failures else 0.0


class SchedulingQueue:
    """Three parts: active (in order of priority, then of coming in), backing off, and unschedulable.

    With `eager` (the default of 1.36, gate SchedulerPopFromBackoffQ) an empty active part takes from the back-off part
    before its time, so back-off orders pods but never idles.
    """

    def __init__(self, eager: bool = True) -> None:
        self.eager = eager
        self._heap: list[tuple[int, float, int, Key]] = []
        self._count = 0
        self._due = inf  # nothing falls due before; keeps flush from looking at every pod every time
        self.active: dict[Key, Waiting] = {}
        self.backing_off: dict[Key, Waiting] = {}
        self.unschedulable: dict[Key, Waiting] = {}

    def __len__(self) -> int:
        return len(self.active) + len(self.backing_off) + len(self.unschedulable)

    def __contains__(self, key: Key) -> bool:
        return self.find(key) is not None

    def find(self, key: Key) -> Waiting | None:
        """The pod with what is known of it, wherever it waits."""
        return self.active.get(key) or self.backing_off.get(key) or self.unschedulable.get(key)

    def add(self, pod: Waiting) -> None:
        """Let a pod wait for its turn; it leaves any other part."""
        self.remove(pod.key)
        self.active[pod.key] = pod
        self._count += 1
        heappush(self._heap, (-pod.priority, pod.since, self._count, pod.key))

    def remove(self, key: Key) -> None:
        """Forget a pod, wherever it waits."""
        for part in (self.active, self.backing_off, self.unschedulable):
            part.pop(key, None)

    def pop(self, now: float) -> Waiting | None:
        """The pod whose turn it is; None if nobody's."""
        self.flush(now)
        while self._heap:
            rank, since, _, key = heappop(self._heap)
            pod = self.active.get(key)
            if pod is not None and (rank, since) == (-pod.priority, pod.since):
                return self.active.pop(key)
        return self._pop_early() if self.eager else None

    def _pop_early(self) -> Waiting | None:
        if not self.backing_off:
            return None
        first = min(self.backing_off.values(), key=lambda pod: (pod.retry_at, -pod.priority, pod.since))
        return self.backing_off.pop(first.key)

    def failed(self, pod: Waiting, refused_by: Iterable[str], now: float) -> None:
        """Put a pod that found no node where it waits for something to change."""
        failures = pod.failures + 1
        retry_at = floor((now + backoff(failures)) / WINDOW) * WINDOW
        again = pod._replace(since=now, failures=failures, refused_by=frozenset(refused_by), retry_at=retry_at)
        self.unschedulable[pod.key] = again
        self._due = min(self._due, now + LONGEST_WAIT)

    def stir(self, helps: Callable[[Waiting], bool], now: float) -> None:
        """Something changed: pods that it may help go on to their back-off, or straight to their turn."""
        for pod in [pod for pod in self.unschedulable.values() if helps(pod)]:
            self.release(pod.key, now)

    def release(self, key: Key, now: float) -> None:
        """Let one unschedulable pod go on."""
        pod = self.unschedulable.pop(key, None)
        if pod is not None and pod.retry_at > now:
            self.backing_off[key] = pod
            self._due = min(self._due, pod.retry_at)
        elif pod is not None:
            self.add(pod._replace(since=now))

    def flush(self, now: float) -> None:
        """Move on whoever has backed off long enough, or has waited for five minutes."""
        if now < self._due:
            return
        for pod in [pod for pod in self.backing_off.values() if pod.retry_at <= now]:
            del self.backing_off[pod.key]
            self.add(pod)
        for pod in [pod for pod in self.unschedulable.values() if now - pod.since >= LONGEST_WAIT]:
            self.release(pod.key, now)
        self._due = self.next_time() or inf

    def is_ready(self, now: float) -> bool:
        """Whether `pop` would give a pod now."""
        self.flush(now)
        return bool(self.active) or (self.eager and bool(self.backing_off))

    def next_time(self) -> float | None:
        """When `flush` has something to do next; None if nothing waits for a time."""
        ends = [pod.retry_at for pod in self.backing_off.values()]
        ends += [pod.since + LONGEST_WAIT for pod in self.unschedulable.values()]
        return min(ends, default=None)

    def fork(self) -> SchedulingQueue:
        """A queue that goes on by itself from here."""
        twin = SchedulingQueue(self.eager)
        twin._heap, twin._count, twin._due = self._heap.copy(), self._count, self._due
        twin.active, twin.backing_off = dict(self.active), dict(self.backing_off)
        twin.unschedulable = dict(self.unschedulable)
        return twin

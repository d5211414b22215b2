"""What recorders of events remember: which event a repetition counts up, and which events are an hour old.

An API server keeps an event for an hour after it was last written (kube-apiserver --event-ttl). Here it goes as the
next one is recorded, so that no clock has to run for it.
Source: client-go tools/record/events_cache.go, v1.36.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from labkit.kinds import Key
from labkit.lifecycle import COMBINED, SIMILAR_SECONDS, Heard, heard_after

TTL = 3600.0
"""Seconds for which an event is kept after it was last written."""

Kind = tuple[str, ...]
"""What events must have in common to be counted together."""


class Told(NamedTuple):
    """A message as it is recorded, the event that it counts up, if there is one, and under which kind it is known."""

    message: str
    kind: Kind
    event: Key | None


class EventLog:
    """The memory of all recorders of a cluster."""

    def __init__(self) -> None:
        self._known: dict[Kind, Key] = {}
        self._heard: dict[Kind, Heard] = {}
        self._written: deque[tuple[float, Key]] = deque()
        self._crowd = 1000

    def fork(self) -> EventLog:
        """A memory that goes on by itself."""
        twin = EventLog()
        twin._known, twin._heard, twin._written = dict(self._known), dict(self._heard), self._written.copy()
        return twin

    def hear(self, similar: Kind, message: str, now: float) -> Told:
        """What becomes of a message: a flood of similar ones is combined."""
        heard = self._heard[similar] = heard_after(self._heard.get(similar), message, now)
        kind = similar if heard.is_flood else (*similar, message)
        return Told(f"{COMBINED}{message}" if heard.is_flood else message, kind, self._known.get(kind))

    def note(self, kind: Kind, event: Key, now: float) -> None:
        """Remember a new event."""
        self._known[kind] = event
        self._written.append((now, event))
        if len(self._known) + len(self._heard) > self._crowd:
            self._forget(now)

    def expired(self, now: float, last_written: Callable[[Key], float | None]) -> Iterator[Key]:
        """The events whose time is over; `last_written` is None for those that are gone already."""
        while self._written and self._written[0][0] + TTL <= now:
            _, event = self._written.popleft()
            last = last_written(event)
            if last is not None and last + TTL <= now:
                yield event
            elif last is not None:
                self._written.append((now, event))

    def _forget(self, now: float) -> None:
        """Forget what is gone or was heard too long ago to matter; then not again until there is twice as much."""
        there = {event for _, event in self._written}
        self._known = {kind: event for kind, event in self._known.items() if event in there}
        self._heard = {kind: heard for kind, heard in self._heard.items() if now - heard.at <= SIMILAR_SECONDS}
        self._crowd = max(1000, 2 * (len(self._known) + len(self._heard)))

"""Running a world: who is woken by a write, and how time goes on.

An actor is any object with `name`, `watches` and `reconcile(cluster, key) -> seconds | None`: a controller, the
kubelet, the scheduler. It waits in the clock by key, never by event, and each key waits at most once.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from labkit.clock import Call
from labkit.cluster import Cluster
from labkit.collecting import seldom
from labkit.history import Entry

Mapper = Callable[[Cluster, Entry], Iterable[Any]]

PATIENCE = 1.0
"""Real seconds after which a run shows how far it is."""
SELDOM = 16
"""It looks at the real clock once in so many steps."""


class Actor(Protocol):
    """Whoever reads the world, decides, and writes."""

    @property
    def name(self) -> str:
        """What it is called; also the source of its events."""

    @property
    def watches(self) -> Mapping[str, Mapper]:
        """For each kind it looks at, whom a write wakes."""

    def reconcile(self, cluster: Cluster, key: Any) -> float | None:
        """Bring the world nearer to what `key` asks for; seconds until it must run again, or None."""


class Loop:
    """Wakes actors on writes and lets them act when their calls fall due."""

    def __init__(self, cluster: Cluster, actors: Sequence[Actor]) -> None:
        self.cluster = cluster
        self.actors = {actor.name: actor for actor in actors}
        self._priority = {actor.name: rank for rank, actor in enumerate(actors)}
        self._acting: Call | None = None
        self._mappers: dict[str, list[tuple[Actor, Mapper]]] = {}
        for actor in actors:
            for kind, mapper in actor.watches.items():
                self._mappers.setdefault(kind, []).append((actor, mapper))
        cluster.watch(self.notice)

    def notice(self, entry: Entry) -> None:
        """Wake every actor that watches the written kind."""
        for actor, mapper in self._mappers.get(entry.key.kind, ()):
            for key in mapper(self.cluster, entry):
                self.wake((actor.name, key))

    def wake(self, call: Call, delay: float = 0.0) -> None:
        """Let an actor act on a key in `delay` seconds.

        One that `awaits_its_writes` comes to see them when everyone else who is due has acted.
        """
        rank = self._priority[call[0]]
        if call == self._acting and getattr(self.actors[call[0]], "awaits_its_writes", False):
            rank += len(self.actors)
        self.cluster.clock.wake(call, delay, rank)

    def step(self) -> Call | None:
        """Go to the next moment at which something is due and do it; None if nothing is."""
        if self.cluster.clock.next_time is None:
            return None
        name, key = self._acting = call = self.cluster.clock.pop()
        again = self.actors[name].reconcile(self.cluster, key)
        if again is not None:
            self.wake(call, again)
        self._acting = None
        return call

    def run(self, until: float, stop: Callable[[], bool] = lambda: False) -> None:
        """Do all that falls due up to `until` (seconds since the start), or until `stop` holds after a step."""
        clock = self.cluster.clock
        with seldom(), _deferred_interrupt() as interrupted, _progress(clock.now, until) as show:
            while (due := clock.next_time) is not None and due <= until:
                self.step()
                show(clock.now)
                if interrupted():
                    raise KeyboardInterrupt(f"stopped at {clock.now:g} s; the lab is whole and can go on")
                if stop():
                    return
        clock.advance(until)

    def relist(self) -> None:
        """Wake every actor for every object, as when a control plane starts over a world that exists already."""
        for key, obj in self.cluster.objects().items():
            self.notice(Entry(self.cluster.clock.now, "create", key, None, obj))

    def fork(self, cluster: Cluster) -> Loop:
        """The same actors over a forked cluster; those that remember something are forked too."""
        return Loop(cluster, [_forked(actor, cluster) for actor in self.actors.values()])


def _forked(actor: Any, cluster: Cluster) -> Actor:
    twin: Actor = actor.fork(cluster) if hasattr(actor, "fork") else actor
    return twin


@contextmanager
def _deferred_interrupt() -> Iterator[Callable[[], bool]]:
    # A write must not be cut in two: Ctrl-C waits for the end of the step.
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    asked: list[bool] = []
    before = signal.signal(signal.SIGINT, lambda *_: asked.append(True))
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress(start: float, until: float) -> Iterator[Callable[[float], None]]:
    began, steps = time.monotonic(), 0
    bar: list[Any] = []

    def show(now: float) -> None:
        nonlocal steps
        steps += 1
        if steps % SELDOM:
            return
        if bar:
            bar[0].update(bar[1], completed=now - start)
        elif time.monotonic() - began > PATIENCE:
            bar.extend(_started_bar(until - start))

    try:
        yield show
    finally:
        if bar:
            bar[0].stop()


def _started_bar(total: float) -> tuple[Any, Any]:
    from rich.console import Console
    from rich.progress import Progress

    progress = Progress(console=Console(stderr=True), transient=True)
    progress.start()
    return progress, progress.add_task("virtual time", total=total)

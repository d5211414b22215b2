"""How a describer is declared, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable

from labkit.cluster import Cluster
from labkit.kubectl.describe.metadata import Object
from labkit.kubectl.describe.writer import Writer

Describer = Callable[[Writer, Object, Cluster], None]

DESCRIBERS: dict[str, Describer] = {}
WITHOUT_EVENTS: set[str] = set()


def describer(kind: str, events: bool = True) -> Callable[[Describer], Describer]:
    """Enter the decorated function as the describer of a kind; `events=False` if its events aren't shown."""

    def enter(function: Describer) -> Describer:
        DESCRIBERS[kind] = function
        if not events:
            WITHOUT_EVENTS.add(kind)
        return function

    return enter

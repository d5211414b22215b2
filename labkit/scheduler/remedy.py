"""A change that might help a pod, and how to write one down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from labkit.kinds.registry import Key
from labkit.scheduler.plugin import Cycle

Object = dict[str, Any]

ON_POD, ON_NODE = 1.0, 3.0


class Change(NamedTuple):
    """What to do to one object: a JSON merge patch (None deletes), or all of it where it is `new`."""

    key: Key
    patch: Object
    new: bool = False


class Remedy(NamedTuple):
    """A change in words and as data; the smaller `size`, the smaller it is.

    Of remedies `about` the same only the smallest is of interest.
    """

    words: str
    change: Change
    size: float
    about: str = ""


def to_pod(cycle: Cycle, words: str, patch: Object, size: float = ON_POD) -> Remedy:
    """A change to the pod itself."""
    return Remedy(words, Change(cycle.info.key, patch), size)


def to_node(cycle: Cycle, row: int, words: str, patch: Object, size: float = ON_NODE) -> Remedy:
    """A change to a node, told with its name."""
    name = cycle.columns.names[row]
    return Remedy(f"{name}: {words}", Change(Key("Node", "", name), patch), size)


def pod_object(cycle: Cycle) -> Object:
    """The pod as written."""
    return cycle.world.require(cycle.info.key)


def node_object(cycle: Cycle, row: int) -> Object:
    """A node as written, with a spec."""
    return {"spec": {}, **cycle.world.require(Key("Node", "", cycle.columns.names[row]))}


def listed(words: Iterable[str]) -> str:
    """Words with commas."""
    return ", ".join(words)

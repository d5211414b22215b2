"""Two outcomes of scheduling the same pods on the same nodes, side by side: where they differ, and what each costs.

A node's price per hour is its label or annotation `labkit.dev/price-per-hour`, a number in any currency. Where no node
has one, the number of nodes used stands for the cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import NamedTuple

import numpy as np

from labkit.cluster import Cluster
from labkit.kinds.node import Node
from labkit.kinds.registry import Key
from labkit.scheduler.columns import CPU, MEMORY, Columns

PRICE = "labkit.dev/price-per-hour"
BALANCED = {"cpu": CPU, "memory": MEMORY}
MOST_SHOWN = 20
"""More pods than that aren't listed in text."""


class Spread(NamedTuple):
    """How full the nodes are with one resource, in percent of what they have: mean and standard deviation."""

    mean: float
    deviation: float

    def __str__(self) -> str:
        return f"{self.mean:.0f} % ± {self.deviation:.1f}"


class Moved(NamedTuple):
    """A pod and its node under either profile; None where it waits or was evicted."""

    pod: Key
    a: str | None
    b: str | None

    def __str__(self) -> str:
        return f"{self.pod.namespace}/{self.pod.name}: {self.a or 'nowhere'} → {self.b or 'nowhere'}"


@dataclass(frozen=True)
class Outcome:
    """What a profile came to: each pod's node (None: nowhere), and the nodes' use.

    `used` are the nodes with a pod that isn't a DaemonSet's. `price` sums their prices; None if no node has one;
    `unpriced` are used nodes without a price, which count nothing.
    """

    name: str
    placements: Mapping[Key, str | None]
    nodes: int
    used: tuple[str, ...]
    balance: Mapping[str, Spread]
    price: float | None
    unpriced: tuple[str, ...] = ()

    @property
    def waiting(self) -> tuple[Key, ...]:
        """The pods that got no node."""
        return tuple(key for key, node in self.placements.items() if node is None)

    @property
    def cost(self) -> float:
        """The price per hour, or the number of nodes used."""
        return len(self.used) if self.price is None else self.price


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two outcomes. `str` tells them as text, a notebook shows tables; `moved` are the pods that go elsewhere."""

    a: Outcome
    b: Outcome

    @cached_property
    def moved(self) -> tuple[Moved, ...]:
        """The pods whose nodes differ, in order of creation."""
        both = ((key, node, self.b.placements.get(key)) for key, node in self.a.placements.items())
        return tuple(Moved(*one) for one in both if one[1] != one[2])

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """What is compared, under `a` and under `b`, in words."""
        a, b = self.a, self.b
        used = ("nodes used", *(f"{len(side.used)} of {side.nodes}" for side in (a, b)))
        balance = [(name, str(spread), str(b.balance[name])) for name, spread in a.balance.items()]
        waiting = ("pods waiting", str(len(a.waiting)), str(len(b.waiting)))
        prices = [] if a.price is None else [("price per hour", _priced(a), _priced(b))]
        return [used, *balance, waiting, *prices]

    @property
    def summary(self) -> str:
        """How many pods go elsewhere."""
        return f"{len(self.moved)} of {len(self.a.placements)} pods go elsewhere"

    def __str__(self) -> str:
        table = [("", f"a: {self.a.name}", f"b: {self.b.name}"), *self.rows]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        padded = (map(str.ljust, row, widths) for row in table)
        lines = ["  ".join(row).rstrip() for row in padded]
        more = len(self.moved) - MOST_SHOWN
        listed = [f"  {one}" for one in self.moved[:MOST_SHOWN]] + ([f"  and {more} more"] if more > 0 else [])
        return "\n".join([*lines, f"{self.summary}{':' if listed else ''}", *listed])

    def __repr__(self) -> str:
        used = f"{len(self.a.used)} and {len(self.b.used)} nodes used"
        return f"<Comparison of {self.a.name} and {self.b.name}: {self.summary}, {used}>"

    def _repr_html_(self) -> str:
        measures = _table(("", f"a: {self.a.name}", f"b: {self.b.name}"), self.rows)
        pods = ((f"{one.pod.namespace}/{one.pod.name}", one.a or "nowhere", one.b or "nowhere") for one in self.moved)
        return f"{measures}<p>{self.summary}</p>" + (_table(("pod", "under a", "under b"), pods) if self.moved else "")


def outcome(name: str, cluster: Cluster, placements: Mapping[Key, str | None]) -> Outcome:
    """Measure a cluster in which these pods have been placed."""
    columns = Columns(cluster)
    used = [row for row, placed in enumerate(columns.placed) if any(is_load(cluster, key) for key in placed)]
    prices = {row: price_of(columns.nodes[row]) for row in range(len(columns))}
    priced = any(price is not None for price in prices.values())
    return Outcome(
        name,
        placements,
        len(columns),
        tuple(columns.names[row] for row in used),
        {resource: spread(columns, column) for resource, column in BALANCED.items()},
        sum(prices[row] or 0.0 for row in used) if priced else None,
        tuple(columns.names[row] for row in used if prices[row] is None) if priced else (),
    )


def is_load(cluster: Cluster, key: Key) -> bool:
    """Whether a pod is what a node is kept for; a DaemonSet's pods are on every node anyway."""
    owner = cluster.read(key).metadata.controller
    return owner is None or owner.kind != "DaemonSet"


def spread(columns: Columns, column: int) -> Spread:
    """How full the nodes are with one resource; nodes without it don't count."""
    room = columns.allocatable[:, column]
    percent = 100 * columns.requested[room > 0, column] / room[room > 0]
    return Spread(float(np.mean(percent)), float(np.std(percent))) if len(percent) else Spread(0.0, 0.0)


def price_of(node: Node) -> float | None:
    """A node's price per hour; None where it has none, or none that is a number."""
    text = node.metadata.annotations.get(PRICE, node.metadata.labels.get(PRICE, ""))
    try:
        return float(text)
    except ValueError:
        return None


def _priced(side: Outcome) -> str:
    missing = f" ({len(side.unpriced)} without a price)" if side.unpriced else ""
    return f"{side.price:.4g}{missing}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"

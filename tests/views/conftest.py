"""Hand-made pictures: no cluster is needed to test how one looks."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from labkit.views.picture import Gauge, NodeBox, Picture, PodTile

REASON = "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu."


def tile(name: str, owner: str = "web", **more: object) -> PodTile:
    """A ready pod of a Deployment, unless told otherwise."""
    return PodTile("default", name, f"Deployment/default/{owner}" if owner else "", **more)  # type: ignore[arg-type]


def box(name: str, *pods: PodTile, **more: object) -> NodeBox:
    """A node with 4 cores and 16 GiB, half used."""
    gauges = (Gauge("cpu", 2000, 4000), Gauge("memory", 8 << 30, 16 << 30), Gauge("pods", len(pods), 110))
    return NodeBox(name, pods=pods, gauges=gauges, **more)  # type: ignore[arg-type]


@pytest.fixture
def shop() -> Picture:
    """Three nodes in three zones, one tainted, one cordoned, one down; pods of every state; two pending."""
    return Picture(
        12.5,
        (
            box("node-1", tile("web-1"), tile("web-2", ready=False, status="ContainerCreating"), zone="a"),
            box("node-2", tile("cart-1", "cart", leaving=True), zone="b", taints=("dedicated=db:NoSchedule",)),
            box("node-3", tile("job-1", "", status="Completed", ready=False), zone="c", ready=False, cordoned=True),
        ),
        (tile("web-3", status="Pending", ready=False, reason=REASON), tile("lone", "", ready=False, reason="waiting")),
    )


@pytest.fixture
def crowd() -> Callable[[int, int], Picture]:
    """A function that makes a picture of so many nodes and pods, always the same."""

    def make(nodes: int, pods: int) -> Picture:
        rng = random.Random(1)
        homes = [rng.randrange(nodes) for _ in range(pods)]
        tiles = [tile(f"app{n % 12}-{n}", f"app{n % 12}") for n in range(pods)]
        return Picture(
            60.0,
            tuple(
                box(f"node-{i}", *(t for t, home in zip(tiles, homes, strict=True) if home == i), zone="abc"[i % 3])
                for i in range(nodes)
            ),
        )

    return make

"""Tests of labkit.autoscaling.clusterautoscaler.estimator."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from labkit.autoscaling.clusterautoscaler.estimator import Alike, estimate


class Bins:
    """Nodes with room for cpu alone."""

    def __init__(self) -> None:
        self.room: list[int] = []

    def add(self) -> None:
        self.room.append(1000)

    def first_fit(self, pod: int, places: Sequence[int]) -> int | None:
        return next((place for place in places if pod <= self.room[place]), None)

    def put(self, pod: int, place: int) -> None:
        self.room[place] -= pod


def groups(*sizes: tuple[int, int]) -> list[Alike]:
    return [Alike([size] * count, size / 1000) for size, count in sizes]


def test_the_largest_pods_are_packed_first() -> None:
    assert estimate(groups((300, 2), (700, 2)), Bins()) == (2, (2, 2))


def test_a_pod_that_fits_no_node_helps_nobody() -> None:
    assert estimate(groups((1100, 3), (400, 2)), Bins()) == (1, (0, 2))


def test_no_more_nodes_than_allowed_are_tried() -> None:
    assert estimate(groups((600, 5)), Bins(), most=2) == (2, (2,))


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(1, 6)), min_size=1, max_size=5))
def test_every_pod_that_fits_a_node_finds_room_and_none_stays_empty(sizes: list[tuple[int, int]]) -> None:
    found = estimate(groups(*sizes), Bins())
    assert found.scheduled == tuple(count for _, count in sizes)
    total = sum(size * count for size, count in sizes)
    assert -(-total // 1000) <= found.nodes <= sum(found.scheduled)

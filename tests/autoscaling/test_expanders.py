"""Tests of labkit.autoscaling.clusterautoscaler.expanders."""

from __future__ import annotations

from labkit.autoscaling.clusterautoscaler.expanders import (
    Amounts,
    Option,
    PodPrices,
    cheapest,
    least_nodes,
    least_waste,
    most_pods,
    preferred_cores,
    prioritised,
)

GIB = 2**30
SMALL = Option("small", 2, Amounts(2000, 8 * GIB), [Amounts(900, 3 * GIB)] * 4, 0.096)
LARGE = Option("large", 1, Amounts(8000, 32 * GIB), [Amounts(900, 3 * GIB)] * 5, 0.384)
PRICES = PodPrices(0.03, 0.004)


def names(options: list[Option]) -> list[str]:
    return [option.group for option in options]


def test_each_expander_keeps_its_best() -> None:
    both = [SMALL, LARGE]
    assert names(most_pods(both)) == ["large"]
    assert names(least_nodes(both)) == ["large"]
    assert names(least_waste(both)) == ["small"]
    assert names(cheapest(both, PRICES, cluster_nodes=3)) == ["small"]


def test_a_tie_is_kept() -> None:
    assert names(most_pods([SMALL, SMALL._replace(group="twin")])) == ["small", "twin"]


def test_nothing_to_choose_from_gives_nothing() -> None:
    assert least_waste([]) == []


def test_a_large_cluster_prefers_large_nodes() -> None:
    assert [preferred_cores(nodes) for nodes in (1, 3, 21, 500)] == [1, 2, 8, 32]


def test_the_highest_priority_that_matches_wins() -> None:
    told = {10: [".*"], 50: ["lar.*"]}
    assert names(prioritised([SMALL, LARGE], told)) == ["large"]
    assert names(prioritised([SMALL], told)) == ["small"]
    assert names(prioritised([SMALL, LARGE], {5: ["none"]})) == ["small", "large"]

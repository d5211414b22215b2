"""Availability Zone rebalancing."""

from collections import Counter

import pytest

from labkit.ecs.scheduler.zones import lacking


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"a": 2, "b": 2, "c": 1}, {}),
        ({"a": 4, "b": 0, "c": 2}, {"b": 2}),
        ({"a": 2, "b": 0}, {"b": 1}),
        ({"a": 2, "b": 0, "c": 0}, {"b": 1}),
        ({}, {}),
    ],
)
def test_thin_zones_lack_what_an_even_share_would_give_them(counts, expected):
    assert lacking(counts) == expected


def test_a_zone_that_comes_back_gets_its_share(on):
    shop = on(instances=2, zones="ab")
    shop.create(6).run("1m")
    shop.lab.launch(1, zones="c")
    for _ in range(60):
        shop.run("2s")
        assert shop.service["runningCount"] >= 6
    assert sorted(Counter(one["availabilityZone"] for one in shop.tasks()).values()) == [2, 2, 2]
    said = " ".join(shop.messages)
    assert "is not AZ balanced with" in said and "has started 2 tasks in us-east-1c to AZ Rebalance:" in said
    assert any("is AZ balanced with 2 tasks in us-east-1a" in one for one in shop.messages)


def test_without_rebalancing_nothing_moves(on):
    shop = on(instances=2, zones="ab")
    shop.create(6, availabilityZoneRebalancing="DISABLED").run("1m")
    shop.lab.launch(1, zones="c")
    shop.run("5m")
    assert sorted(Counter(one["availabilityZone"] for one in shop.tasks()).values()) == [3, 3]

from __future__ import annotations

from labkit.network.addresses import free_pod_ip, node_network


def test_each_node_has_a_network_of_its_own() -> None:
    assert [node_network(index) for index in (0, 1, 256)] == ["10.244.0.0/24", "10.244.1.0/24", "10.245.0.0/24"]


def test_the_lowest_free_address_is_taken() -> None:
    assert free_pod_ip("10.244.0.0/24", {"10.244.0.2", "10.244.0.4"}) == "10.244.0.3"
    assert free_pod_ip("10.244.0.0/30", {"10.244.0.2"}) == ""

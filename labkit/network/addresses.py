"""Addresses that nodes hand out to pods. All pure.

The lowest free one is taken, so a lab of one seed always hands out the same. What Services get is decided when they
are created (see `admission.addresses`).
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Network

FIRST_NETWORK = IPv4Network("10.244.0.0/24")


def free_pod_ip(pod_cidr: str, taken: Collection[str]) -> str:
    """The lowest address of a node's pod network that is not taken; .0 and .1 belong to the network itself.

    Returns "" when the network is full.
    """
    network = IPv4Network(pod_cidr)
    hosts = (str(network[offset]) for offset in range(2, network.num_addresses - 1))
    return next((host for host in hosts if host not in taken), "")


def node_network(index: int) -> str:
    """The pod network of the node with that index, from 0: 10.244.0.0/24, then 10.244.1.0/24 and so on."""
    return str(IPv4Network((int(FIRST_NETWORK.network_address) + index * FIRST_NETWORK.num_addresses, 24)))

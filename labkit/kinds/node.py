"""Nodes, as far as labkit acts on them.

Source: k8s.io/api core/v1/types.go, v1.36.
"""

from __future__ import annotations

from typing import Any

import msgspec

from labkit.kinds.meta import Condition, Meta, Quantity, Struct


class Taint(Struct):
    """What keeps pods off a node unless they tolerate it."""

    key: str
    effect: str
    value: str = ""
    time_added: str | None = None

    def __str__(self) -> str:
        valued = f"{self.key}={self.value}" if self.value else self.key
        return f"{valued}:{self.effect}"


class NodeSpec(Struct):
    """What a node is to be."""

    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()
    provider_id: str = msgspec.field(default="", name="providerID")
    pod_cidr: str = msgspec.field(default="", name="podCIDR")


class Image(Struct):
    """An image that lies on the node: its names and its size in bytes."""

    names: tuple[str, ...] = ()
    size_bytes: int = 0


class NodeAddress(Struct):
    """One address of a node."""

    type: str
    address: str


class NodeStatus(Struct):
    """What a node has and how it is."""

    capacity: dict[str, Quantity] = {}
    allocatable: dict[str, Quantity] = {}
    conditions: tuple[Condition, ...] = ()
    addresses: tuple[NodeAddress, ...] = ()
    images: tuple[Image, ...] = ()
    node_info: dict[str, Any] = {}


class Node(Struct):
    """A node."""

    metadata: Meta = Meta()
    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()

    @property
    def is_ready(self) -> bool:
        """Whether its Ready condition is True."""
        return any(one.type == "Ready" and one.status == "True" for one in self.status.conditions)

"""What nodes cost: the price of their instance type, by their labels.

On-demand and Spot prices are those of labkit.instancetypes (Spot fictional). Karpenter, EKS and labkit mark Spot nodes
by the labels below. A node without an instance type, or of one that labkit doesn't know, has no price.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labkit import instancetypes

TYPE = "node.kubernetes.io/instance-type"
SPOT = {"karpenter.sh/capacity-type": "spot", "eks.amazonaws.com/capacityType": "SPOT"}


def price(node: Mapping[str, Any]) -> float | None:
    """USD an hour for a Node; None if it has no price."""
    labels = node["metadata"].get("labels") or {}
    found = instancetypes.table().get(labels.get(TYPE, ""))
    if found is None:
        return None
    return found.spot_price if any(labels.get(name) == value for name, value in SPOT.items()) else found.price


def hourly(nodes: Iterable[Mapping[str, Any]]) -> float:
    """USD an hour for all nodes together that have a price."""
    return sum(price(node) or 0.0 for node in nodes)

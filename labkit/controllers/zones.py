"""Zones of nodes: how badly one is hit, and how fast its nodes may be emptied. All pure.

Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go ComputeZoneState, ReducedQPSFunc, setLimiterInZone;
pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go; component-helpers node/topology/helpers.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Object = dict[str, Any]

NORMAL, PARTIAL, FULL = "Normal", "PartialDisruption", "FullDisruption"

UNHEALTHY = 0.55
"""The part of a zone's nodes from which on it counts as partly disrupted."""
RATE = 0.1
REDUCED_RATE = 0.01
LARGE = 50
"""Nodes a second that are given up in a healthy zone and in a disrupted one; a zone of no more nodes gives up none."""


def zone_of(node: Object) -> tuple[str, str]:
    """The region and zone of a node, empty where it has no such label."""
    labels = node["metadata"].get("labels") or {}
    return labels.get("topology.kubernetes.io/region", ""), labels.get("topology.kubernetes.io/zone", "")


def state(ready: Sequence[bool], threshold: float = UNHEALTHY) -> str:
    """The state of a zone whose nodes are ready or not."""
    lost = len(ready) - sum(ready)
    if lost and lost == len(ready):
        return FULL
    return PARTIAL if lost > 2 and lost / len(ready) >= threshold else NORMAL


def rate(state: str, nodes: int) -> float:
    """How many of a zone's nodes may be given up a second; a zone that is gone as a whole counts as if it were well."""
    if state != PARTIAL:
        return RATE
    return REDUCED_RATE if nodes > LARGE else 0.0

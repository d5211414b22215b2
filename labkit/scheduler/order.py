"""In which order nodes are visited, and how many of them.

Source: pkg/scheduler/backend/cache/node_tree.go, schedule_one.go numFeasibleNodesToFind, v1.36.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labkit.scheduler.coded import Ints

REGION, ZONE = "topology.kubernetes.io/region", "topology.kubernetes.io/zone"

FEW_NODES = 100
"""With fewer nodes, or fewer found so far, all are looked at."""


def zone_of(labels: Mapping[str, str]) -> str:
    """Region and zone as one word; empty for a node without either."""
    region, zone = labels.get(REGION, ""), labels.get(ZONE, "")
    return f"{region}:\0:{zone}" if region or zone else ""


def visiting_order(zones: Sequence[str]) -> Ints:
    """The rows with their zones taking turns: first of each zone, second of each, and so on.

    `zones` names the zone of each row; zones come in order of their first node.
    """
    rounds: dict[str, int] = {}
    turns = []
    for row, zone in enumerate(zones):
        turns.append((rounds.get(zone, 0), row))
        rounds[zone] = rounds.get(zone, 0) + 1
    place = {zone: rank for rank, zone in enumerate(dict.fromkeys(zones))}
    ranked = sorted((turn, place[zones[row]], row) for turn, row in turns)
    return np.array([row for _, _, row in ranked], np.int64)


def nodes_to_find(count: int, percentage: int = 0) -> int:
    """How many feasible nodes are enough out of `count`.

    Percentage 0 adapts: 50 % less one per 125 nodes, at least 5 %.
    """
    if count < FEW_NODES or percentage >= 100:
        return count
    percentage = percentage or max(50 - count // 125, 5)
    return max(count * percentage // 100, FEW_NODES)

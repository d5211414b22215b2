"""What it costs to disturb a pod, and how much of its life a node has before it.

Source: karpenter pkg/utils/{disruption,pod}, 1.14.
"""

from __future__ import annotations

LEAST, MOST = -10.0, 10.0


def eviction_cost(deletion_cost: str = "", priority: int = 0) -> float:
    """1, plus the annotation pod-deletion-cost / 2^27, plus the priority / 2^25, within -10 and 10.

    A deletion cost that isn't a number counts as nothing.
    """
    cost = 1.0 + _number(deletion_cost) / 2**27 + priority / 2**25
    return min(max(cost, LEAST), MOST)


def lifetime_remaining(age: float, expire_after: float | None) -> float:
    """The share of a node's life that is left, 0 to 1, by seconds; 1 if it never expires."""
    if expire_after is None:
        return 1.0
    return min(max((expire_after - age) / expire_after, 0.0), 1.0)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0

"""How long a pod may stay on a tainted node. All pure.

Source: pkg/controller/tainteviction/taint_eviction.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.kinds.node import Taint
from labkit.kinds.pod import Toleration
from labkit.scheduler.tolerations import matching

FOREVER = -1


def shortest(tolerations: Sequence[Toleration]) -> int:
    """The shortest time that these allow, in seconds: 0 at once, FOREVER without limit (getMinTolerationTime)."""
    if not tolerations:
        return 0
    limits = [one.toleration_seconds for one in tolerations if one.toleration_seconds is not None]
    return max(min(limits), 0) if limits else FOREVER


def stays_for(taints: Sequence[Taint], tolerations: Sequence[Toleration], waiting: bool = False) -> int | None:
    """Seconds that a pod may stay on a node with these NoExecute taints; 0 = it goes at once, FOREVER = it stays.

    With `waiting` its time runs already; None then means: let it run on, a shorter time doesn't count any more.
    """
    tolerated, matched = matching(taints, tolerations)
    if not tolerated:
        return 0
    stay = shortest(matched) if taints else FOREVER
    return None if waiting and stay != FOREVER else stay

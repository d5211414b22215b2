"""Which taints a pod tolerates, and for how long. All pure.

Source: k8s.io/api core/v1/toleration.go, pkg/apis/core/v1/helper/helpers.go, pkg/controller/tainteviction, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.kinds.node import Taint
from labkit.kinds.pod import Toleration

FOREVER = -1


def tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Whether the toleration matches the taint; empty effect and key match any, `Exists` any value."""
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    if toleration.operator == "Exists":
        return True
    return toleration.operator in ("", "Equal") and toleration.value == taint.value


def used(taints: Sequence[Taint], tolerations: Sequence[Toleration]) -> list[Toleration] | None:
    """For each taint the first toleration in the list that matches; None if one of them is not tolerated."""
    found = [next((one for one in tolerations if tolerates(one, taint)), None) for taint in taints]
    return None if None in found else [one for one in found if one is not None]


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
    matched = used(taints, tolerations)
    if matched is None:
        return 0
    stay = shortest(matched) if taints else FOREVER
    return None if waiting and stay != FOREVER else stay

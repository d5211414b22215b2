"""Tolerations against taints.

Source: k8s.io/api/core/v1/toleration.go, component-helpers scheduling/corev1/helpers.go, v1.36.
Left out: the operators Gt and Lt, whose gate is off: they never match.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from labkit.kinds.node import Taint
from labkit.kinds.pod import Toleration

HARD_EFFECTS = frozenset({"NoSchedule", "NoExecute"})


def tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Whether one toleration covers one taint; an empty effect or key covers any."""
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    if toleration.operator in ("", "Equal"):
        return toleration.value == taint.value
    return toleration.operator == "Exists"


def tolerates_any(tolerations: Iterable[Toleration], taint: Taint) -> bool:
    """Whether one of the tolerations covers the taint."""
    return any(tolerates(toleration, taint) for toleration in tolerations)


def first_untolerated(
    taints: Iterable[Taint], tolerations: Sequence[Toleration], effects: Iterable[str] = HARD_EFFECTS
) -> Taint | None:
    """The first taint of these effects that no toleration covers."""
    effects = frozenset(effects)
    wanted = (taint for taint in taints if taint.effect in effects)
    return next((taint for taint in wanted if not tolerates_any(tolerations, taint)), None)


def matching(taints: Iterable[Taint], tolerations: Sequence[Toleration]) -> tuple[bool, list[Toleration]]:
    """Whether every taint is covered, and the first toleration that covers each, in order of the taints."""
    used = [next((one for one in tolerations if tolerates(one, taint)), None) for taint in taints]
    found = [toleration for toleration in used if toleration is not None]
    complete = len(found) == len(used)
    return complete, found if complete else []

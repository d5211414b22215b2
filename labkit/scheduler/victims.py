"""Which pods matter more, and which are guarded by a budget.

Source: pkg/scheduler/util/utils.go MoreImportantPod, plugins/defaultpreemption filterPodsWithPDBViolation, v1.36.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.cluster import Cluster
from labkit.fields import selectors
from labkit.kinds.policy import PodDisruptionBudget
from labkit.scheduler.podinfo import PodInfo

NOT_STARTED = "9999"
"""Later than any stamp: a pod that hasn't started counts as starting now."""


def importance(info: PodInfo) -> tuple[int, str, int]:
    """The sort key that puts the most important pod first: higher priority, then longer running, then older."""
    return -info.priority, started(info), info.serial


def started(info: PodInfo) -> str:
    """When a pod started, as a stamp."""
    return info.pod.status.start_time or NOT_STARTED


def earliest_start(victims: Sequence[PodInfo]) -> str:
    """When the first of the victims of highest priority started."""
    highest = max(one.priority for one in victims)
    return min(started(one) for one in victims if one.priority == highest)


def split_by_budgets(infos: Sequence[PodInfo], world: Cluster) -> tuple[list[PodInfo], list[PodInfo]]:
    """The pods whose removal, in this order, would break a PodDisruptionBudget, and the others."""
    budgets: list[PodDisruptionBudget] = world.items("PodDisruptionBudget")
    left = [budget.status.disruptions_allowed for budget in budgets]
    guarded: list[PodInfo] = []
    free: list[PodInfo] = []
    for info in infos:
        covering = [number for number, budget in enumerate(budgets) if guards(budget, info)]
        for number in covering:
            left[number] -= 1
        (guarded if any(left[number] < 0 for number in covering) else free).append(info)
    return guarded, free


def guards(budget: PodDisruptionBudget, info: PodInfo) -> bool:
    """Whether a budget counts this pod: an empty selector guards nothing, nor does a budget that knows it is going."""
    meta, selector = info.pod.metadata, selectors.compile(budget.spec.selector)
    if budget.metadata.namespace != info.key.namespace or not meta.labels or selector.everything:
        return False
    return selector.matches(meta.labels) and meta.name not in budget.status.disrupted_pods

"""DefaultPreemption: may less important pods go, so that this one fits?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from labkit.scheduler.decision import Decision, Evictions, Refused
from labkit.scheduler.filtering import kept_by_row, move, run_filters
from labkit.scheduler.messages import fit_error
from labkit.scheduler.plugin import UNSCHEDULABLE, Cycle
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.victims import earliest_start, importance, split_by_budgets

NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"
NEVER = "not eligible due to preemptionPolicy=Never."
TERMINATING = "not eligible due to a terminating pod on the nominated node."
BY_SCHEDULER = "PreemptionByScheduler"

PRIORITY_OFFSET = 2**31
"""Added to each victim's priority before summing, so that many negative ones don't look better than few."""


class Candidate(NamedTuple):
    """A node, the pods that would have to leave it (most important first), and how many of them break a budget."""

    row: int
    victims: tuple[PodInfo, ...]
    violations: int


Outcome = Candidate | tuple[str, ...]
"""What trying a node came to: a candidate, or the reasons against it."""


@dataclass(frozen=True)
class DefaultPreemption:
    """Finds a node where removing pods of lower priority makes room.

    Does: on each node whose refusal could be resolved, takes off every pod of lower priority; if the pod then fits,
    puts back as many as possible, those guarded by a PodDisruptionBudget first, most important first. Of the nodes it
    takes the one with fewest broken budgets, lowest top priority, lowest sum of priorities, fewest victims, latest
    start of the top victims. Budgets are best effort.
    Reads: priorities, start times, PodDisruptionBudgets, all that the filters read.
    Writes: nothing; the scheduler deletes the victims and nominates the node.
    Runs again when: the pod is tried again after the victims have left.
    Source: plugins/defaultpreemption/default_preemption.go, framework/preemption/preemption.go, v1.36.
    Left out: extenders; the random offset (the visiting order decides which candidates are looked at).
    """

    least_percentage: int = 10
    least_candidates: int = 100

    name: ClassVar[str] = "DefaultPreemption"

    def postfilter(self, cycle: Cycle, failed: Decision, filters: Sequence[Any]) -> Evictions:
        """A node to nominate and its victims, or why there are none."""
        why_not = self.ineligible(cycle, failed)
        if why_not:
            return Evictions(f"preemption: {why_not}", keep=True)
        rows = resolvable_rows(failed)
        candidates, reasons = self.dry_run(cycle, rows, filters)
        if candidates:
            best = min(candidates, key=preference)
            return Evictions("", failed.names[best.row], tuple(one.key for one in best.victims))
        reasons[NOT_HELPFUL] = len(failed.names) - len(rows)
        return Evictions(f"preemption: {fit_error(len(failed.names), reasons)}")

    def ineligible(self, cycle: Cycle, failed: Decision) -> str:
        """Why the pod may not preempt anybody; empty if it may."""
        if cycle.pod.spec.preemption_policy == "Never":
            return NEVER
        row = cycle.columns.row.get(cycle.pod.status.nominated_node_name)
        if row is None or row not in resolvable_rows(failed):
            return ""
        others = (one for one in cycle.columns.placed[row].values() if one.priority < cycle.info.priority)
        return TERMINATING if any(is_leaving(one) for one in others) else ""

    def dry_run(self, cycle: Cycle, rows: list[int], filters: Sequence[Any]) -> tuple[list[Candidate], dict[str, int]]:
        """Try the nodes until there are enough candidates; also the number of nodes by reason against them."""
        forget_if_budgets_changed(cycle)
        enough = min(max(len(rows) * self.least_percentage // 100, self.least_candidates), len(rows))
        found: list[Candidate] = []
        reasons: dict[str, int] = {}
        for row in rows:
            outcome = tried(cycle, row, filters)
            if isinstance(outcome, Candidate):
                found.append(outcome)
                if len(found) >= enough and any(not one.violations for one in found):
                    break
            else:
                for reason in outcome:
                    reasons[reason] = reasons.get(reason, 0) + 1
        return found, reasons


def resolvable_rows(failed: Decision) -> list[int]:
    """The nodes whose refusal could be resolved by removing pods, in the order visited."""
    return [row for one in failed.refused for row in one.rows[one.codes == UNSCHEDULABLE].tolist()]


def is_leaving(info: PodInfo) -> bool:
    """Whether a pod is on its way out because the scheduler preempted it."""
    target = info.pod.status.condition("DisruptionTarget")
    preempted = target is not None and target.status == "True" and target.reason == BY_SCHEDULER
    return info.pod.metadata.deletion_timestamp is not None and preempted


def tried(cycle: Cycle, row: int, filters: Sequence[Any]) -> Outcome:
    """As `select_victims`, or what that said for a pod like this one if the node hasn't changed since."""
    kept = kept_by_row(cycle, filters, row)
    if kept is None:
        return select_victims(cycle, row, filters)
    if row not in kept.tries:
        kept.tries[row] = select_victims(cycle, row, filters)
    outcome: Outcome = kept.tries[row]
    return outcome


def forget_if_budgets_changed(cycle: Cycle) -> None:
    """Budgets decide who is spared, on any node."""
    if cycle.recollection is not None:
        budgets = cycle.world.items("PodDisruptionBudget")
        if budgets != cycle.recollection.budgets:
            cycle.recollection.tries.clear()
            cycle.recollection.budgets = budgets


def select_victims(cycle: Cycle, row: int, filters: Sequence[Any]) -> Outcome:
    """The fewest pods that must leave this node, or the reasons why removing pods doesn't help there."""
    alone = cycle.only(row)
    potential = [one for one in alone.columns.placed[0].values() if one.priority < cycle.info.priority]
    if not potential:
        return (NO_VICTIMS,)
    for info in potential:
        move(alone, filters, info, -1)
    refused = _refused(alone, filters)
    if refused:
        return tuple(text for one in refused for text in one.texts(int(one.reasons[0])))
    guarded, free = split_by_budgets(sorted(potential, key=importance), cycle.world)
    broken = list(_unspared(alone, guarded, filters))
    victims = [*broken, *_unspared(alone, free, filters)]
    return Candidate(row, tuple(sorted(victims, key=importance)), len(broken))


def _unspared(alone: Cycle, infos: list[PodInfo], filters: Sequence[Any]) -> Iterator[PodInfo]:
    for info in infos:
        move(alone, filters, info, 1)
        if _refused(alone, filters):
            move(alone, filters, info, -1)
            yield info


def _refused(alone: Cycle, filters: Sequence[Any]) -> tuple[Refused, ...]:
    return run_filters(alone, filters, np.zeros(1, np.int64)).refused


def preference(candidate: Candidate) -> tuple[Any, ...]:
    """What makes one candidate better than another; the smallest is taken, the first of equals."""
    priorities = [one.priority for one in candidate.victims]
    total = sum(priority + PRIORITY_OFFSET for priority in priorities)
    return candidate.violations, priorities[0], total, len(priorities), _Latest(earliest_start(candidate.victims))


class _Latest(str):
    """A stamp that is better the later it is."""

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)

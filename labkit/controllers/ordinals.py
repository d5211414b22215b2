"""What a StatefulSet does next: which ordinals to create, which pods to delete. All pure.

Source: pkg/controller/statefulset/stateful_set_control.go doUpdateStatefulSet, stateful_set_utils.go, v1.36
(MaxUnavailableStatefulSet is off: an update takes one pod at a time).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Rules(NamedTuple):
    """What the spec says, and where the set is between two revisions."""

    replicas: int
    current: str
    update: str
    current_replicas: int = 0
    start: int = 0
    ordered: bool = True
    rolling: bool = True
    partition: int | None = None


class Member(NamedTuple):
    """One pod of the set."""

    ordinal: int
    revision: str
    phase: str = "Running"
    ready: bool = True
    available: bool = True
    terminating: bool = False

    @property
    def healthy(self) -> bool:
        """Running, ready and not on its way out."""
        return self.running_and_ready and not self.terminating

    @property
    def running_and_ready(self) -> bool:
        """Running with its Ready condition True."""
        return self.phase == "Running" and self.ready


class Plan(NamedTuple):
    """Ordinals to create with their revision; ordinals to delete; of these, the ones deleted because they had ended."""

    create: list[tuple[int, str]]
    delete: list[int]
    ended: list[int]


def decide(rules: Rules, members: Sequence[Member]) -> Plan:
    """One sync: create or replace in order, then shrink from the top, then update from the top."""
    wanted = range(rules.start, rules.start + rules.replicas)
    held = {one.ordinal: one for one in members}
    plan = Plan([], [], [])
    if _fill(plan, rules, wanted, held):
        return plan
    condemned = sorted((one for one in members if one.ordinal not in wanted), key=lambda one: -one.ordinal)
    if _shrink(plan, rules, condemned, _first_unhealthy(rules, wanted, held, condemned)):
        return plan
    if rules.rolling:
        _update(plan, rules, wanted, held)
    return plan


def revision_for(rules: Rules, ordinal: int) -> str:
    """The revision a pod is made from: below the partition (or among those not updated yet) the current one."""
    if rules.partition is not None:
        return rules.current if ordinal < rules.start + rules.partition else rules.update
    return rules.current if rules.rolling and ordinal < rules.start + rules.current_replicas else rules.update


def _fill(plan: Plan, rules: Rules, wanted: range, held: Mapping[int, Member]) -> bool:
    """Create what is missing and replace what has ended; True if an ordered set must wait here."""
    for ordinal in wanted:
        one = held.get(ordinal)
        if one is None:
            plan.create.append((ordinal, revision_for(rules, ordinal)))
        elif one.phase in ("Failed", "Succeeded"):
            if not one.terminating:
                plan.delete.append(ordinal)
                plan.ended.append(ordinal)
        elif one.healthy and one.available:
            continue
        if rules.ordered:
            return True
    return False


def _first_unhealthy(
    rules: Rules, wanted: range, held: Mapping[int, Member], condemned: Sequence[Member]
) -> Member | None:
    everyone = [*(held.get(ordinal) for ordinal in wanted), *reversed(condemned)]
    return next((one for one in everyone if one is not None and not (one.healthy and one.available)), None)


def _shrink(plan: Plan, rules: Rules, condemned: Sequence[Member], first_unhealthy: Member | None) -> bool:
    """Delete surplus pods, highest ordinal first; True if an ordered set must wait here."""
    for one in condemned:
        if not one.terminating:
            blocked = not (one.running_and_ready and one.available) and one is not first_unhealthy
            if rules.ordered and blocked:
                return True
            plan.delete.append(one.ordinal)
        if rules.ordered:
            return True
    return False


def _update(plan: Plan, rules: Rules, wanted: range, held: Mapping[int, Member]) -> None:
    """Delete the highest pod of another revision, if everything above it is healthy."""
    for ordinal in reversed(wanted[rules.partition or 0 :]):
        one = held.get(ordinal)
        if one is not None and one.revision != rules.update and not one.terminating:
            plan.delete.append(ordinal)
            return
        if one is None or not (one.healthy and one.available):
            return


def counts(rules: Rules, members: Sequence[Member]) -> dict[str, int]:
    """The status numbers of the pods there are."""
    living = [one for one in members if not one.terminating]
    return {
        "replicas": len(members),
        "readyReplicas": sum(one.running_and_ready for one in members),
        "currentReplicas": sum(one.revision == rules.current for one in living),
        "updatedReplicas": sum(one.revision == rules.update for one in living),
        "availableReplicas": sum(one.running_and_ready and one.available for one in members),
    }


def is_updated(rules: Rules, numbers: Mapping[str, int]) -> bool:
    """Whether a rolling update is over: every wanted pod is there, of the new revision and ready."""
    done = ("replicas", "updatedReplicas", "readyReplicas")
    return rules.rolling and all(numbers[name] == rules.replicas for name in done)

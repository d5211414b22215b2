"""Adapters of the table statefulset: labkit.controllers.ordinals, tick by tick."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.controllers import ordinals
from labkit.controllers.ordinals import Member, Rules

Row = dict[str, Any]

NEW, RUNNING, READY = range(3)
MOST_TICKS = 200


class _Set:
    """A StatefulSet of a row: a sync a tick, then every pod goes on by a stage."""

    def __init__(self, row: Row) -> None:
        self.replicas, self.update, self.current = row["replicas"], "0", "0"
        self.never = row.get("never_ready_ordinal")
        self.numbers = {"replicas": 0, "readyReplicas": 0, "currentReplicas": 0, "updatedReplicas": 0}
        self.pods: dict[int, tuple[str, int]] = {}
        self.row = row

    def change(self, change: str, value: int) -> None:
        """Another size, or another template."""
        if change == "scale":
            self.replicas = value
        else:
            self.update = str(value)

    def sync(self) -> tuple[list[str], list[str]]:
        """One sync: the names of the pods that were created and deleted."""
        rules, members = self.rules(), self.members()
        plan = ordinals.decide(rules, members)
        numbers = ordinals.counts(rules, members)
        if ordinals.is_updated(rules, numbers):
            self.current, numbers["currentReplicas"] = self.update, numbers["updatedReplicas"]
        self.numbers = {name: numbers[name] for name in self.numbers}
        for ordinal in plan.delete:
            del self.pods[ordinal]
        for ordinal, revision in plan.create:
            self.pods[ordinal] = revision, NEW
        return [f"db-{ordinal}" for ordinal, _ in plan.create], [f"db-{ordinal}" for ordinal in sorted(plan.delete)]

    def go_on(self) -> bool:
        """Every pod goes on by a stage; whether any did."""
        before = dict(self.pods)
        for ordinal, (revision, stage) in before.items():
            stuck = stage == RUNNING and ordinal == self.never and revision == self.update != "0"
            self.pods[ordinal] = revision, stage if stuck else min(stage + 1, READY)
        return self.pods != before

    def rules(self) -> Rules:
        """What the controller goes by now."""
        row = self.row
        return Rules(
            self.replicas,
            self.current,
            self.update,
            self.numbers["currentReplicas"],
            row["ordinals_start"],
            row["podManagementPolicy"] == "OrderedReady",
            row["updateStrategy"] == "RollingUpdate",
            row.get("partition"),
        )

    def members(self) -> list[Member]:
        """The pods as the controller sees them."""
        return [
            Member(ordinal, revision, "Pending" if stage == NEW else "Running", stage == READY, stage == READY)
            for ordinal, (revision, stage) in sorted(self.pods.items())
        ]


def trace(row: Row) -> Row:
    """What is created and deleted in each tick, and how the set ends."""
    held, changes, told = _Set(row), list(row["changes"]), []
    for tick in range(MOST_TICKS):
        for one in changes:
            if one["tick"] == tick:
                held.change(one["change"], one["value"])
        created, deleted = held.sync()
        if created or deleted:
            told.append({"tick": tick, "created": created, "deleted": deleted})
        moved = held.go_on()
        if not (created or deleted or moved) and all(one["tick"] < tick for one in changes):
            break
    pods = {f"db-{at}": {"ready": stage == READY, "template": revision} for at, (revision, stage) in held.pods.items()}
    return {"trace": told, "final_pods": pods, "status": held.numbers}


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {("statefulset", "trace"): trace}

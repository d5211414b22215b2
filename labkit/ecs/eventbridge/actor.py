"""The actor that runs rules when they are due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from labkit.clock import EPOCH
from labkit.cluster import Cluster
from labkit.ecs.eventbridge import expressions, rules
from labkit.history import Entry
from labkit.kinds import Key


def changed(world: Cluster, entry: Entry) -> list[Key]:
    """A rule whose schedule or state is new."""
    new, old = entry.new, entry.old or {}
    fields = ("ScheduleExpression", "State")
    return [entry.key] if new is not None and any(new[name] != old.get(name) for name in fields) else []


class Rules:
    """Runs the targets of rules.

    Does: at each due time, runs the tasks of an enabled rule. Reads: Rule. Writes: Rule, Task, ContainerInstance.
    Runs again: at the next due time. Source: `rules`, `expressions`. Left out: event patterns.
    """

    name = "eventbridge-rules"
    kind = rules.KIND

    def __init__(self) -> None:
        self.watches: dict[str, Callable[[Cluster, Entry], Iterable[Any]]] = {rules.KIND: changed}

    def reconcile(self, world: Cluster, key: Key) -> float | None:
        """Run a rule if it is due now; the seconds until it is due next."""
        held = world.get(key)
        if held is None or held["State"] != "ENABLED":
            return None
        schedule, now = expressions.parse(held["ScheduleExpression"]), EPOCH + timedelta(seconds=world.clock.now)
        since = EPOCH + timedelta(seconds=world.clock.seconds(held["created"]))
        if held.get("due") == held["ScheduleExpression"] + now.isoformat():
            rules.invoke(world, key)
        at = expressions.following(schedule, now, since)
        if at is None:
            return None
        world.put(key, {**world.require(key), "due": held["ScheduleExpression"] + at.isoformat()})
        return (at - now).total_seconds()

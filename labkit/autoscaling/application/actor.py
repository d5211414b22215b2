"""Application Auto Scaling at work: each minute the targets' policies, and scheduled actions at their times."""

from __future__ import annotations

from labkit.autoscaling.application import activities, scheduling, targets
from labkit.autoscaling.application.deciding import decide
from labkit.autoscaling.application.targets import SCHEDULED, TARGET
from labkit.cloud import alarming
from labkit.cloud.metrics import MINUTE, wait
from labkit.cluster import Cluster
from labkit.history import Entry
from labkit.kinds import Key, ecs


def itself(world: Cluster, entry: Entry) -> list[Key]:
    """A scheduled action that was made or changed."""
    return [entry.key] if entry.new is not None else []


def registered(world: Cluster, entry: Entry) -> list[str | Key]:
    """A target that was registered, or got other bounds."""
    if entry.new is None:
        return []
    fields = ("MinCapacity", "MaxCapacity")
    same = entry.old is not None and all(entry.old[name] == entry.new[name] for name in fields)
    return [] if same else [alarming.TICK, entry.key]


class ServiceScaling:
    """Scales services of ECS by their policies and schedules.

    Does: brings a service into new bounds; each minute, after the alarms, what its policies come to, again as long as
    an alarm is in ALARM; scheduled actions when they are due. Reads: targets, policies, alarms, metrics, tasks.
    Writes: a service's desiredCount through UpdateService, its events, targets, activities.
    Runs again: each minute while there are targets, and when a scheduled action is due.
    Source: labkit.autoscaling.application.deciding. Left out: predictive scaling.
    """

    name = "application-autoscaling"
    kind = ecs.SERVICE

    def __init__(self) -> None:
        self.watches = {TARGET: registered, SCHEDULED: itself}

    def reconcile(self, world: Cluster, key: str | Key) -> float | None:
        """A full minute, a scheduled action, or a target's new bounds."""
        if isinstance(key, Key):
            return _turn(world, key)
        keys = world.keys(TARGET)
        if not keys:
            return None
        if early := wait(world, self.name):
            return early
        for one in keys:
            _scale(world, one)
        return MINUTE


def _turn(world: Cluster, key: Key) -> float | None:
    if key.kind == SCHEDULED:
        return scheduling.turn(world, key)
    if world.get(key) is not None:
        scheduling.bring_in(world, key.name)
    return None


def _scale(world: Cluster, key: Key) -> None:
    target = world.require(key)
    service = world.get(targets.service_of(key.name))
    if service is None or service["status"] != "ACTIVE":
        return
    activities.follow(world, key.name, activities.running_of(world, targets.service_of(key.name)))
    verdict = decide(world, target)
    if verdict.by is None:
        return
    if verdict.wanted != verdict.desired:
        activities.set_count(world, key.name, verdict.wanted, verdict.by.cause, verdict.cooldown)
    elif verdict.reason is not None:
        activities.note(world, key.name, verdict.by.cause, verdict.reason)

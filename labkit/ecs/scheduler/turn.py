"""One look of the scheduler at a service: what is there, what is said and set meanwhile, written once at the end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import tasks
from labkit.ecs.requests import Object
from labkit.ecs.scheduler import events
from labkit.ecs.scheduler.survey import PENDING, Seen, survey
from labkit.kinds import Key

INITIATED = "ServiceSchedulerInitiated"
INSTANT = 1e-3
"""The shortest wait: less might not move the clock at all."""


class Turn:
    """A service, `held`, as it will be written by `end`, and its tasks as they were seen at the beginning."""

    def __init__(self, world: Cluster, key: Key) -> None:
        self.world, self.key = world, key
        self.held: Object = dict(world.require(key))
        self.alive, self.ended = survey(world, self.held, key)
        self.texts: list[str] = []
        self.has_acted = False
        self.waits: list[float] = [one.changes for one in self.alive if one.changes > 0]

    @property
    def primary(self) -> Object:
        """The newest deployment."""
        found: Object = next(one for one in self.held["deployments"] if one["status"] == "PRIMARY")
        return found

    @property
    def strategy(self) -> str:
        """ROLLING, BLUE_GREEN, CANARY or LINEAR."""
        return str(self.held["deploymentConfiguration"].get("strategy") or "ROLLING")

    @property
    def is_deploying(self) -> bool:
        """Whether the newest deployment isn't over."""
        return bool(self.primary["rolloutState"] == "IN_PROGRESS")

    def of(self, deployment: Object) -> list[Seen]:
        """The tasks of a deployment that are to run."""
        return [one for one in self.alive if one.is_kept and one.task.started_by == deployment["id"]]

    def change(self, deployment: Object, **fields: Any) -> None:
        """Set fields of a deployment."""
        new = {**deployment, **fields}
        if new == deployment:
            return
        new["updatedAt"] = self.world.clock.stamp()
        listed = [new if one["id"] == deployment["id"] else one for one in self.held["deployments"]]
        self.held["deployments"] = listed

    def tell(self, deployment: Object, **fields: Any) -> None:
        """Set fields of a deployment's service deployment, which tells how it went."""
        number = deployment["id"].rpartition("/")[2]
        now = self.world.clock.stamp()
        self.held["serviceDeployments"] = [
            {**one, **fields, "updatedAt": now} if one["serviceDeploymentArn"].endswith(f"/{number}") else one
            for one in self.held["serviceDeployments"]
        ]

    def say(self, *texts: str) -> None:
        """Say something about what was done."""
        self.texts += texts

    def complain(self, topic: str, text: str) -> None:
        """Say what is in the way, unless it was said and is still so, within six hours."""
        told, now, cause = self.held.get("complaints") or {}, self.world.clock.now, events.cause(text)
        since, before = told.get(topic, (0.0, ""))
        if cause != before or since + events.AGAIN <= now:
            self.say(text)
            self.held["complaints"] = {**told, topic: (now, cause)}

    def relent(self, *topics: str) -> None:
        """What was in the way is gone."""
        told = self.held.get("complaints") or {}
        if any(topic in told for topic in topics):
            self.held["complaints"] = {topic: since for topic, since in told.items() if topic not in topics}

    def stop(self, chosen: Iterable[Seen], reason: str) -> None:
        """Let tasks stop, and say so."""
        each = list(chosen)
        for one in each:
            tasks.stop(self.world, one.key, INITIATED, reason)
        waiting = [one for one in each if one.state == PENDING]
        running = [one for one in each if one.state != PENDING]
        if waiting:
            self.say(f"stopped {len(waiting)} pending tasks.")
        self.say(*events.stopped([one.key for one in running]))
        for deployment in dict.fromkeys(one.task.started_by for one in running if one.task.load_balancers):
            self.say(events.draining(deployment, sum(one.task.started_by == deployment for one in running)))
        self.has_acted = self.has_acted or bool(each)

    def end(self) -> float | None:
        """Write what has changed; the seconds until something may change by itself."""
        self.held = events.said(self.held, self.world.clock.stamp(), self.texts)
        self.world.put(self.key, self.held)
        return max(min(self.waits), INSTANT) if self.waits else None

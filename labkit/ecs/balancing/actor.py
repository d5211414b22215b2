"""The actor that registers the tasks of services as targets, checks their health, and deregisters them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import behaviour
from labkit.ecs.balancing import checks
from labkit.ecs.requests import Object
from labkit.ecs.scheduler import events
from labkit.ecs.scheduler.launching import target_group
from labkit.ecs.timing import AgentTiming
from labkit.history import Entry
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import Task
from labkit.kubelet.timing import Timing

EPSILON = 1e-6


def to_register(world: Cluster, entry: Entry) -> list[Key]:
    """A task behind a load balancer that begins or ceases to run."""
    new, old = entry.new, entry.old or {}
    if new is None or not new["loadBalancers"]:
        return []
    return [entry.key] if any(new[field] != old.get(field) for field in ("lastStatus", "desiredStatus")) else []


def declared(world: Cluster, entry: Entry) -> list[Key]:
    """The tasks behind load balancers of which something was declared."""
    return [key for key in behaviour.declared(world, entry) if world.require(key)["loadBalancers"]]


class Targets:
    """Registers, checks and deregisters targets.

    Does: a task that runs is registered, checked each interval from then on, and deregistered when it is to stop.
    Reads: Task, TargetGroup, what is declared of containers. Writes: Task (`targets`), the events of Service.
    Runs again: at each check, until nothing about it can change. Source: `checks`; captured events of services.
    Left out: registering already in ACTIVATING; a task is registered when it runs.
    """

    name = "ecs-targets"
    kind = ecs.TASK

    def __init__(self, timing: Timing | None = None) -> None:
        self.timing = AgentTiming.of(timing or Timing())
        self.watches: dict[str, Callable[[Cluster, Entry], Iterable[Any]]] = {
            ecs.TASK: to_register,
            behaviour.TABLE.kind: declared,
        }

    def reconcile(self, world: Cluster, key: Key) -> float | None:
        """A task behind a load balancer."""
        held = world.get(key)
        if held is None or held["lastStatus"] == "STOPPED":
            return None
        targets = held.get("targets")
        if held["desiredStatus"] == "STOPPED":
            _deregister(world, key, held)
            return None
        if held["lastStatus"] != "RUNNING":
            return None
        if not targets:
            targets = _register(world, key, held)
        return self._check(world, key, targets)

    def _check(self, world: Cluster, key: Key, targets: list[Object]) -> float | None:
        found, waits = [], []
        for target in targets:
            new, again = self._checked(world, key, target)
            found.append(new)
            waits += [again] if again is not None else []
        world.put(key, {**world.require(key), "targets": found})
        return min(waits) if waits else None

    def _checked(self, world: Cluster, key: Key, target: Object) -> tuple[Object, float | None]:
        group = world.get(target_group(target["targetGroupArn"]))
        if group is None:
            return target, None
        interval, past = float(group["HealthCheckIntervalSeconds"]), world.clock.now - float(target["since"])
        turn = round(past / interval)
        if turn < 1 or abs(past - turn * interval) > EPSILON:
            return target, max((math.floor(past / interval) + 1) * interval - past, EPSILON)
        failure, settled = self._asked(world, key, target["container"])
        new = checks.checked(target, failure, group["HealthyThresholdCount"], group["UnhealthyThresholdCount"])
        return new, None if new == target and settled else interval

    def _asked(self, world: Cluster, key: Key, container: str) -> tuple[Object | None, bool]:
        """What is wrong with the container's answer, and whether the answer stays so unless something is declared."""
        task: Task = world.read(key)
        told = behaviour.of(world, task, container)
        held = next((one for one in task.containers if one.name == container), None)
        if held is None or held.last_status != "RUNNING":
            return checks.TIMEOUT, False
        ran = world.clock.now - float(held.since)
        after = self.timing.starts_in if told.starts_in is None else told.starts_in
        if not after <= ran + EPSILON or ran >= told.live_for:
            return checks.TIMEOUT, ran >= told.live_for
        return (None if told.ready else checks.REFUSED), math.isinf(told.live_for)


def _register(world: Cluster, key: Key, held: Object) -> list[Object]:
    targets = [_target(world, held, one) for one in held["loadBalancers"] if one.get("targetGroupArn")]
    _say(world, held, "registered", targets)
    return targets


def _target(world: Cluster, task: Object, balancer: Object) -> Object:
    container = next(one for one in task["containers"] if one["name"] == balancer["containerName"])
    addresses = [one["privateIpv4Address"] for one in container["networkInterfaces"]]
    place = ecs.key_of_arn(task.get("containerInstanceArn") or "")
    instance = world.require(place)["ec2InstanceId"] if place else ""
    bindings = container.get("networkBindings", ())
    ports = [one["hostPort"] for one in bindings if one["containerPort"] == balancer["containerPort"]]
    where = {"id": (addresses or [instance])[0], "port": (ports or [balancer["containerPort"]])[0]}
    counts = {"since": str(world.clock.now), "passed": 0, "failed": 0}
    named = {"targetGroupArn": balancer["targetGroupArn"], "container": balancer["containerName"]}
    return {**named, **where, **counts, "state": "initial", **checks.CHECKING}


def _deregister(world: Cluster, key: Key, held: Object) -> None:
    targets = [one for one in held.get("targets", ()) if one["state"] != "draining"]
    if targets:
        gone = [{**one, "state": "draining", **checks.DRAINING} for one in held["targets"]]
        world.put(key, {**held, "targets": gone})
        _say(world, held, "deregistered", targets)


def _say(world: Cluster, task: Object, word: str, targets: list[Object]) -> None:
    cluster = task["clusterArn"].rpartition("/")[2]
    service = Key(ecs.SERVICE, cluster, task["group"].removeprefix("service:"))
    if (held := world.get(service)) is not None:
        texts = [f"{word} 1 targets in (target-group {one['targetGroupArn']})" for one in targets]
        world.put(service, events.said(held, world.clock.stamp(), texts))

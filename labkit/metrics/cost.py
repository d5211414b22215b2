"""What nodes, machines and tasks cost: a price an hour, charged by the second.

| what | from | to | USD an hour | at least |
|---|---|---|---|---|
| a Node | its first moment | its last | its instance type's, by its labels | |
| a machine of ECS (on-demand, Spot) | it runs | it is shut down, or INACTIVE | its instance type's | 60 s |
| a task on FARGATE | the pull of its image begins | it is STOPPED | vCPU, GB and storage above 20 GB | 60 s |
| a task on FARGATE_SPOT | as above | as above | SPOT of that | 60 s |

Prices of types: labkit.instancetypes (Spot fictional). Prices of Fargate: us-east-1, from secondary sources of 2026
(vantage.sh, cloudburn.io), so uncertain; the Spot share is fictional, AWS says "up to 70 %" off. ECS itself is free.
Seconds are rounded up, the least time is due at the beginning. A machine costs the same with and without tasks: it is
charged to no service. Left out: volumes, load balancers, addresses, traffic, logs, EKS. Karpenter, EKS and labkit mark
Spot nodes by the labels below. A node without an instance type, or of one that labkit doesn't know, has no price.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from labkit import instancetypes
from labkit.cluster import Cluster
from labkit.kinds import Key, ec2, ecs

Object = Mapping[str, Any]

TYPE = "node.kubernetes.io/instance-type"
SPOT = {"karpenter.sh/capacity-type": "spot", "eks.amazonaws.com/capacityType": "SPOT"}


def price(node: Mapping[str, Any]) -> float | None:
    """USD an hour for a Node; None if it has no price."""
    labels = node["metadata"].get("labels") or {}
    found = instancetypes.table().get(labels.get(TYPE, ""))
    if found is None:
        return None
    return found.spot_price if any(labels.get(name) == value for name, value in SPOT.items()) else found.price


def hourly(nodes: Iterable[Mapping[str, Any]]) -> float:
    """USD an hour for all nodes together that have a price."""
    return sum(price(node) or 0.0 for node in nodes)


class Rates(NamedTuple):
    """USD an hour for a vCPU and for a GB of memory; `least` seconds are charged."""

    vcpu: float
    memory: float
    least: float = 60.0


X86, ARM = Rates(0.04048, 0.004445), Rates(0.03238, 0.00356)
WINDOWS = Rates(0.09148 + 0.046, 0.01005, 300.0)
"""Windows: the price with the licence; five minutes at least."""
STORAGE, STORAGE_FREE = 0.000111, 20
"""USD an hour for a GB of ephemeral storage, above those that are free."""
FARGATE_SPOT = 0.3
"""What a task on Fargate Spot costs, as a share of the on-demand price: labkit's own figure."""

NOTE = "Spot prices are fictional; Fargate's prices are from secondary sources of 2026. See labkit.metrics.cost."

KINDS = ("EC2", "EC2 Spot", "FARGATE", "FARGATE_SPOT")


class Charge(NamedTuple):
    """What is charged, of which of KINDS, for which service ("" for none): from, to, USD an hour (None: unknown)."""

    key: Key
    of: str
    service: str
    begin: float
    end: float
    hourly: float | None
    least: float = 60.0

    def usd(self, times: np.ndarray) -> np.ndarray:
        """What it has cost up to each moment."""
        seconds = np.ceil(np.clip(times, self.begin, self.end) - self.begin - 1e-9)
        due = np.where(times >= self.begin, np.maximum(seconds, self.least), 0.0)
        return np.asarray((self.hourly or 0.0) * due / 3600)


def fargate(task: Object) -> float:
    """USD an hour for a task on Fargate; Spot included."""
    rates, storage = rates_of(task), task.get("ephemeralStorage") or {}
    more = max(storage.get("sizeInGiB", STORAGE_FREE) - STORAGE_FREE, 0) * STORAGE
    whole = int(task["cpu"]) / 1024 * rates.vcpu + int(task["memory"]) / 1024 * rates.memory + more
    return float(whole) * (FARGATE_SPOT if task.get("capacityProviderName") == "FARGATE_SPOT" else 1.0)


def rates_of(task: Object) -> Rates:
    """The rates of a task's platform."""
    if task.get("platformFamily", "Linux") != "Linux":
        return WINDOWS
    architecture = {one["name"]: one.get("value") for one in task.get("attributes") or ()}
    return ARM if architecture.get("ecs.cpu-architecture") == "arm64" else X86


def charges(cluster: Cluster) -> list[Charge]:
    """All that ECS's machines and tasks on Fargate are charged for so far, in order of their beginning."""
    lives = _lives(cluster)
    machines = {key.name for key in lives if key.kind == ec2.INSTANCE}
    found = [charge for key, life in lives.items() if (charge := _charge(cluster, key, life, machines))]
    return sorted(found, key=lambda one: (one.begin, one.key.name))


class _Life(NamedTuple):
    """An object's last shape, when it first ran and when it ended."""

    obj: Object
    begin: float
    end: float


def _lives(cluster: Cluster) -> dict[Key, _Life]:
    lives: dict[Key, _Life] = {}
    for entry in cluster.history:
        kind = entry.key.kind
        if kind not in (ec2.INSTANCE, ecs.CONTAINER_INSTANCE, ecs.TASK):
            continue
        held = lives.get(entry.key, _Life({}, math.inf, math.inf))
        obj = entry.new or entry.old or {}
        begin = min(held.begin, entry.time if entry.new and _runs(kind, obj) else math.inf)
        over = entry.new is None or _is_over(kind, obj)
        lives[entry.key] = _Life(obj, begin, min(held.end, entry.time if over else math.inf))
    return lives


def _runs(kind: str, obj: Object) -> bool:
    if kind == ec2.INSTANCE:
        return bool(obj["State"]["Name"] == "running")
    return kind == ecs.CONTAINER_INSTANCE or "pullStartedAt" in obj


def _is_over(kind: str, obj: Object) -> bool:
    if kind == ec2.INSTANCE:
        return str(obj["State"]["Name"]) in ("shutting-down", "terminated")
    return bool(obj["status"] == "INACTIVE" if kind == ecs.CONTAINER_INSTANCE else obj["lastStatus"] == "STOPPED")


def _charge(cluster: Cluster, key: Key, life: _Life, machines: set[str]) -> Charge | None:
    obj, when = life.obj, (life.begin, life.end)
    if math.isinf(life.begin):
        return None
    if key.kind == ecs.TASK:
        if obj["launchType"] != "FARGATE":
            return None
        provider = obj.get("capacityProviderName") or "FARGATE"
        return Charge(key, provider, _service(obj), *when, fargate(obj), rates_of(obj).least)
    if key.kind == ec2.INSTANCE:
        is_node = "node" in (obj.get("joins") or {})
        return None if is_node else _machine(key, when, obj["InstanceType"], obj.get("InstanceLifecycle") == "spot")
    known = obj["ec2InstanceId"] in machines
    return None if known else _machine(key, when, obj["instanceType"], bool(obj.get("spot")))


def _machine(key: Key, when: tuple[float, float], kind: str, spot: bool) -> Charge:
    of = instancetypes.table().get(kind)
    hourly = None if of is None else of.spot_price if spot else of.price
    return Charge(key, "EC2 Spot" if spot else "EC2", "", *when, hourly)


def _service(task: Object) -> str:
    word, _, name = str(task.get("group", "")).partition(":")
    return name if word == "service" else ""

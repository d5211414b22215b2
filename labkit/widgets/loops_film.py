"""The state of the two-loops widget, without any widget: some time of one service of ECS, its load and its machines.

A lab lives all of it: the load, CloudWatch's alarms, Application Auto Scaling, the service scheduler, the capacity
provider's managed scaling, the Auto Scaling group and the agents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from labkit.autoscaling.capacity.supply import managed
from labkit.cloud.groups import GROUP
from labkit.cloud.metrics import MINUTE, Metric, metric, metrics_of
from labkit.cluster import Cluster
from labkit.ecs.waiting import waits
from labkit.kinds import Key, ecs
from labkit.kubelet.traffic import traffic_of
from labkit.lab import Lab
from labkit.metrics import load
from labkit.metrics.cost import charges
from labkit.metrics.patterns import Pattern
from labkit.views.load_frame import during, spans
from labkit.views.loops import Loops
from labkit.views.scaling import Bounds, Series

LENGTH = 70 * 60
STEP = 15.0
"""Seconds from sample to sample."""
PARTS = 5
"""After each part of the time the lab is kept, to explain moments from there."""
UNITS, MIB, COST = 512, 1024, "20ms"
"""A task's cpu units and MiB, and the cpu time of a request: 25 requests a second are 100 % of a task."""
MOST_TASKS, MOST_MACHINES = 32, 12
SERVICE = Key(ecs.SERVICE, "default", "web")
TARGET = {
    "ServiceNamespace": "ecs", "ResourceId": "service/default/web", "ScalableDimension": "ecs:service:DesiredCount",
}  # fmt: skip
CPU = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}

CALM = 50
"""Requests a second before the film begins."""

PATTERNS: dict[str, Pattern] = {
    "flash crowd": load.flash(50, 260, at="8m", rise="1m", hold="18m", fall="4m"),
    "up and down": load.steps((0, 50), ("8m", 180), ("40m", 50)),
    "one wave": load.sine(40, 220, "70m"),
    "two crowds": load.steps((0, 50), ("8m", 200), ("20m", 50), ("44m", 200), ("56m", 50)),
    "growing": load.ramp(40, 260, over="60m", at="5m"),
}


class Choice(NamedTuple):
    """What the learner may set; times in seconds, `target` and `full` (the provider's targetCapacity) in per cent."""

    pattern: str = "flash crowd"
    target: int = 60
    least: int = 4
    most: int = 24
    cool_in: int = 300
    full: int = 100
    launch: int = 90
    warmup: int = 300

    def tracking(self) -> dict[str, Any]:
        """The policy's TargetTrackingScalingPolicyConfiguration."""
        kind = {"PredefinedMetricSpecification": CPU, "ScaleInCooldown": self.cool_in}
        return {"TargetValue": float(self.target), **kind}

    def scaling(self) -> dict[str, Any]:
        """The provider's managedScaling."""
        return {"status": "ENABLED", "targetCapacity": self.full, "instanceWarmupPeriod": self.warmup}


class Film(NamedTuple):
    """The time as series, and labs at several of its moments, from which any other can be reached."""

    loops: Loops
    labs: tuple[Lab, ...]
    start: float

    def why(self, at: float) -> tuple[str, str]:
        """Why the service and its machines have the size they have at that moment, in lines."""
        moment = self.start + at
        nearest = max((lab for lab in self.labs if lab.now <= moment), key=lambda lab: lab.now)
        lab = nearest.fork().run(moment - nearest.now)
        return str(lab.why_capacity("service/web")), str(lab.why_capacity("provider/fleet"))


@lru_cache(maxsize=64)
def base(full: int, launch: int, warmup: int, least: int) -> Lab:
    """A service that runs on machines of a group that ECS scales; it is forked, never changed."""
    lab = Lab.ecs(instances=0, seed=1)
    machines = -(-least * UNITS // 2048)
    arn = lab.instance_group("fleet", "m5.large", max=MOST_MACHINES, desired=machines, launch=launch)
    scaling = Choice(full=full, warmup=warmup).scaling()
    lab.client.create_capacity_provider(
        name="fleet", autoScalingGroupProvider={"autoScalingGroupArn": arn, "managedScaling": scaling}
    )
    strategy = [{"capacityProvider": "fleet", "weight": 1}]
    lab.client.put_cluster_capacity_providers(
        cluster="default", capacityProviders=["fleet"], defaultCapacityProviderStrategy=strategy
    )
    container = {"name": "web", "image": "shop/web:1.0", "cpu": UNITS, "memory": MIB}
    lab.client.register_task_definition(family="web", containerDefinitions=[container])
    lab.client.create_service(
        serviceName="web", taskDefinition="web", desiredCount=least, availabilityZoneRebalancing="DISABLED",
        placementStrategy=[{"type": "binpack", "field": "cpu"}],
    )  # fmt: skip
    lab.behave("service:web", cost=COST)
    lab.load("service/web", rps=CALM)
    return lab.run("10m")


@lru_cache(maxsize=8)
def film(choice: Choice) -> Film:
    """The time under this choice."""
    lab = base(choice.full, choice.launch, choice.warmup, choice.least).fork()
    start = lab.now
    scaling = lab.boto3.client("application-autoscaling")
    scaling.register_scalable_target(**TARGET, MinCapacity=choice.least, MaxCapacity=choice.most)
    kind = {"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling"}
    scaling.put_scaling_policy(**TARGET, **kind, TargetTrackingScalingPolicyConfiguration=choice.tracking())
    lab.load("service/web", PATTERNS[choice.pattern])
    kept = [lab.fork()]
    for _ in range(PARTS):
        lab.run(LENGTH / PARTS)
        kept.append(lab.fork())
    return Film(read(lab, start, choice), tuple(kept), start)


def read(lab: Lab, start: float, choice: Choice) -> Loops:
    """The series of the time from `start` on."""
    world, times = lab.cluster, np.arange(0.0, LENGTH + 1e-9, STEP)
    used = metric("AWS/ECS", "CPUUtilization", ClusterName="default", ServiceName="web")
    return Loops(
        _load(world, start), _tasks(world, times, start), _machines(world, times, start),
        _points(world, used, start), _points(world, managed(world)[0].metric, start),
        Bounds(choice.least, choice.most), float(choice.target), float(choice.full),
    )  # fmt: skip


def _load(world: Cluster, start: float) -> Series:
    traffic = traffic_of(world)
    assert traffic is not None
    held = {name: np.frombuffer(column, dtype=float) for name, column in traffic.series[SERVICE].columns.items()}
    times = held.pop("time") - start
    shown = (times >= 0) & (times <= LENGTH)
    return Series(times[shown], {name: values[shown] for name, values in held.items()})


def _tasks(world: Cluster, times: Any, start: float) -> Series:
    asked: dict[str, tuple[str, Callable[[Mapping[str, Any]], float]]] = {
        "desired": (ecs.SERVICE, lambda obj: obj["desiredCount"]),
        "running": (ecs.TASK, lambda obj: obj["lastStatus"] == "RUNNING"),
        "waiting": (ecs.TASK, waits),
    }
    return Series(times, {name: _sum(world, kind, times, start, of) for name, (kind, of) in asked.items()})


def _machines(world: Cluster, times: Any, start: float) -> Series:
    running, usd = np.zeros((2, len(times)))
    for charge in charges(world):
        part = during(times, charge.begin - start, charge.end - start)
        running[part] += 1
        usd[part] += charge.hourly or 0.0
    wanted = _sum(world, GROUP, times, start, lambda obj: obj["DesiredCapacity"])
    return Series(times, {"wanted": wanted, "running": running, "usd": usd})


def _sum(world: Cluster, kind: str, times: Any, start: float, value: Callable[[Mapping[str, Any]], float]) -> Any:
    """At each moment the sum over all objects of a kind of what `value` says of each."""
    found = np.zeros(len(times))
    for span in spans(world, kind):
        found[during(times, span.begin - start, span.end - start)] += value(span.obj)
    return found


def _points(world: Cluster, of: Metric, start: float) -> Series:
    """A metric, a value at the end of each minute; NaN where a minute has none."""
    held = metrics_of(world).points(of, start - MINUTE, start + LENGTH)
    points = {point.time + MINUTE - start: point.statistic("Average") for point in held}
    moments = np.arange(0.0, LENGTH + 1e-9, MINUTE)
    return Series(moments, {"value": np.array([points.get(at, np.nan) for at in moments.tolist()])})

"""The labs and commands that the exercises of lesson 27 are made of, and what is looked at in them."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from labkit.kinds import Key, ecs
from labkit.kinds.ecs import Task
from labkit.kubelet.traffic import traffic_of
from labkit.lab import Lab

WEB = Key(ecs.SERVICE, "default", "web")
GROUP = Key(ecs.AUTO_SCALING_GROUP, "", "fleet")
COST = "20ms"
"""Cpu time of a request: 25 requests a second are 100 % of a task of 512 units."""
CPU = "ECSServiceAverageCPUUtilization"
NAMED = "--service-namespace ecs --resource-id service/default/web --scalable-dimension ecs:service:DesiredCount"
AAS = "aws application-autoscaling"


def register(lab: Lab, units: int = 512) -> Lab:
    """Register the family web with so many CPU units."""
    container = {"name": "web", "image": "shop/web:1.0", "cpu": units, "memory": 1024}
    lab.client.register_task_definition(family="web", containerDefinitions=[container])
    return lab


def serve(lab: Lab, count: int, **more: Any) -> Lab:
    """Create the service web."""
    lab.client.create_service(
        serviceName="web", taskDefinition="web", desiredCount=count, availabilityZoneRebalancing="DISABLED", **more
    )
    lab.behave("service:web", cost=COST, cpu="0m")
    return lab


def fleet(lab: Lab, machines: int, name: str = "fleet", most: int = 20, launch: str = "90s", spot: bool = False) -> str:
    """A group of m5.large; its ARN. Four tasks of 512 units fill one of its machines."""
    return lab.instance_group(name, "m5.large", max=most, desired=machines, launch=launch, spot=spot)


def provide(lab: Lab, *arns: tuple[str, str], default: bool = True) -> Lab:
    """Capacity providers, by name and group's ARN, with managed scaling; the first is the default strategy."""
    for name, arn in arns:
        provider = {"autoScalingGroupArn": arn, "managedScaling": {"status": "ENABLED"}}
        lab.client.create_capacity_provider(name=name, autoScalingGroupProvider=provider)
    names = [name for name, _ in arns]
    strategy = [{"capacityProvider": names[0], "weight": 1}] if default else []
    lab.client.put_cluster_capacity_providers(
        cluster="default", capacityProviders=names, defaultCapacityProviderStrategy=strategy
    )
    return lab


def target(least: int = 2, most: int = 12) -> str:
    """The command that makes web a scalable target."""
    return f"{AAS} register-scalable-target {NAMED} --min-capacity {least} --max-capacity {most}"


def tracking(value: float = 60, metric: str = CPU, **more: Any) -> str:
    """The command that gives web a policy that tracks a target."""
    given = {"TargetValue": value, "PredefinedMetricSpecification": {"PredefinedMetricType": metric}, **more}
    kind = "--policy-name cpu --policy-type TargetTrackingScaling"
    return f"{AAS} put-scaling-policy {NAMED} {kind} --target-tracking-scaling-policy-configuration '{_text(given)}'"


def stepping(*steps: tuple[float | None, float | None, int], kind: str = "ChangeInCapacity", **more: Any) -> str:
    """The command that gives web a step policy `steps`, of (lower, upper, adjustment)."""
    words = ("MetricIntervalLowerBound", "MetricIntervalUpperBound", "ScalingAdjustment")
    listed = [{word: value for word, value in zip(words, one, strict=True) if value is not None} for one in steps]
    given = {"AdjustmentType": kind, "Cooldown": 60, "StepAdjustments": listed, **more}
    named = "--policy-name steps --policy-type StepScaling"
    return f"{AAS} put-scaling-policy {NAMED} {named} --step-scaling-policy-configuration '{_text(given)}'"


def _text(given: Any) -> str:
    return json.dumps(given)


def objects(lab: Lab, kind: str) -> list[dict[str, Any]]:
    """All objects of a kind."""
    return lab.cluster.list(kind)


def service_tasks(lab: Lab) -> list[Task]:
    """The tasks of the service web that are to run."""
    found = (one for one in lab.cluster.items(ecs.TASK) if one.service == "web")
    return [one for one in found if one.desired_status == "RUNNING" and not one.is_stopped]


def statuses(lab: Lab) -> Counter[str]:
    """How many tasks of web are in each status."""
    return Counter(one.last_status for one in service_tasks(lab))


def up(lab: Lab) -> int:
    """How many tasks of web run."""
    return statuses(lab)["RUNNING"]


def wanted(lab: Lab) -> int:
    """The desired count of web, 0 if there is no such service."""
    return int((lab.cluster.get(WEB) or {"desiredCount": 0})["desiredCount"])


def is_served(lab: Lab) -> bool:
    """Whether there is a service web, and it is ACTIVE."""
    return (lab.cluster.get(WEB) or {}).get("status") == "ACTIVE"


def resize(lab: Lab, tasks: int) -> Lab:
    """Want another number of tasks, where there is a service to want it of."""
    if is_served(lab):
        lab.client.update_service(service="web", desiredCount=tasks)
    return lab


def size(lab: Lab) -> int:
    """How many machines the group fleet shall have."""
    return int(lab.cluster.require(GROUP)["DesiredCapacity"])


def rate(lab: Lab) -> float:
    """The requests a second that web gets, 0 without load."""
    held = traffic_of(lab.cluster)
    series = held.series.get(WEB) if held else None
    return float(np.frombuffer(series.columns["rps"], dtype=float)[-1]) if series else 0.0


class Time(NamedTuple):
    """What came of some time: running tasks, the share of their cpu used in percent, waiting tasks, machines."""

    running: int
    used: float
    waiting: int
    machines: int


@lru_cache(maxsize=128)
def after(lab: Lab, rps: Any = None, time: str = "10m") -> Time:
    """What a fork does in `time` under the load `rps`; None goes on with the load there is."""
    trial = lab.fork()
    if rps is not None and is_served(trial):
        trial.load("service/web", rps)
    return seen(trial.run(time))


def seen(lab: Lab) -> Time:
    """What there is now."""
    traffic = traffic_of(lab.cluster)
    held = traffic.series.get(WEB) if traffic else None
    used = float(np.frombuffer(held.columns["utilisation"], dtype=float)[-1]) if held else 0.0
    group = lab.cluster.get(GROUP)
    machines = int(group["DesiredCapacity"]) if group else 0
    return Time(up(lab), used, statuses(lab)["PROVISIONING"], machines)


def counts(lab: Lab, since: float) -> list[int]:
    """The desired counts of web since a moment, in seconds; the first is the one it had before."""
    entries = [one for one in lab.history.of(WEB) if one.new is not None]
    before = [one.new["desiredCount"] for one in entries if one.time < since and one.new is not None]
    given = [one.new["desiredCount"] for one in entries if one.time >= since and one.new is not None]
    found = [before[-1] if before else 0]
    for number in given:
        if number != found[-1]:
            found.append(number)
    return found

"""The exercises of lesson 27 that begin with a symptom: steps that are never taken, machines that never come."""

from __future__ import annotations

from functools import partial
from typing import Any

from labkit.autoscaling.application.policies import STEP_LABEL
from labkit.autoscaling.application.targets import POLICY, TARGET
from labkit.checks.ecs_scaling_answers import (
    AAS,
    GROUP,
    NAMED,
    WEB,
    after,
    counts,
    fleet,
    objects,
    provide,
    rate,
    register,
    resize,
    serve,
    size,
    stepping,
    target,
    up,
    wanted,
)
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.cloud import alarming
from labkit.kinds import Key
from labkit.lab import Lab

# Lesson 27.2: steps that are never taken

BEGIN = 10 * 60.0
"""Seconds at which the answer comes."""
WRITTEN = ((60, 80, 1), (80, None, 3))
RELATIVE = ((0, 20, 1), (20, None, 3))
"""The same as bounds are meant: above the threshold of 60."""
THRESHOLD = 60
METRIC = "--namespace AWS/ECS --metric-name CPUUtilization --statistic Average --period 60"
OF_WEB = "--dimensions Name=ClusterName,Value=default Name=ServiceName,Value=web"


def alarm(lab: Lab, threshold: float = THRESHOLD) -> str:
    """The command that makes the alarm busy of the policy steps."""
    arn = lab.cluster.require(Key(POLICY, "service/default/web", "steps"))["PolicyARN"]
    rule = f"--evaluation-periods 2 --threshold {threshold:g} --comparison-operator GreaterThanThreshold"
    return f"aws cloudwatch put-metric-alarm --alarm-name busy {METRIC} {OF_WEB} {rule} --alarm-actions {arn}"


def _standing(rps: int) -> Lab:
    """Four tasks, an alarm, and a policy whose steps are written as values of the metric."""
    lab = serve(register(Lab.ecs(8, seed=1)), 4)
    lab.load("service/web", rps=rps)
    lab.run("1m").aws(target(4, 12))
    lab.aws(stepping(*WRITTEN))
    lab.aws(alarm(lab))
    return lab.run(BEGIN - lab.now)


def _step(lab: Lab) -> int:
    """By how many tasks web grew first."""
    found = counts(lab, BEGIN)
    return found[1] - found[0] if len(found) > 1 else 0


def _is_calm(lab: Lab) -> bool:
    """Whether this is the cluster whose tasks are at 70 %."""
    return rate(lab) < 100


def _given(lab: Lab) -> dict[str, Any]:
    found: dict[str, Any] = next((one[STEP_LABEL] for one in objects(lab, POLICY) if STEP_LABEL in one), {})
    return found


def _lowest(lab: Lab) -> float:
    """The lowest bound of the policy's steps; 0 where there is none."""
    return min((one.get("MetricIntervalLowerBound", 0.0) for one in _given(lab).get("StepAdjustments", ())), default=0)


def _thresholds(lab: Lab) -> set[float]:
    return {float(one["Threshold"]) for one in objects(lab, alarming.KIND)}


WRONG_STEPS = Exercise(
    name="wrong-steps",
    task=(
        "The alarm busy of web is in ALARM, and still no task is added. Repair the policy steps: with its tasks' cpu"
        " above 60 % web gets one task more, from 80 % on three. It is tried at 70 % and at 110 %."
    ),
    labs=(partial(_standing, 110), partial(_standing, 70)),
    goals=(
        Goal("At 70 % it first gets one task more.", lambda lab: not _is_calm(lab) or _step(lab) == 1),
        Goal("At 110 % it first gets three more.", lambda lab: _is_calm(lab) or _step(lab) == 3),
        Goal("A quarter of an hour later its tasks use less than 60 %.", lambda lab: after(lab, None, "15m").used < 60),
    ),
    signs=(
        Sign("a desired count set by hand lasts", lambda lab: _lowest(lab) >= 60 and _step(lab) != 0),
        Sign("a higher maximum brings tasks",
             lambda lab: _step(lab) == 0 and any(one["MaxCapacity"] > 12 for one in objects(lab, TARGET))),
        Sign("the cooldown is in the way", lambda lab: _step(lab) == 0 and _given(lab).get("Cooldown") == 0),
        Sign("a lower threshold is a louder alarm", lambda lab: _step(lab) == 0 and _thresholds(lab) != {THRESHOLD}),
        Sign("per cent count tasks", lambda lab: _given(lab).get("AdjustmentType") == "PercentChangeInCapacity"),
        Sign("ExactCapacity adds", lambda lab: _given(lab).get("AdjustmentType") == "ExactCapacity"),
        Sign("step bounds are values of the metric", lambda lab: _step(lab) == 0 or _lowest(lab) >= 60),
    ),
    hints=(
        "describe-scaling-policies shows the steps, describe-alarms the threshold. How far is 110 above it?",
        "Bounds count from the threshold: 60 to 80 % is 0 to 20. Put the policy again, under the same name.",
    ),
    right=(
        stepping(*RELATIVE),
        stepping((None, 20, 1), (20, None, 3)),
        f"{AAS} delete-scaling-policy {NAMED} --policy-name steps\n" + stepping(*RELATIVE),
    ),
    wrong={
        "by hand": Wrong("a desired count set by hand lasts", "aws ecs update-service --service web --desired-count 7"),
        "more room": Wrong("a higher maximum brings tasks", target(4, 40)),
        "no cooldown": Wrong("the cooldown is in the way", stepping(*WRITTEN, Cooldown=0)),
        "wider": Wrong("step bounds are values of the metric", stepping((60, 140, 1), (140, None, 3))),
        "in per cent": Wrong("per cent count tasks", stepping(*RELATIVE, kind="PercentChangeInCapacity")),
        "exactly": Wrong("ExactCapacity adds", stepping(*RELATIVE, kind="ExactCapacity")),
    },
    time="4m",
)  # fmt: skip


# Lesson 27.5: machines that never come


def _launched() -> Lab:
    """Twelve tasks wanted by launch type; the two machines of a group hold eight."""
    lab = register(Lab.ecs(0, seed=1))
    arn = fleet(lab, 2)
    serve(lab.run("2m"), 12, launchType="EC2")
    return provide(lab.run("2m"), ("fleet", arn), default=False).run("6m")


def _strategy(lab: Lab) -> bool:
    """Whether the service asks for a provider."""
    return bool((lab.cluster.get(WEB) or {}).get("capacityProviderStrategy"))


def _defaults(lab: Lab) -> bool:
    cluster = lab.cluster.require(Key("AWS::ECS::Cluster", "", "default"))
    return bool(cluster.get("defaultCapacityProviderStrategy"))


def _grown(lab: Lab) -> bool:
    """Whether twice as many tasks get their machines."""
    return up(_resized(lab, 24, "15m")) == 24


def _shrunk(lab: Lab) -> bool:
    return _strategy(lab) and size(_resized(lab, 2, "40m")) <= 2


def _resized(lab: Lab, tasks: int, time: str) -> Lab:
    return resize(lab.fork(), tasks).run(time)


UPDATE = "aws ecs update-service --service web"
OVER = "--capacity-provider-strategy capacityProvider=fleet,weight=1"

NO_MACHINE = Exercise(
    name="no-machine",
    task=(
        "The service web wants twelve tasks, eight run, and events say that there is no room. The capacity provider"
        " fleet would bring machines, and doesn't. Make it: all of web's tasks run, however many it wants, and machines"
        " go again when they aren't needed."
    ),
    labs=(_launched,),
    goals=(
        Goal("Twelve tasks of web run.", lambda lab: up(lab) == 12),
        Goal("When 24 are wanted, 24 run a quarter of an hour later.", _grown),
        Goal("When 2 are wanted, at most two machines are left after 40 minutes.", _shrunk),
    ),
    signs=(
        Sign("the default strategy is for services that run", lambda lab: _defaults(lab) and not _strategy(lab)),
        Sign("a higher maximum brings machines",
             lambda lab: not _strategy(lab) and lab.cluster.require(GROUP)["MaxSize"] > 20),
        Sign("machines by hand are as good", lambda lab: not _strategy(lab) and size(lab) > 2),
        Sign("wanting more brings machines", lambda lab: not _strategy(lab) and wanted(lab) != 12),
        Sign("a new deployment asks the provider", lambda lab: not _strategy(lab)),
    ),
    hints=(
        "lab.why_capacity(\"fleet\") says how many tasks wait in PROVISIONING. How was web started?",
        f"{UPDATE} {OVER}, and ECS tells you what is missing.",
    ),
    right=(
        f"{UPDATE} {OVER} --force-new-deployment",
        "aws ecs delete-service --service web --force\n"
        f"aws ecs create-service --service-name web --task-definition web --desired-count 12 {OVER}",
    ),
    wrong={
        "the default": Wrong(
            "the default strategy is for services that run",
            "aws ecs put-cluster-capacity-providers --cluster default --capacity-providers fleet"
            " --default-capacity-provider-strategy capacityProvider=fleet,weight=1",
        ),
        "a machine by hand": Wrong(
            "machines by hand are as good",
            "aws autoscaling set-desired-capacity --auto-scaling-group-name fleet --desired-capacity 3",
        ),
        "a larger group": Wrong(
            "a higher maximum brings machines",
            "aws autoscaling update-auto-scaling-group --auto-scaling-group-name fleet --max-size 40",
        ),
        "more tasks": Wrong("wanting more brings machines", f"{UPDATE} --desired-count 24"),
        "deployed again": Wrong("a new deployment asks the provider", f"{UPDATE} --force-new-deployment"),
    },
    time="15m",
    keeps_machines=False,
)  # fmt: skip

"""The exercises of lesson 27 that ask for scaling; ecs_scaling_faults.py has those known by their symptoms."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache, partial
from typing import Any

from labkit.autoscaling.application.policies import LABEL, STEP_LABEL
from labkit.autoscaling.application.targets import POLICY, target_key
from labkit.checks.ecs_scaling_answers import (
    GROUP,
    NAMED,
    after,
    counts,
    fleet,
    objects,
    provide,
    register,
    resize,
    serve,
    service_tasks,
    size,
    stepping,
    target,
    tracking,
    up,
)
from labkit.checks.ecs_scaling_faults import NO_MACHINE, WRONG_STEPS
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.kinds import ecs
from labkit.lab import Lab
from labkit.metrics import load

# Lesson 27.1: hold sixty

EVENING = load.steps((0, 75), ("10m", 5))


def _quiet(units: int) -> Lab:
    """Two tasks with little to do, on machines with room."""
    lab = serve(register(Lab.ecs(8, seed=1), units), 2)
    lab.load("service/web", rps=5)
    return lab.run("5m")


def _held(lab: Lab, rps: int) -> bool:
    return 45 <= after(lab, rps, "15m").used <= 61


def _tracked(lab: Lab) -> list[dict[str, Any]]:
    return [one[LABEL] for one in objects(lab, POLICY) if LABEL in one]


def _follows(lab: Lab, metric: str) -> bool:
    named = [one.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType") for one in _tracked(lab)]
    return metric in named


HOLD_SIXTY = Exercise(
    name="hold-sixty",
    task=(
        "Let the service web follow its load: under load its tasks use about 60 % of their cpu, with little to do two"
        " are left, and there are never more than twelve. It is tried with tasks of 512 and of 1,024 CPU units."
    ),
    labs=(partial(_quiet, 512), partial(_quiet, 1024)),
    goals=(
        Goal("With 75 and with 150 requests a second tasks use 45 to 60 % after a quarter of an hour.",
             lambda lab: all(_held(lab, rps) for rps in (75, 150))),
        Goal("40 minutes after the rush two tasks are left.", lambda lab: after(lab, EVENING, "50m").running == 2),
        Goal("With 900 requests a second there are twelve.", lambda lab: after(lab, 900, "15m").running == 12),
    ),
    signs=(
        Sign("the target is a fraction", lambda lab: any(one["TargetValue"] <= 1 for one in _tracked(lab))),
        Sign("the target is where it begins to hurt",
             lambda lab: any(one["TargetValue"] > 61 for one in _tracked(lab))),
        Sign("memory follows the load", lambda lab: _follows(lab, "ECSServiceAverageMemoryUtilization")),
        Sign("what is up may stay", lambda lab: any(one.get("DisableScaleIn") for one in _tracked(lab))),
        Sign("a step policy brings its alarm", lambda lab: any(STEP_LABEL in one for one in objects(lab, POLICY))),
        Sign("registering is scaling", lambda lab: not objects(lab, POLICY)),
    ),
    hints=(
        "A target tracking policy needs a TargetValue, in per cent, and a metric.",
        'TargetValue 60, and a PredefinedMetricSpecification: {"PredefinedMetricType":'
        ' "ECSServiceAverageCPUUtilization"}.',
    ),
    right=(
        f"{target()}\n{tracking(60)}",
        f"{target()}\n{tracking(58, ScaleOutCooldown=60)}",
        f"{target()}\n{tracking(60, ScaleInCooldown=120)}",
    ),
    wrong={
        "a fraction": Wrong("the target is a fraction", f"{target()}\n{tracking(0.6)}"),
        "ninety": Wrong("the target is where it begins to hurt", f"{target()}\n{tracking(90)}"),
        "memory": Wrong(
            "memory follows the load", f"{target()}\n{tracking(60, 'ECSServiceAverageMemoryUtilization')}"
        ),
        "never in": Wrong("what is up may stay", f"{target()}\n{tracking(60, DisableScaleIn=True)}"),
        "steps alone": Wrong("a step policy brings its alarm", f"{target()}\n{stepping((0, None, 3))}"),
        "only registered": Wrong("registering is scaling", target()),
    },
)  # fmt: skip


# Lesson 27.3: before the sale

WEB_TARGET = target_key("service/default/web")
BEGIN = 20 * 60.0
"""Seconds at which the answer comes: 09:20."""
SALE = load.steps((0, 20), ("60m", 220), ("120m", 20))


def _shop() -> Lab:
    """A service that tracks its cpu, 40 minutes before a sale at 10:00 UTC; a lab begins at 09:00."""
    lab = serve(register(Lab.ecs(8, seed=1)), 2)
    lab.load("service/web", SALE)
    lab.run("1m").aws(target(2, 20))
    lab.aws(tracking(60))
    return lab.run(BEGIN - lab.now)


@lru_cache(maxsize=32)
def _at(lab: Lab, minute: int) -> int:
    """How many tasks run so many minutes after nine."""
    return up(lab.fork().run(60.0 * minute - lab.now))


def _actions(lab: Lab) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = lab.boto3.client("application-autoscaling").describe_scheduled_actions(
        ServiceNamespace="ecs")["ScheduledActions"]  # fmt: skip
    return found


def _is_set_by_hand(lab: Lab) -> bool:
    return not _actions(lab) and max(counts(lab, BEGIN)) >= 10 > lab.cluster.require(WEB_TARGET)["MinCapacity"]


def _sets(lab: Lab, bound: str) -> list[int]:
    return [one["ScalableTargetAction"][bound] for one in _actions(lab) if bound in one["ScalableTargetAction"]]


def action(name: str, when: str, bounds: str) -> str:
    """The command that schedules other bounds of web."""
    how = f'--scheduled-action-name {name} --schedule "{when}" --scalable-target-action {bounds}'
    return f"aws application-autoscaling put-scheduled-action {NAMED} {how}"


MORNING, LATER = action("open", "cron(55 9 * * ? *)", "MinCapacity=10"), "cron(0 11 * * ? *)"

BEFORE_THE_SALE = Exercise(
    name="before-the-sale",
    task=(
        "A sale begins at 10:00 UTC, all at once, and ends at 11:00. Let at least ten tasks of web run when it begins;"
        " until 09:45 the two that do now are enough, and at 11:40 two are left again. The policy that tracks its cpu"
        " stays."
    ),
    labs=(_shop,),
    goals=(
        Goal("At 09:44 at most four tasks run.", lambda lab: _at(lab, 44) <= 4),
        Goal("At 10:00 at least ten run.", lambda lab: _at(lab, 60) >= 10),
        Goal("At 11:40 two are left.", lambda lab: _at(lab, 160) == 2),
    ),
    signs=(
        Sign("a desired count set by hand lasts", _is_set_by_hand),
        Sign("a bound ends by itself",
             lambda lab: _at(lab, 44) <= 4 and _at(lab, 60) >= 10 and _at(lab, 160) > 2),
        Sign("a higher maximum brings tasks", lambda lab: bool(_sets(lab, "MaxCapacity")) and _at(lab, 60) < 10),
        Sign("a minimum costs nothing", lambda lab: _at(lab, 44) > 4),
        Sign("a task runs when it is asked for", lambda lab: bool(_sets(lab, "MinCapacity")) and _at(lab, 60) < 10),
        Sign("tracking sees it coming", lambda lab: not _actions(lab)),
    ),
    hints=(
        "A scheduled action sets MinCapacity or MaxCapacity, and there it stays. How many actions do you need?",
        'put-scheduled-action with --schedule "cron(55 9 * * ? *)" and MinCapacity=10; one more with MinCapacity=2.',
    ),
    right=(
        f"{MORNING}\n{action('close', LATER, 'MinCapacity=2')}",
        f"{action('open', 'at(2026-01-05T09:50:00)', 'MinCapacity=12')}\n"
        f"{action('close', 'at(2026-01-05T10:30:00)', 'MinCapacity=2')}",
    ),
    wrong={
        "never back": Wrong("a bound ends by itself", MORNING),
        "the maximum": Wrong(
            "a higher maximum brings tasks",
            f"{action('open', 'cron(55 9 * * ? *)', 'MaxCapacity=40')}\n{action('close', LATER, 'MaxCapacity=20')}",
        ),
        "on the dot": Wrong(
            "a task runs when it is asked for",
            f"{action('open', 'cron(0 10 * * ? *)', 'MinCapacity=10')}\n{action('close', LATER, 'MinCapacity=2')}",
        ),
        "always ten": Wrong("a minimum costs nothing", target(10, 20)),
        "by hand": Wrong(
            "a desired count set by hand lasts", "aws ecs update-service --service web --desired-count 10"
        ),
        "a lower target": Wrong("tracking sees it coming", tracking(50)),
    },
    time="1m",
)  # fmt: skip


# Lesson 27.4: as much room again


def _full(tasks: int) -> Lab:
    """A service whose tasks fill the machines of a provider."""
    lab = register(Lab.ecs(0, seed=1))
    provide(lab, ("fleet", fleet(lab, tasks // 4)))
    serve(lab, tasks)
    return lab.run("10m")


@lru_cache(maxsize=32)
def _later(lab: Lab) -> Lab:
    return lab.fork().run("30m")


@lru_cache(maxsize=32)
def _doubled(lab: Lab) -> int:
    """How many tasks more run half a minute after twice as many are wanted; from half an hour on."""
    trial = _later(lab).fork()
    before = up(trial)
    return up(resize(trial, 2 * before).run("45s")) - before


def _scaling(lab: Lab) -> dict[str, Any]:
    provider = next(one for one in objects(lab, ecs.CAPACITY_PROVIDER) if one["name"] == "fleet")
    found: dict[str, Any] = provider["autoScalingGroupProvider"]["managedScaling"]
    return found


def managed(**settings: Any) -> str:
    """The command that changes fleet's managed scaling."""
    given = ",".join(f"{name}={value}" for name, value in {"status": "ENABLED", **settings}.items())
    how = f"--auto-scaling-group-provider managedScaling={{{given}}}"
    return f"aws ecs update-capacity-provider --name fleet {how}"


def _fills(lab: Lab) -> bool:
    return _doubled(lab) == len(service_tasks(lab)) > 0


ROOM_AGAIN = Exercise(
    name="room-again",
    task=(
        "A crowd can double the number of web's tasks at once, and its machines take 90 seconds. Let the capacity"
        " provider fleet keep as much room free as tasks use, and no more: of every two machines one. It is tried with"
        " 8 and with 16 tasks; four fill a machine."
    ),
    labs=(partial(_full, 8), partial(_full, 16)),
    goals=(
        Goal("When twice as many tasks are wanted, all run within 45 seconds, also half an hour later.", _fills),
        Goal("There are at most twice as many machines as tasks fill.",
             lambda lab: size(_later(lab)) <= len(service_tasks(lab)) / 2),
    ),
    signs=(
        Sign("a minimum is headroom", lambda lab: lab.cluster.require(GROUP)["MinSize"] > 0),
        Sign("machines by hand are as good", lambda lab: size(lab) > size(_later(lab))),
        Sign("headroom is for nothing", lambda lab: _scaling(lab)["targetCapacity"] < 50),
        Sign("any headroom is enough", lambda lab: 50 < _scaling(lab)["targetCapacity"] < 100),
        Sign("the warm-up is a machine's start", lambda lab: _scaling(lab)["instanceWarmupPeriod"] != 300),
        Sign("larger steps come sooner", lambda lab: _scaling(lab)["minimumScalingStepSize"] > 1),
    ),
    hints=(
        "The group grows until CapacityProviderReservation = M / N x 100 is at the target. Which target makes N = 2 M?",
        "update-capacity-provider --name fleet, managedScaling={status=ENABLED,targetCapacity=…}.",
    ),
    right=(
        managed(targetCapacity=50),
        managed(targetCapacity=50, minimumScalingStepSize=1, instanceWarmupPeriod=120),
    ),
    wrong={
        "ninety": Wrong("any headroom is enough", managed(targetCapacity=90)),
        "a quarter": Wrong("headroom is for nothing", managed(targetCapacity=25)),
        "no warm-up": Wrong("the warm-up is a machine's start", managed(instanceWarmupPeriod=0)),
        "large steps": Wrong("larger steps come sooner", managed(minimumScalingStepSize=4)),
        "a minimum": Wrong(
            "a minimum is headroom",
            "aws autoscaling update-auto-scaling-group --auto-scaling-group-name fleet --min-size 4",
        ),
        "by hand": Wrong(
            "machines by hand are as good",
            "aws autoscaling set-desired-capacity --auto-scaling-group-name fleet --desired-capacity 8",
        ),
    },
    time="8m",
    keeps_machines=False,
)  # fmt: skip


# Lesson 27.6: two sure, the rest mostly cheap


NEW = "a-new-service-of-the-check"


def _two_kinds() -> Lab:
    """Two providers, one with on-demand machines and one with Spot; none has machines yet."""
    lab = register(Lab.ecs(0, seed=1))
    arns = [(name, fleet(lab, 0, name, spot=name == "cheap")) for name in ("steady", "cheap")]
    return provide(lab, *arns, default=False)


@lru_cache(maxsize=64)
def _split(lab: Lab, tasks: int) -> tuple[int, int]:
    """How a new service of so many tasks is split: steady, cheap."""
    trial = lab.fork()
    how = f"--task-definition web --desired-count {tasks} --availability-zone-rebalancing DISABLED"
    trial.aws(f"ecs create-service --service-name {NEW} {how}")
    made = [one for one in trial.run("30s").cluster.items(ecs.TASK) if one.service == NEW]
    found = Counter(one.capacity_provider_name for one in made)
    return found["steady"], found["cheap"]


def _items(lab: Lab) -> dict[str, dict[str, Any]]:
    """The cluster's default strategy, by provider."""
    listed = objects(lab, ecs.CLUSTER)[0].get("defaultCapacityProviderStrategy") or ()
    return {one["capacityProvider"]: one for one in listed}


def _part(lab: Lab, provider: str, part: str) -> int:
    return int(_items(lab).get(provider, {}).get(part) or 0)


def strategy(steady: str, cheap: str) -> str:
    """The command that sets the cluster's default strategy."""
    both = f"capacityProvider=steady{steady} capacityProvider=cheap{cheap}"
    return (
        "aws ecs put-cluster-capacity-providers --cluster default --capacity-providers steady cheap"
        f" --default-capacity-provider-strategy {both}"
    )


BASE_AND_SPOT = Exercise(
    name="base-and-spot",
    task=(
        "Give the cluster a default strategy over its providers steady (on demand) and cheap (Spot). Of every new"
        " service the first two tasks are on steady; of all others every fourth is, and three of four are on cheap."
    ),
    labs=(_two_kinds,),
    goals=(
        Goal("Of 2 tasks both are on steady.", lambda lab: _split(lab, 2) == (2, 0)),
        Goal("Of 10 tasks 4 are on steady and 6 on cheap.", lambda lab: _split(lab, 10) == (4, 6)),
        Goal("Of 18 tasks 6 are on steady and 12 on cheap.", lambda lab: _split(lab, 18) == (6, 12)),
    ),
    signs=(
        Sign("one service's strategy is the cluster's",
             lambda lab: not _items(lab) and bool(lab.cluster.keys(ecs.SERVICE))),
        Sign("the base may be anyone's", lambda lab: _part(lab, "cheap", "base") > 0),
        Sign("weights look after the first tasks",
             lambda lab: bool(_items(lab)) and not _part(lab, "steady", "base")),
        Sign("the base grows with the service", lambda lab: _part(lab, "steady", "base") > 2),
        Sign("weight 0 shares evenly", lambda lab: bool(_items(lab)) and not _part(lab, "steady", "weight")),
        Sign("one in four is one to four", lambda lab: _part(lab, "cheap", "weight") > 0),
    ),
    hints=(
        "base is a number of tasks and comes first. Weights share what is left: one for steady to how many for cheap?",
        "capacityProvider=steady,base=2,weight=1 and capacityProvider=cheap,weight=3.",
    ),
    right=(
        strategy(",base=2,weight=1", ",weight=3"),
        strategy(",base=2,weight=25", ",weight=75"),
    ),
    wrong={
        "no base": Wrong("weights look after the first tasks", strategy(",weight=1", ",weight=3")),
        "a larger base": Wrong("the base grows with the service", strategy(",base=4,weight=0", ",weight=1")),
        "one to four": Wrong("one in four is one to four", strategy(",base=2,weight=1", ",weight=4")),
        "no weight": Wrong("weight 0 shares evenly", strategy(",base=2", ",weight=1")),
        "for one service": Wrong(
            "one service's strategy is the cluster's",
            "aws ecs create-service --service-name web --task-definition web --desired-count 10"
            " --capacity-provider-strategy capacityProvider=steady,base=2,weight=1 capacityProvider=cheap,weight=3",
        ),
        "the other one": Wrong("the base may be anyone's", strategy(",weight=1", ",base=2,weight=3")),
    },
    time="1m",
)  # fmt: skip

EXERCISES = (HOLD_SIXTY, WRONG_STEPS, BEFORE_THE_SALE, ROOM_AGAIN, NO_MACHINE, BASE_AND_SPOT)

"""Blue/green, canary and linear deployments: the stages after all green tasks are healthy, and the traffic of each.

Source: botocore 1.44 ecs (deploymentConfiguration, lifecycleStage); ECS developer guide, "Blue/green", "Canary" and
"Linear deployments". Left out: Lambda hooks and pauses, so the stages for them take no time; test listeners.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any, NamedTuple

from labkit.ecs.scheduler.rolling import Counts, Step
from labkit.ecs.scheduler.survey import HEALTHY
from labkit.ecs.scheduler.turn import Turn

SHIFT = "PRODUCTION_TRAFFIC_SHIFT"
CANARY = {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10}
LINEAR = {"stepPercent": 10.0, "stepBakeTimeInMinutes": 6}


class Stage(NamedTuple):
    """A stage, the per cent of traffic that goes to green in it, and how many seconds it lasts."""

    name: str
    percent: float
    seconds: float


def plan(configuration: Mapping[str, Any]) -> tuple[Stage, ...]:
    """The stages from the moment when green is as large as it shall be."""
    bake = 60.0 * (configuration.get("bakeTimeInMinutes") or 0)
    return (*_shifts(configuration), Stage("BAKE_TIME", 100.0, bake), Stage("CLEAN_UP", 100.0, 0.0))


def _shifts(configuration: Mapping[str, Any]) -> list[Stage]:
    strategy = configuration.get("strategy")
    last = Stage(SHIFT, 100.0, 0.0)
    if strategy == "CANARY":
        told = {**CANARY, **(configuration.get("canaryConfiguration") or {})}
        return [Stage(SHIFT, told["canaryPercent"], 60.0 * told["canaryBakeTimeInMinutes"]), last]
    if strategy == "LINEAR":
        told = {**LINEAR, **(configuration.get("linearConfiguration") or {})}
        percent, pause = told["stepPercent"], 60.0 * told["stepBakeTimeInMinutes"]
        return [*(Stage(SHIFT, percent * at, pause) for at in range(1, ceil(100 / percent))), last]
    return [last]


def is_shifted(turn: Turn) -> bool:
    """Whether the newest deployment moves traffic from an older one; a first deployment and a way back don't."""
    return turn.strategy != "ROLLING" and len(turn.held["deployments"]) > 1 and "rollback" not in turn.held


def step(turn: Turn, counts: Counts, desired: int) -> Step:
    """Start all green tasks beside the blue ones, go through the stages, and stop blue at the last one."""
    surplus = max(counts.current - desired, 0)
    wanted = Step(max(desired - counts.current, 0), surplus, counts.unhealthy if counts.stopping == 0 else 0)
    stage = _stage(turn, desired)
    if stage is None or stage.name != "CLEAN_UP":
        return wanted
    return wanted._replace(outgoing=counts.outgoing, idle=counts.idle)


def _stage(turn: Turn, desired: int) -> Stage | None:
    """The stage that the deployment is in, going on as time has passed; None while green is scaled up."""
    green, stages = turn.primary, plan(turn.held["deploymentConfiguration"])
    ready = sum(one.state == HEALTHY for one in turn.of(green))
    now = turn.world.clock.now
    if "stage" not in green:
        turn.tell(green, lifecycleStage="SCALE_UP")
        if ready < desired:
            return None
        turn.change(green, stage=0, stageSince=now)
    while (left := turn.primary["stageSince"] + stages[turn.primary["stage"]].seconds - now) <= 0:
        if turn.primary["stage"] == len(stages) - 1:
            break
        turn.change(turn.primary, stage=turn.primary["stage"] + 1, stageSince=now)
    if left > 0:
        turn.waits.append(left)
    stage = stages[turn.primary["stage"]]
    turn.tell(turn.primary, lifecycleStage=stage.name)
    turn.held["traffic"] = {green["id"]: stage.percent}
    return stage

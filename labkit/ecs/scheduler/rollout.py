"""How a deployment comes to its end: what failed, whether that is too much, the way back, completion, steady state.

Source: ECS developer guide, "Deployment circuit breaker", "CloudWatch alarms failure detection" (bake time); botocore
1.44 ecs Deployment, ServiceDeployment. Where two texts differ labkit follows both stages of the guide: until a task of
the deployment has run, those that never run count; afterwards, those that fail their health checks. The reason
texts are captured ones; those about alarms are labkit's own.
"""

from __future__ import annotations

from typing import Any

from labkit.ecs import tasks
from labkit.ecs.deployments import REVISED
from labkit.ecs.requests import Object
from labkit.ecs.scheduler import breaker, events, throttling
from labkit.ecs.scheduler.survey import HEALTHY
from labkit.ecs.scheduler.turn import Turn
from labkit.kinds import Key

ALARM = "AWS::CloudWatch::Alarm"
"""Alarms, in the shape that DescribeAlarms answers: StateValue, Period, EvaluationPeriods."""
NOT_TO_START = ("TaskFailedToStart", "EssentialContainerExited")
PATIENCE = 3
"""After so many failed attempts in a row the service says that it can't start tasks."""
FAILED_TO_START = "tasks failed to start"
ALARMED = "alarm detected"


def account(turn: Turn) -> None:
    """Count what has failed since the last look, and hold starts back where tasks never get to run."""
    primary, now = turn.primary, turn.world.clock.now
    ended = [turn.world.require(key) for key in turn.ended]
    for key, task in zip(turn.ended, ended, strict=True):
        turn.world.put(key, {**task, "accounted": True})
    theirs = [task for task in ended if task.get("startedBy") == primary["id"]]
    failed = sum(not task.get("startedAt") and task.get("stopCode") in NOT_TO_START for task in theirs)
    ran = any(one.task.started_at for one in turn.of(primary)) or any(task.get("startedAt") for task in theirs)
    fields: Object = {}
    if ran and not primary.get("reached"):
        fields = {"reached": True, "failedTasks": 0}
    elif failed and not primary.get("reached"):
        fields = {"failedTasks": primary["failedTasks"] + failed}
    turn.change(primary, **fields, **_throttle(turn, primary, failed, now))
    if _is_well(turn):
        turn.change(turn.primary, failedTasks=0)


def _throttle(turn: Turn, primary: Object, failed: int, now: float) -> Object:
    held = primary.get("throttle") or {"failures": 0, "until": 0.0, "since": now}
    if failed:
        count = held["failures"] + 1
        if count >= PATIENCE:
            turn.complain("starting", events.FAILING)
        return {"throttle": {"failures": count, "until": now + throttling.pause(count), "since": now}}
    clock, began = turn.world.clock, [one.task.started_at for one in turn.of(primary)]
    if held["failures"] and any(at and clock.seconds(at) >= held["since"] for at in began):
        turn.relent("starting")
        return {"throttle": None}
    return {}


def _is_well(turn: Turn) -> bool:
    told = turn.held["deploymentConfiguration"]["deploymentCircuitBreaker"]
    resets = told.get("resetOnHealthyTask", True)
    well = any(one.state == HEALTHY for one in turn.of(turn.primary))
    return bool(turn.primary["failedTasks"] and resets and well)


def held_back(turn: Turn) -> bool:
    """Whether starts wait because of earlier failures, or for good because the deployment has failed."""
    left = (turn.primary.get("throttle") or {"until": 0.0})["until"] - turn.world.clock.now
    if left > 0:
        turn.waits.append(left)
    return bool(left > 0 or turn.primary["rolloutState"] == "FAILED")


def judge(turn: Turn) -> None:
    """Let the deployment fail where its circuit breaker or an alarm says so."""
    if not turn.is_deploying:
        return
    told = turn.held["deploymentConfiguration"]["deploymentCircuitBreaker"]
    count = turn.primary["failedTasks"]
    most = breaker.threshold(turn.held["desiredCount"], told.get("thresholdConfiguration"))
    if told["enable"] and turn.strategy == "ROLLING" and count >= most:
        turn.tell(turn.primary, deploymentCircuitBreaker={"status": "TRIGGERED", "failureCount": count,
                                                          "threshold": most})  # fmt: skip
        _fail(turn, "circuit breaker", FAILED_TO_START, told["rollback"])
    elif going_off := _alarms(turn):
        turn.tell(turn.primary, alarms={"status": "TRIGGERED", "triggeredAlarmNames": going_off})
        _fail(turn, "alarm", ALARMED, turn.held["deploymentConfiguration"]["alarms"].get("rollback", False))


def _alarms(turn: Turn) -> list[str]:
    """The alarms that go off and didn't when the deployment began."""
    told = turn.held["deploymentConfiguration"].get("alarms") or {}
    if not told.get("enable"):
        return []
    states = {name: (turn.world.get(Key(ALARM, "", name)) or {}).get("StateValue") for name in told["alarmNames"]}
    going_off = [name for name, state in states.items() if state == "ALARM"]
    if "ignored" not in turn.primary:
        turn.change(turn.primary, ignored=going_off)
    return [name for name in going_off if name not in turn.primary["ignored"]]


def _fail(turn: Turn, what: str, why: str, back: bool) -> None:
    failed = turn.primary
    turn.say(f"(deployment {failed['id']}) deployment failed: {why}.")
    turn.change(failed, rolloutState="FAILED", rolloutStateReason=f"ECS deployment {what}: {why}.")
    target = turn.held.get("lastCompleted")
    if not back or target is None or target["id"] == failed["id"]:
        turn.tell(failed, status="STOPPED", statusReason=f"ECS deployment {what}: {why}.", **_over(turn))
        return
    turn.tell(failed, status="ROLLBACK_IN_PROGRESS")
    _go_back(turn, failed, target, what)


def _go_back(turn: Turn, failed: Object, target: Object, what: str) -> None:
    """The last deployment that was completed is the newest again, with everything its revision says."""
    reason = f"ECS deployment {what}: rolling back to deploymentId {target['id']}."
    fresh: Object = {"status": "PRIMARY", "rolloutState": "IN_PROGRESS", "rolloutStateReason": reason}
    fresh |= {"desiredCount": turn.held["desiredCount"], "failedTasks": 0, "updatedAt": turn.world.clock.stamp()}
    others = [one for one in turn.held["deployments"] if one["id"] != target["id"]]
    off = [{**one, "status": "ACTIVE", "desiredCount": 0} if one["id"] == failed["id"] else one for one in others]
    revision = next(one for one in turn.held["revisions"] if one["serviceRevisionArn"] == target["serviceRevision"])
    turn.held |= {field: revision[field] for field in REVISED if field in revision}
    turn.held["deployments"] = [{**target, **fresh}, *off]
    turn.held["rollback"] = failed["id"]
    turn.held.pop("traffic", None)
    turn.say(f"rolling back to deployment {target['id']}.")


def _over(turn: Turn) -> Object:
    return {"finishedAt": turn.world.clock.stamp()}


def finish(turn: Turn) -> None:
    """Drop deployments without tasks, complete the newest one once all is as it should be; say when all is steady."""
    alive = {one.task.started_by for one in turn.alive}
    turn.held["deployments"] = [
        one for one in turn.held["deployments"] if one["status"] == "PRIMARY" or one["id"] in alive
    ]
    is_as_wanted = _is_as_wanted(turn)
    if is_as_wanted and turn.is_deploying and not _bakes(turn):
        complete(turn)
    is_steady = is_as_wanted and turn.primary["rolloutState"] == "COMPLETED"
    if is_steady and not turn.held.get("steady"):
        turn.say(events.STEADY)
    turn.held["steady"] = is_steady


def _is_as_wanted(turn: Turn) -> bool:
    theirs = turn.of(turn.primary)
    healthy = [one for one in theirs if one.state == HEALTHY and not one.is_draining]
    settled = not turn.has_acted and not turn.held.get("rebalancing")
    return settled and len(healthy) == len(turn.alive) == turn.held["desiredCount"]


def _bakes(turn: Turn) -> bool:
    """Whether alarms are still watched after the last task was replaced: as long as the slowest one looks back."""
    told = turn.held["deploymentConfiguration"].get("alarms") or {}
    if not told.get("enable") or turn.strategy != "ROLLING":
        return False
    found = [turn.world.get(Key(ALARM, "", name)) or {} for name in told["alarmNames"]]
    seconds = max((one.get("Period", 60) * one.get("EvaluationPeriods", 1) for one in found), default=0)
    now = turn.world.clock.now
    turn.change(turn.primary, bakes=turn.primary.get("bakes", now))
    left = turn.primary["bakes"] + seconds - now
    if left > 0:
        turn.waits.append(left)
    return bool(left > 0)


def complete(turn: Turn) -> None:
    """The newest deployment is COMPLETED, and the one to go back to."""
    primary = turn.primary
    reason = f"ECS deployment {primary['id']} completed."
    turn.change(primary, rolloutState="COMPLETED", rolloutStateReason=reason)
    turn.say(f"(deployment {primary['id']}) deployment completed.")
    turn.held["lastCompleted"] = turn.primary
    back: Any = turn.held.pop("rollback", None)
    if back:
        turn.tell({"id": back}, status="ROLLBACK_SUCCESSFUL", **_over(turn))
    else:
        turn.tell(primary, status="SUCCESSFUL", **_over(turn))


def failed_checks(turn: Turn, count: int) -> None:
    """Count tasks that are stopped because their checks fail."""
    turn.change(turn.primary, failedTasks=turn.primary["failedTasks"] + count)


def end_service(turn: Turn) -> None:
    """A deleted service stops its tasks, and is INACTIVE when they have ended."""
    for one in turn.alive:
        tasks.stop(turn.world, one.key, "ServiceSchedulerInitiated", _reason(turn))
    if not turn.alive:
        turn.held |= {"status": "INACTIVE", "deployments": []}


def _reason(turn: Turn) -> str:
    return scaling(turn.primary)


def scaling(deployment: Object) -> str:
    """The stoppedReason of tasks that are stopped because there are to be fewer of them."""
    return f"Scaling activity initiated by (deployment {deployment['id']})"

"""The end of a task's life, as stages: containers that end by themselves, and tasks that are stopped.

Source: ECS developer guide, "Task lifecycle", "Stopped tasks error codes"; botocore 1.44 ecs (stopTimeout,
ContainerRestartPolicy). Containers are stopped in the reverse order of their dependencies.
"""

from __future__ import annotations

import math

from labkit.ecs import ebs, health, quotas, resources, spot
from labkit.ecs.starting import OOM, advance, coming, running
from labkit.ecs.visit import RUNNING, STOPPED, Next, Visit
from labkit.kinds import ecs
from labkit.kinds.ecs import HealthCheck

ESSENTIAL = "Essential container in task exited"
STOP_TIMEOUT = 30.0
KILLED = 137


def ended(visit: Visit) -> list[Next]:
    """The container ends by itself."""
    if not visit.is_current or visit.told.exits_after is None:
        return []
    if visit.ran + 1e-6 < visit.told.exits_after:
        return [Next("exit", visit.told.exits_after - visit.ran, visit.name, visit.run)]
    return finish(visit, visit.told.exit_code)


def out_of_memory(visit: Visit) -> list[Next]:
    """The container used more memory than it may."""
    return finish(visit, KILLED, OOM) if visit.is_current else []


def finish(visit: Visit, code: int, reason: str | None = None) -> list[Next]:
    """The container has ended: it is started again, or the task ends with it, or goes on without it."""
    policy = visit.spec.restart_policy
    restarts = policy is not None and policy.enabled and code not in policy.ignored_exit_codes
    if policy is not None and restarts and visit.ran >= policy.restart_attempt_period:
        return [Next("start", visit.timing.create, visit.name)]
    visit.put(lastStatus=STOPPED, exitCode=code, reason=reason)
    if visit.spec.essential:
        visit.stop("EssentialContainerExited", ESSENTIAL)
        return []
    return [*advance(visit), *running(visit)]


def checked(visit: Visit) -> list[Next]:
    """A health check changes what is known of the container, and the next change is planned.

    `healthSince` is from when failures are counted: the last change, or when something was declared anew.
    """
    check = visit.spec.health_check
    if not visit.is_current or check is None:
        return []
    coming: list[Next] = []
    due = _next_health(visit, check)
    if due is not None and due.at <= visit.ran + 1e-6:
        visit.put(healthStatus=due.status, healthSince=visit.ran)
        coming = advance(visit)
        due = _next_health(visit, check)
    return [*coming, *([Next("health", due.at - visit.ran, visit.name, visit.run)] if due else [])]


def _next_health(visit: Visit, check: HealthCheck) -> health.Change | None:
    held = visit.held
    since, status = float(held.get("healthSince", 0.0)), str(held.get("healthStatus", health.UNKNOWN))
    return health.next_change(check, visit.told, visit.answers_after, since, status)


def stop(visit: Visit) -> list[Next]:
    """The task is to stop: targets are deregistered first, then its containers get SIGTERM."""
    held = visit.world.require(visit.key)
    if held["lastStatus"] in ("STOPPED", "STOPPING", "DEACTIVATING", "DEPROVISIONING"):
        return []
    if visit.is_behind_balancer and held["lastStatus"] == RUNNING:
        visit.change(lastStatus="DEACTIVATING")
        if not spot.is_interrupted(held):
            return [Next("terminate", float(held.get("deregistrationSeconds", 0.0)))]
    return [*terminate(visit), *([Next("reclaimed", spot.WARNING)] if spot.is_interrupted(held) else [])]


def reclaimed(visit: Visit) -> list[Next]:
    """The two minutes after the warning are over: what still runs is killed."""
    alive = [name for name, status in visit.statuses().items() if status == RUNNING]
    for name in alive:
        visit.at(name).put(lastStatus=STOPPED, exitCode=KILLED, stopping=None)
    return executed(visit) if alive else []


def terminate(visit: Visit) -> list[Next]:
    """The containers that no other living one depends on get SIGTERM."""
    if visit.has_interface and visit.world.require(visit.key)["lastStatus"] != "STOPPING":
        visit.change(lastStatus="STOPPING")
    alive = [name for name, status in visit.statuses().items() if status == RUNNING]
    if not alive:
        return executed(visit)
    needed = {
        one.container_name
        for spec in visit.definition.container_definitions
        if spec.name in alive
        for one in spec.depends_on
    }
    free = [name for name in alive if name not in needed and not visit.container(name).get("stopping")]
    for name in free:
        visit.at(name).put(stopping=True)
    return [Next("terminated", stops_within(visit.at(name)), name) for name in free]


def stops_within(visit: Visit) -> float:
    """How long a container lives on after SIGTERM: as it is told to, within its stopTimeout."""
    takes = visit.timing.stops_in if visit.told.stops_in is None else visit.told.stops_in
    return min(takes, _timeout(visit))


def _timeout(visit: Visit) -> float:
    return STOP_TIMEOUT if visit.spec.stop_timeout is None else float(visit.spec.stop_timeout)


def terminated(visit: Visit) -> list[Next]:
    """A container has ended on SIGTERM, or was killed when its time was up."""
    takes = visit.told.stops_in or 0.0
    code = KILLED if takes > _timeout(visit) else 0
    if visit.held["lastStatus"] == RUNNING:
        visit.put(lastStatus=STOPPED, exitCode=code, stopping=None)
    return terminate(visit)


def executed(visit: Visit) -> list[Next]:
    """Nothing runs any more; an interface is taken down."""
    waiting = [name for name, status in visit.statuses().items() if status != STOPPED]
    for name in waiting:
        visit.at(name).put(lastStatus=STOPPED)
    visit.change(executionStoppedAt=visit.world.clock.stamp())
    if not visit.has_interface:
        return stopped(visit)
    visit.change(lastStatus="DEPROVISIONING")
    return [Next("stopped", visit.timing.detach)]


def stopped(visit: Visit) -> list[Next]:
    """The task is over, and what it held is given back."""
    held = visit.world.require(visit.key)
    gone = [{**one, "status": "DELETED"} for one in held["attachments"]]
    give_back(visit)
    ebs.release(visit)
    visit.change(lastStatus=STOPPED, stoppedAt=visit.world.clock.stamp(), attachments=gone)
    return [Next("forgotten", quotas.STOPPED_SECONDS)]


def give_back(visit: Visit) -> None:
    """Return what the task took of its instance."""
    place = ecs.key_of_arn(visit.task.container_instance_arn or "")
    held = visit.world.get(place) if place else None
    if held is None or place is None:
        return
    task, gpu_ids = visit.task, visit.world.require(visit.key)["gpuIds"]
    changed = {
        "remainingResources": resources.given_back(held["remainingResources"], task.reserved, gpu_ids),
        "enis": held["enis"] - task.reserved.eni,
        "version": held["version"] + 1,
    }
    visit.world.put(place, {**held, **changed})


def forgotten(visit: Visit) -> list[Next]:
    """An hour after its end a task is no longer shown."""
    visit.world.remove(visit.key)
    return []


def lost(visit: Visit, reason: str) -> list[Next]:
    """The machine is off: everything on it has ended."""
    for name, status in visit.statuses().items():
        if status != STOPPED:
            visit.at(name).put(lastStatus=STOPPED)
    visit.stop("TerminationNotice", reason)
    return stopped(visit)


def redeclared(visit: Visit) -> list[Next]:
    """What the containers that run do next, after it was declared anew."""
    alive = [visit.at(name) for name, status in visit.statuses().items() if status == RUNNING]
    for each in alive:
        if each.spec.health_check is not None:
            each.put(healthSince=each.ran)
    return [one for each in alive for one in coming(each) if math.isfinite(one.delay)]

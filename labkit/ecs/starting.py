"""The beginning of a task's life, as stages: each writes what has come about and names what comes next.

Source: ECS developer guide, "Task lifecycle", "Task definition parameters" (dependsOn, startTimeout); ECS agent
1.102, agent/engine/dependencygraph. A task whose states it needs none of skips them: without an interface of its own
and without a load balancer it is PENDING until it is RUNNING.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from labkit.ecs import credentials, ebs, quotas
from labkit.ecs.newtask import attached as with_details
from labkit.ecs.visit import RUNNING, STOPPED, WAITING, Next, Object, Visit
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import ContainerDefinition, Dependency

OOM = "OutOfMemoryError: Container killed due to memory usage"
NEVER_STARTED = 143
"""The exit code of a container that is given up before it starts: what the agent writes since 1.61.2."""


def interface(visit: Visit) -> list[Next]:
    """The task's interface is there, where it has one; its volume is made then."""
    if not ebs.has_volume(visit.world.require(visit.key)):
        return provisioned(visit)
    if reason := ebs.create(visit):
        visit.stop("TaskFailedToStart", reason)
        return []
    return [Next("volume", visit.timing.volume)]


def volume(visit: Visit) -> list[Next]:
    """The task's volume is attached."""
    ebs.attach(visit)
    return provisioned(visit)


def provisioned(visit: Visit) -> list[Next]:
    """All that a task has of its own is there: the agent hears of it."""
    visit.change(lastStatus="PENDING", attachments=with_details(visit.world.require(visit.key)))
    return [Next("accept", visit.timing.hear)]


def accept(visit: Visit) -> list[Next]:
    """The agent has heard of the task, and pulls its images."""
    now = visit.world.clock.stamp()
    needs_activating = visit.has_interface or visit.is_behind_balancer
    status = "ACTIVATING" if needs_activating else "PENDING"
    visit.change(lastStatus=status, connectivity="CONNECTED", connectivityAt=now, pullStartedAt=now)
    if reason := credentials.missing(visit):
        visit.stop("TaskFailedToStart", reason)
        return []
    return [
        Next("pulled", pull_seconds(visit.at(one.name)), one.name) for one in visit.definition.container_definitions
    ]


def pull_seconds(visit: Visit) -> float:
    """How long it takes until the container's image is there."""
    timing, image = visit.timing, visit.spec.image
    on_instance = visit.task.container_instance_arn and _is_there(visit, image)
    return timing.resolve if on_instance else timing.pull_seconds(timing.image_bytes(image))


def _is_there(visit: Visit, image: str) -> bool:
    place = ecs.key_of_arn(visit.task.container_instance_arn or "")
    held = visit.world.get(place) if place else None
    return held is not None and image in held.get("images", ())


def pulled(visit: Visit) -> list[Next]:
    """The container's image is there, or can't be had."""
    reason = f"CannotPullContainerError: {visit.told.image_error}" if visit.told.image_error else ""
    if reason := reason or credentials.no_image(visit) or credentials.no_logs(visit):
        visit.put(lastStatus=STOPPED, reason=reason)
        visit.stop("TaskFailedToStart", reason)
        return []
    _lay(visit)
    others = [one for one in visit.world.require(visit.key)["containers"] if one["name"] != visit.name]
    over = {"pullStoppedAt": visit.world.clock.stamp()} if all(one.get("pulled") for one in others) else {}
    visit.put(over, pulled=True, imageDigest=digest(visit.spec.image))
    return advance(visit)


def digest(image: str) -> str:
    """An image's digest: always the same for the same name."""
    return "sha256:" + "".join(f"{crc32(f'{image}/{part}'.encode()):08x}" for part in range(8))


def _lay(visit: Visit) -> None:
    place = ecs.key_of_arn(visit.task.container_instance_arn or "")
    if place is not None and not _is_there(visit, visit.spec.image):
        held = visit.world.require(place)
        visit.world.put(place, {**held, "images": [*held.get("images", ()), visit.spec.image]})


def advance(visit: Visit) -> list[Next]:
    """Whichever containers may start now start; those that never can are given up. A start that waits isn't put off."""
    coming: list[Next] = []
    for spec in visit.definition.container_definitions:
        held = visit.container(spec.name)
        if held["lastStatus"] != WAITING or not held.get("pulled"):
            continue
        if hopeless := [one for one in _dependencies(spec) if _never(visit, one)]:
            coming += give_up(visit.at(spec.name), hopeless[0])
        elif all(_reached(visit, one) for one in _dependencies(spec)):
            coming.append(Next("start", visit.timing.create, spec.name))
    return coming


def _dependencies(spec: ContainerDefinition) -> Iterator[Dependency]:
    yield from spec.depends_on
    yield from (Dependency(link.partition(":")[0], "START") for link in spec.links)


def _reached(visit: Visit, dependency: Dependency) -> bool:
    held = visit.container(dependency.container_name)
    if dependency.condition == "START":
        return bool(held.get("runs"))
    if dependency.condition == "HEALTHY":
        return held.get("healthStatus") == "HEALTHY"
    ended = held["lastStatus"] == STOPPED
    return ended and (dependency.condition == "COMPLETE" or held.get("exitCode") == 0)


def _never(visit: Visit, dependency: Dependency) -> bool:
    held = visit.container(dependency.container_name)
    if _reached(visit, dependency):
        return False
    return held["lastStatus"] == STOPPED or bool(held.get("timedOut"))


def give_up(visit: Visit, dependency: Dependency) -> list[Next]:
    """A container that waits for what will never come is stopped before its start; if essential, so is the task."""
    other = visit.container(dependency.container_name)
    why = f"Exit: {other['exitCode']}" if "exitCode" in other else "timed out"
    edge = f"[{dependency.container_name} ({other['lastStatus']}) - {why}] for target [{visit.name}]"
    reason = f"CannotStartContainerError: dependency graph: failed to resolve container ordering dependency {edge}"
    visit.put(lastStatus=STOPPED, exitCode=NEVER_STARTED, reason=reason)
    if visit.spec.essential:
        visit.stop("TaskFailedToStart", reason)
        return []
    return [*advance(visit), *running(visit)]


def start(visit: Visit) -> list[Next]:
    """The container runs."""
    runs = int(visit.held.get("runs", 0)) + 1
    fields: Object = {"lastStatus": RUNNING, "runs": runs, "since": str(visit.world.clock.now)}
    fields["runtimeId"] = f"{visit.key.name}-{crc32(f'{visit.name}/{runs}'.encode()):010d}"
    fresh = {"healthStatus": "UNKNOWN", "healthSince": 0.0, "networkBindings": _bindings(visit)}
    visit.put(_now_running(visit, visit.name), **fields, **fresh)
    return [*coming(visit), *advance(visit)]


def coming(visit: Visit) -> list[Next]:
    """What a running container does next by itself, as it is told to now."""
    run, told, found = int(visit.held["runs"]), visit.told, []
    if told.exits_after is not None:
        found.append(Next("exit", max(told.exits_after - visit.ran, 0.0), visit.name, run))
    limit = visit.spec.memory or (int(visit.definition.memory) if visit.definition.memory else None)
    if told.memory is not None and limit is not None and told.memory > limit * 2**20:
        found.append(Next("oom", max(visit.answers_after - visit.ran, 0.0), visit.name, run))
    if visit.spec.health_check is not None:
        found.append(Next("health", 0.0, visit.name, run))
    if visit.spec.start_timeout is not None:
        found.append(Next("timeout", max(visit.spec.start_timeout - visit.ran, 0.0), visit.name, run))
    return found


def running(visit: Visit) -> list[Next]:
    """The task is RUNNING once every container has started or ended."""
    visit.change(**_now_running(visit, ""))
    return []


def _now_running(visit: Visit, starts: str) -> Object:
    """What becomes of the task when the container `starts` runs."""
    held = visit.world.require(visit.key)
    waiting = [name for name, status in visit.statuses().items() if status == WAITING and name != starts]
    if waiting or held["desiredStatus"] != RUNNING or held["lastStatus"] not in ("PENDING", "ACTIVATING"):
        return {}
    return {"lastStatus": RUNNING, "startedAt": visit.world.clock.stamp()}


def timed_out(visit: Visit) -> list[Next]:
    """The container has had its time to reach what others wait for."""
    waiting = any(
        one.container_name == visit.name and not _reached(visit, one)
        for spec in visit.definition.container_definitions
        for one in spec.depends_on
    )
    if not waiting:
        return []
    visit.put(timedOut=True)
    return advance(visit)


def _bindings(visit: Visit) -> list[Object]:
    if visit.definition.network_mode == "awsvpc" or not visit.spec.port_mappings:
        return []
    taken = _ports_taken(visit)
    bindings = []
    for port in visit.spec.port_mappings:
        number = port.host_port or next(_free(taken))
        taken.add(number)
        binding = {"bindIP": "0.0.0.0", "containerPort": port.container_port, "hostPort": number}
        bindings.append({**binding, "protocol": port.protocol})
    return bindings


def _ports_taken(visit: Visit) -> set[int]:
    place = ecs.key_of_arn(visit.task.container_instance_arn or "")
    if place is None or visit.world.get(place) is None:
        return set()
    instance = visit.world.read(place)
    return {*instance.ports("tcp"), *instance.ports("udp"), *_dynamic(visit, place)}


def _dynamic(visit: Visit, place: Key) -> Iterator[int]:
    for task in visit.world.into(place, "runs-on"):
        for container in visit.world.require(task)["containers"]:
            yield from (one["hostPort"] for one in container.get("networkBindings", ()))


def _free(taken: set[int]) -> Iterator[int]:
    first, last = quotas.EPHEMERAL_PORTS
    return (port for port in range(first, last + 1) if port not in taken)

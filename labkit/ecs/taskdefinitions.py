"""Task definitions: revisions of a family. Registered, described, listed, deregistered, deleted.

Source: ECS developer guide, "Task definition state"; botocore 1.44 ecs. A simplification: an INACTIVE revision is
refused at once, where ECS takes up to ten minutes; a deleted one stays as DELETE_IN_PROGRESS.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns, capabilities, definitionrules, quotas, sizes
from labkit.ecs.accountsettings import PRINCIPAL
from labkit.ecs.requests import Object, Request, checked_tags, failure, invalid, limited, page, refused
from labkit.kinds import Key, ecs

_KEPT = (
    "taskRoleArn", "executionRoleArn", "volumes", "placementConstraints", "runtimePlatform", "requiresCompatibilities",
    "inferenceAccelerators", "pidMode", "ipcMode", "proxyConfiguration", "ephemeralStorage", "enableFaultInjection",
    "trustedExecutionConfiguration",
)  # fmt: skip


def register_task_definition(world: Cluster, request: Request) -> Object:
    """Make the next revision of a family. ClientException, in the real words where they are known, for a bad one."""
    definitionrules.check(request)
    family = request["family"]
    revision = max((_revision(key) for key in _of_family(world, family)), default=0) + 1
    if revision > quotas.REVISIONS_PER_FAMILY:
        raise refused("The maximum number of revisions of this task definition family has been reached.")
    definition = _completed(world, request, revision)
    tags = checked_tags(request.get("tags"))
    stored = world.put(Key(ecs.TASK_DEFINITION, "", f"{family}:{revision}"), {**definition, "tags": tags})
    return {"taskDefinition": stored, **({"tags": tags} if tags else {})}


def _completed(world: Cluster, request: Request, revision: int) -> Object:
    mode = request.get("networkMode") or "bridge"
    definition: Object = {
        "taskDefinitionArn": arns.arn("task-definition", f"{request['family']}:{revision}"),
        "containerDefinitions": [_container(one, mode) for one in request["containerDefinitions"]],
        "family": request["family"],
        "networkMode": mode,
        "revision": revision,
        "volumes": [],
        "status": "ACTIVE",
        "placementConstraints": [],
        **{field: request[field] for field in _KEPT if request.get(field) is not None},
        "compatibilities": definitionrules.compatibilities(request),
        "registeredAt": world.clock.stamp(),
        "registeredBy": PRINCIPAL,
    }
    for field, read in (("cpu", sizes.cpu_units), ("memory", sizes.memory_mib)):
        if request.get(field):
            definition[field] = str(read(request[field]))
    definition["requiresAttributes"] = capabilities.required(definition)
    return definition


def _container(given: Any, mode: str) -> Object:
    full = {"cpu": 0, "environment": [], "essential": True, "mountPoints": [], "volumesFrom": [], "systemControls": []}
    full |= given
    return {**full, "portMappings": [_port(one, mode) for one in given.get("portMappings") or ()]}


def _port(given: Object, mode: str) -> Object:
    if "containerPort" not in given:
        return {"protocol": "tcp", **given}
    outside = given.get("hostPort") or 0 if mode == "bridge" else given["containerPort"]
    return {"protocol": "tcp", **given, "hostPort": outside}


def _of_family(world: Cluster, family: str) -> Iterator[Key]:
    return (key for key in world.keys(ecs.TASK_DEFINITION) if key.name.rpartition(":")[0] == family)


def _revision(key: Key) -> int:
    return int(key.name.rpartition(":")[2])


def find(world: Cluster, reference: str) -> Key | None:
    """The revision that a family, `family:revision` or ARN means; a family means its latest ACTIVE one."""
    name = arns.short(reference)
    if ":" in name:
        key = Key(ecs.TASK_DEFINITION, "", name)
        return key if world.get(key) is not None else None
    active = [key for key in _of_family(world, name) if world.require(key)["status"] == "ACTIVE"]
    return max(active, key=_revision, default=None)


def usable(world: Cluster, reference: str) -> Key:
    """The ACTIVE revision that is meant; ClientException if there is none, or it is INACTIVE."""
    key = find(world, reference)
    if key is None:
        raise refused("TaskDefinition not found.")
    if world.require(key)["status"] != "ACTIVE":
        raise refused("TaskDefinition is inactive")
    return key


def describe_task_definition(world: Cluster, request: Request) -> Object:
    """One revision, its tags where asked for."""
    key = find(world, request["taskDefinition"])
    if key is None:
        raise refused("Unable to describe task definition.")
    held = world.require(key)
    answer: Object = {"taskDefinition": held}
    return {**answer, "tags": held["tags"]} if "TAGS" in (request.get("include") or ()) else answer


def deregister_task_definition(world: Cluster, request: Request) -> Object:
    """Make a revision INACTIVE: what runs goes on, nothing new may be started with it."""
    reference = request["taskDefinition"]
    if ":" not in arns.short(reference):
        raise refused("The specified task definition must include a revision.")
    key = find(world, reference)
    if key is None or world.require(key)["status"] == "DELETE_IN_PROGRESS":
        raise refused("The specified task definition does not exist.")
    changed = {"status": "INACTIVE", "deregisteredAt": world.clock.stamp()}
    return {"taskDefinition": world.put(key, {**world.require(key), **changed})}


def delete_task_definitions(world: Cluster, request: Request) -> Object:
    """Delete INACTIVE revisions, at most ten at once; the others come back as failures."""
    answer: Object = {"taskDefinitions": [], "failures": []}
    for name in limited(request, "taskDefinitions", 10, "Task definitions"):
        key = find(world, name) if ":" in arns.short(name) else None
        if key is None:
            answer["failures"].append(failure(arns.arn("task-definition", arns.short(name))))
            continue
        held = world.require(key)
        if held["status"] == "ACTIVE":
            reason = (
                "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
            )
            answer["failures"].append(failure(held["taskDefinitionArn"], reason))
            continue
        changed = {"status": "DELETE_IN_PROGRESS", "deleteRequestedAt": world.clock.stamp()}
        answer["taskDefinitions"].append(world.put(key, {**held, **changed}))
    return answer


def list_task_definitions(world: Cluster, request: Request) -> Object:
    """ARNs by family and revision, of one family or of all; ACTIVE ones unless told."""
    family, status = request.get("familyPrefix"), request.get("status") or "ACTIVE"
    keys = _of_family(world, family) if family else iter(world.keys(ecs.TASK_DEFINITION))
    chosen = [key for key in keys if world.require(key)["status"] == status]
    chosen.sort(key=lambda key: (key.name.rpartition(":")[0], _revision(key)), reverse=request.get("sort") == "DESC")
    return page(request, [world.require(key)["taskDefinitionArn"] for key in chosen], "taskDefinitionArns")


def list_task_definition_families(world: Cluster, request: Request) -> Object:
    """Families that begin with a prefix; ACTIVE ones have an ACTIVE revision, INACTIVE ones have none."""
    prefix, status = request.get("familyPrefix") or "", request.get("status") or "ACTIVE"
    if status not in ("ACTIVE", "INACTIVE", "ALL"):
        raise invalid("Invalid task definition family status.")
    states: dict[str, set[str]] = {}
    for one in world.list(ecs.TASK_DEFINITION):
        states.setdefault(one["family"], set()).add(one["status"])
    found = [
        family
        for family, held in sorted(states.items())
        if family.startswith(prefix) and (status == "ALL" or ("ACTIVE" in held) == (status == "ACTIVE"))
    ]
    return page(request, found, "families")

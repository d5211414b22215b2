"""Container instances: launched, registered, described, listed, drained, deregistered.

`launch` stands for what an EC2 machine with the ECS agent does when it boots: it gets its interfaces and registers.
Source: ECS developer guide, "Container instances"; botocore 1.44 ecs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import accountsettings, arns, capabilities, quotas, resources
from labkit.ecs.iam.roles import INSTANCE
from labkit.ecs.requests import Object, Request, checked_tags, cluster_of, failure, invalid, limited, page
from labkit.errors import AwsError
from labkit.instancetypes import InstanceType, instance_type
from labkit.kinds import Key, ecs

VERSIONS = {"agentVersion": "1.102.0", "agentHash": "4a2c1d0f", "dockerVersion": "DockerVersion: 25.0.14"}
"""What runs on every machine."""


def launch(
    world: Cluster,
    kind: str = "m5.large",
    zone: str = "us-east-1a",
    cluster: str = "default",
    attributes: Mapping[str, str] | None = None,
    capacity_provider: str = "",
    spot: bool = False,
    machine: str = "",
    role: str = INSTANCE,
) -> Object:
    """Boot a machine of an instance type and register it with a cluster. LabError for a type that isn't known.

    `attributes`: its own, beside those that the agent reports. `machine`: its EC2 id, if it has one already.
    `role`: its instance role. Returns the container instance.
    """
    of = instance_type(kind)
    own = [{"name": name, "value": value} for name, value in (attributes or {}).items()]
    parts = {
        "ec2InstanceId": machine or arns.instance_id(world.rng),
        "totalResources": resources.registered(of, _gpu_ids(world, of)),
        "attributes": [*capabilities.attributes_of(of, zone), *own],
        "tags": [],
    }
    more: Object = {"capacityProviderName": capacity_provider} if capacity_provider else {}
    more |= {"spot": True} if spot else {}
    more |= {"role": role} if role != INSTANCE else {}
    return _registered(world, cluster_of(world, {"cluster": cluster}), parts, more)


def _gpu_ids(world: Cluster, of: InstanceType) -> list[str]:
    return [f"GPU-{arns.uuid_of(str(world.rng.getrandbits(64)))}" for _ in range(of.gpus)]


def register_container_instance(world: Cluster, request: Request) -> Object:
    """What an agent says of its machine; real ones are known by their identity document."""
    key = cluster_of(world, request)
    if not request.get("totalResources"):
        raise AwsError("ClientException", "The instance's resources must be specified.")
    if not all(one.get("name") for one in request["totalResources"]):
        raise invalid("A resource must have a name.")
    parts = {**request, "ec2InstanceId": arns.instance_id(world.rng), "tags": checked_tags(request.get("tags"))}
    return {"containerInstance": _registered(world, key, parts, {})}


def _registered(world: Cluster, cluster: Key, parts: Mapping[str, Any], more: Object) -> Object:
    if len(world.keys(ecs.CONTAINER_INSTANCE, cluster.name)) >= quotas.INSTANCES_PER_CLUSTER:
        raise AwsError("ClientException", "The maximum number of container instances for this cluster was reached.")
    given = parts.get("containerInstanceArn")
    key = Key(ecs.CONTAINER_INSTANCE, cluster.name, arns.short(given) if given else arns.new_id(world.rng))
    attributes = list(parts.get("attributes") or ())
    kind = next((one.get("value") for one in attributes if one["name"] == ecs.TYPE_ATTRIBUTE), "")
    instance = {
        "containerInstanceArn": arns.arn("container-instance", cluster.name, key.name),
        "ec2InstanceId": parts["ec2InstanceId"],
        "version": 1,
        "versionInfo": parts.get("versionInfo") or VERSIONS,
        "registeredResources": parts["totalResources"],
        "remainingResources": parts["totalResources"],
        "status": "ACTIVE",
        "agentConnected": True,
        "runningTasksCount": 0,
        "attributes": attributes,
        "registeredAt": world.clock.stamp(),
        "attachments": [],
        "tags": parts["tags"],
        "instanceType": kind,
        "enis": 0,
        "trunked": accountsettings.value(world, "awsvpcTrunking") == "enabled",
        **more,
    }
    return world.put(key, instance)


def find(world: Cluster, cluster: Key, reference: str) -> Key | None:
    """A container instance by id or ARN, None if it isn't there."""
    key = Key(ecs.CONTAINER_INSTANCE, cluster.name, arns.short(reference))
    return key if world.get(key) is not None else None


def describe_container_instances(world: Cluster, request: Request) -> Object:
    """Container instances by id or ARN."""
    cluster = cluster_of(world, request)
    names = limited(request, "containerInstances", 100, "Container instance")
    found = {name: find(world, cluster, name) for name in names}
    include = request.get("include") or ()
    return {
        "containerInstances": [shown(world, key, include) for key in found.values() if key],
        "failures": [failure(_arn(cluster, name)) for name, key in found.items() if not key],
    }


def _arn(cluster: Key, reference: str) -> str:
    return arns.arn("container-instance", cluster.name, arns.short(reference))


def shown(world: Cluster, key: Key, include: object = ()) -> Object:
    """An instance as it is answered; pending tasks are counted now."""
    held, asked = world.require(key), include if isinstance(include, list | tuple) else ()
    waiting = [task for task in _tasks(world, key) if task["lastStatus"] in ("PENDING", "ACTIVATING", "PROVISIONING")]
    answer = {**held, "pendingTasksCount": len(waiting)}
    if "TAGS" not in asked:
        answer["tags"] = []
    if "CONTAINER_INSTANCE_HEALTH" in asked:
        status = "OK" if held["agentConnected"] else "INSUFFICIENT_DATA"
        answer["healthStatus"] = {"overallStatus": status, "details": []}
    return answer


def _tasks(world: Cluster, key: Key) -> list[Object]:
    return [world.require(task) for task in world.into(key, "runs-on")]


def list_container_instances(world: Cluster, request: Request) -> Object:
    """The ARNs of a cluster's instances, of those that a `filter` in the cluster query language leaves.

    Without `status` all but INACTIVE ones. InvalidParameterException for a filter that can't be read.
    """
    cluster, status = cluster_of(world, request), request.get("status")
    keys = [
        key
        for key in world.keys(ecs.CONTAINER_INSTANCE, cluster.name)
        if (held := world.require(key)["status"]) == status or (status is None and held != "INACTIVE")
    ]
    if request.get("filter"):
        from labkit.ecs import choosing

        chosen = choosing.matching(world, cluster, request["filter"])
        keys = [key for key in keys if key.name in chosen]
    return page(request, [world.require(key)["containerInstanceArn"] for key in keys], "containerInstanceArns")


def update_container_instances_state(world: Cluster, request: Request) -> Object:
    """Set instances to DRAINING, or back to ACTIVE."""
    cluster, status = cluster_of(world, request), request["status"]
    names = limited(request, "containerInstances", 10, "Container instances")
    if status not in ("ACTIVE", "DRAINING"):
        raise invalid("Invalid container instance status. It must be ACTIVE or DRAINING.")
    answer: Object = {"containerInstances": [], "failures": []}
    for name in names:
        key = find(world, cluster, name)
        held = world.require(key)["status"] if key else ""
        if key is None or held not in ("ACTIVE", "DRAINING"):
            answer["failures"].append(failure(_arn(cluster, name), "INACTIVE" if key else "MISSING"))
            continue
        world.put(key, {**world.require(key), "status": status})
        answer["containerInstances"].append(shown(world, key))
    return answer


def deregister_container_instance(world: Cluster, request: Request) -> Object:
    """Take an instance out of the cluster; with `force` also where tasks run: they go on, and ECS sees them no more.

    It stays describable as INACTIVE for an hour.
    """
    cluster = cluster_of(world, request)
    key = find(world, cluster, request["containerInstance"])
    if key is None or world.require(key)["status"] == "INACTIVE":
        raise invalid("Container instance not found.")
    orphans = world.into(key, "runs-on")
    if orphans and not request.get("force"):
        raise invalid("Found running tasks on the instance.")
    for task in orphans:
        world.remove(task)
    changed = {"status": "INACTIVE", "agentConnected": False, "deregisteredAt": world.clock.stamp()}
    world.put(key, {**world.require(key), **changed})
    return {"containerInstance": shown(world, key)}

"""A task as it begins: its object, and what it takes of its instance.

Source: botocore 1.44 ecs Task, Container, Attachment; the order of states: ECS developer guide, "Task lifecycle".
"""

from __future__ import annotations

from typing import Any

import msgspec

from labkit.cluster import Cluster
from labkit.ecs import arns, capabilities, ebs, fargate, resources
from labkit.ecs.ordering import Order
from labkit.ecs.placement import reserved_by
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import ContainerDefinition, Reserved, TaskDefinition

Object = dict[str, Any]


def begin(
    world: Cluster, order: Order, instance: Key | None, zone: str = "", reserved: Reserved | None = None
) -> Object:
    """Put a task on an instance, or on Fargate in a zone, and reserve what it needs. Returns the task.

    `reserved`: what it needs, where that is known already.
    """
    key = Key(ecs.TASK, order.cluster.name, arns.new_id(world.rng))
    reserved = reserved or reserved_by(world.read(order.definition), order.overrides)
    gpu_ids = _reserve(world, instance, reserved) if instance else []
    place = world.require(instance)["containerInstanceArn"] if instance else None
    zone = world.read(instance).zone if instance else zone
    return world.put(key, _task(world, key, order, place, zone, reserved, gpu_ids))


def _reserve(world: Cluster, instance: Key, reserved: Reserved) -> list[str]:
    held = world.require(instance)
    gpu_ids = resources.free_gpus(held["remainingResources"], reserved.gpu) if reserved.gpu else []
    changed = {
        "remainingResources": resources.taken(held["remainingResources"], reserved, gpu_ids),
        "runningTasksCount": held["runningTasksCount"] + 1,
        "enis": held["enis"] + reserved.eni,
        "version": held["version"] + 1,
    }
    world.put(instance, {**held, **changed})
    return gpu_ids


def _task(
    world: Cluster, key: Key, order: Order, place: str | None, zone: str, reserved: Reserved, gpu_ids: list[str]
) -> Object:
    definition: TaskDefinition = world.read(order.definition)
    arn = arns.arn("task", key.namespace, key.name)
    attached = definition.network_mode == "awsvpc"
    architecture = definition.runtime_platform.get("cpuArchitecture", "X86_64").lower()
    task: Object = {
        "attachments": [
            *([_interface(key, order, zone)] if attached else []),
            *(ebs.attachment(arn, one) for one in order.volumes),
        ],
        "attributes": [{"name": "ecs.cpu-architecture", "value": architecture}],
        "availabilityZone": zone,
        "clusterArn": arns.cluster_arn(key.namespace),
        "containers": [
            _container(key, arn, one, order.overrides, attached) for one in definition.container_definitions
        ],
        "cpu": str(reserved.cpu),
        "createdAt": world.clock.stamp(),
        "desiredStatus": "RUNNING",
        "enableExecuteCommand": order.execute_command,
        "group": order.group,
        "healthStatus": "UNKNOWN",
        "lastStatus": "PROVISIONING" if attached or order.volumes or not place else "PENDING",
        "launchType": order.launch_type,
        "memory": str(reserved.memory),
        "overrides": _overrides(definition, order.overrides),
        "tags": list(order.tags),
        "taskArn": arn,
        "taskDefinitionArn": definition.task_definition_arn,
        "version": 1,
        "reserved": msgspec.to_builtins(reserved),
        "gpuIds": gpu_ids,
        "networkConfiguration": order.network,
        "loadBalancers": list(order.load_balancers),
        "placement": _asked(order),
        "volumeConfigurations": list(order.volumes),
        **order.more,
    }
    return {**task, **_where(definition, order, place), **({"startedBy": order.started_by} if order.started_by else {})}


def _asked(order: Order) -> Object:
    """What was asked of placement, so that it can be told, or asked again."""
    rules = {"constraints": list(order.constraints), "strategy": list(order.strategy)}
    return {**rules, "zones": list(order.zones), "provider": order.capacity_provider}


def assign(world: Cluster, key: Key, instance: Key) -> Object:
    """Give a task that waited an instance, and reserve there what it needs."""
    task, held = world.read(key), world.require(key)
    gpu_ids = _reserve(world, instance, task.reserved)
    place, zone = world.require(instance)["containerInstanceArn"], world.read(instance).zone
    status = "PROVISIONING" if task.reserved.eni or held["volumeConfigurations"] else "PENDING"
    told = {"containerInstanceArn": place, "availabilityZone": zone, "gpuIds": gpu_ids, "lastStatus": status}
    return world.put(key, {**held, **told, "version": held["version"] + 1})


def _where(definition: TaskDefinition, order: Order, place: str | None) -> Object:
    told: Object = {"containerInstanceArn": place} if place else {}
    if order.capacity_provider:
        told["capacityProviderName"] = order.capacity_provider
    return told | fargate.told(definition, order.platform_version) if order.is_fargate else told


def _overrides(definition: TaskDefinition, overrides: Object) -> Object:
    given = {one["name"]: one for one in overrides.get("containerOverrides") or ()}
    each = [given.get(one.name, {"name": one.name}) for one in definition.container_definitions]
    return {"inferenceAcceleratorOverrides": [], **overrides, "containerOverrides": each}


def _container(key: Key, task: str, one: ContainerDefinition, overrides: Object, attached: bool) -> Object:
    overs: list[Object] = overrides.get("containerOverrides") or []
    given: Object = next((over for over in overs if over["name"] == one.name), {})
    amounts = {
        "cpu": given.get("cpu", one.cpu),
        "memory": given.get("memory", one.memory),
        "memoryReservation": given.get("memoryReservation", one.memory_reservation),
    }
    told = {name: str(amount) for name, amount in amounts.items() if amount is not None}
    interfaces = [{"attachmentId": arns.uuid_of(f"eni/{task}"), "privateIpv4Address": address(key.name)}]
    return {
        "containerArn": arns.arn("container", key.namespace, key.name, arns.uuid_of(f"{task}/{one.name}")),
        "taskArn": task,
        "name": one.name,
        "image": one.image,
        "lastStatus": "PENDING",
        "networkInterfaces": interfaces if attached else [],
        "healthStatus": "UNKNOWN",
        **told,
    }


def _interface(key: Key, order: Order, zone: str) -> Object:
    wanted = [one for one in order.subnets if capabilities.zone_of(one, arns.REGION) in (zone, "")]
    subnet = (wanted or [*order.subnets, capabilities.subnet_of(zone)])[0]
    return {
        "id": arns.uuid_of(f"eni/{arns.arn('task', key.namespace, key.name)}"),
        "type": "ElasticNetworkInterface",
        "status": "PRECREATED",
        "details": [{"name": "subnetId", "value": subnet}],
    }


def address(task: str) -> str:
    """The private address of a task's interface, from the lab's network 10.0.0.0/16."""
    number = int(task[:8], 16)
    return f"10.0.{number % 250 + 1}.{number // 250 % 250 + 4}"


def attached(task: Object) -> list[Object]:
    """A task's attachments once its interface is there."""
    return [
        {**one, "status": "ATTACHED", "details": [*one["details"], *_details(task)]}
        if one["type"] == "ElasticNetworkInterface"
        else one
        for one in task["attachments"]
    ]


def _details(task: Object) -> list[Object]:
    name = arns.short(task["taskArn"])
    found = {
        "networkInterfaceId": f"eni-{name[:17]}",
        "macAddress": ":".join(("0a", *(name[place : place + 2] for place in range(0, 10, 2)))),
        "privateDnsName": f"ip-{address(name).replace('.', '-')}.ec2.internal",
        "privateIPv4Address": address(name),
    }
    return [{"name": field, "value": value} for field, value in found.items()]

"""Deployments of a service: what a new one looks like, and the calls about service deployments and revisions.

Each new deployment makes a service revision, which doesn't change, and a service deployment, which tells how it went.
They are kept in the service's own fields `revisions` and `serviceDeployments`. Source: botocore 1.44 ecs Deployment,
ServiceDeployment, ServiceRevision.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.ecs.requests import Object, Request, cluster_of, failure, limited, page
from labkit.errors import AwsError
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import TaskDefinition

SHARED = ("launchType", "platformVersion", "platformFamily", "networkConfiguration", "capacityProviderStrategy")
REVISED = (*SHARED, "loadBalancers", "serviceRegistries", "taskDefinition", "volumeConfigurations")


def with_deployment(world: Cluster, service: Object) -> Object:
    """A service whose newest deployment is to bring about what the service says now: PRIMARY, and IN_PROGRESS."""
    number = str(world.rng.randrange(10**18, 10**19))
    name = f"ecs-svc/{number}"
    now, key = world.clock.stamp(), ecs.key_of_arn(service["serviceArn"])
    assert key is not None
    deployment: Object = {
        "id": name,
        "status": "PRIMARY",
        "taskDefinition": service["taskDefinition"],
        "desiredCount": service["desiredCount"],
        "pendingCount": 0,
        "runningCount": 0,
        "failedTasks": 0,
        "createdAt": now,
        "updatedAt": now,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {name} in progress.",
        **{field: service[field] for field in SHARED if service.get(field)},
    }
    revision = _revision(world, key, number, service)
    deployment["serviceRevision"] = revision["serviceRevisionArn"]
    older = [{**one, "status": "ACTIVE"} if one["status"] == "PRIMARY" else one for one in service["deployments"]]
    return {
        **service,
        "deployments": [deployment, *older],
        "revisions": [*service.get("revisions", ()), revision],
        "serviceDeployments": [*service.get("serviceDeployments", ()), _tale(key, number, service, revision, now)],
    }


def _revision(world: Cluster, key: Key, number: str, service: Object) -> Object:
    definition: TaskDefinition = world.read(Key(ecs.TASK_DEFINITION, "", arns.short(service["taskDefinition"])))
    images = [{"containerName": one.name, "image": one.image} for one in definition.container_definitions]
    return {
        "serviceRevisionArn": arns.arn("service-revision", key.namespace, key.name, number),
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "containerImages": images,
        "guardDutyEnabled": False,
        "createdAt": world.clock.stamp(),
        **{field: service[field] for field in REVISED if service.get(field)},
    }


def _tale(key: Key, number: str, service: Object, revision: Object, now: str) -> Object:
    before = [one["serviceRevision"] for one in service["deployments"]]
    return {
        "serviceDeploymentArn": arns.arn("service-deployment", key.namespace, key.name, number),
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "createdAt": now,
        "startedAt": now,
        "updatedAt": now,
        "sourceServiceRevisions": [{"arn": arn} for arn in before],
        "targetServiceRevision": {"arn": revision["serviceRevisionArn"]},
        "status": "IN_PROGRESS",
        "deploymentConfiguration": service["deploymentConfiguration"],
    }


def list_service_deployments(world: Cluster, request: Request) -> Object:
    """A service's deployments, newest first, of some statuses or of all."""
    wanted, service = set(request.get("status") or ()), _service(world, request)
    told = [
        {**one, "targetServiceRevisionArn": one["targetServiceRevision"]["arn"]}
        for one in reversed(service["serviceDeployments"])
        if not wanted or one["status"] in wanted
    ]
    return page(request, told, "serviceDeployments", usual=20)


def _service(world: Cluster, request: Request) -> Object:
    cluster = cluster_of(world, request)
    held = world.get(Key(ecs.SERVICE, cluster.name, arns.short(request["service"])))
    if held is None:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    return held


def describe_service_deployments(world: Cluster, request: Request) -> Object:
    """Service deployments by ARN."""
    names = limited(request, "serviceDeploymentArns", 20, "Service deployments")
    return _described(world, names, "serviceDeployments", "serviceDeploymentArn", "serviceDeployments")


def describe_service_revisions(world: Cluster, request: Request) -> Object:
    """Service revisions by ARN."""
    names = limited(request, "serviceRevisionArns", 20, "Service revisions")
    return _described(world, names, "revisions", "serviceRevisionArn", "serviceRevisions")


def _described(world: Cluster, names: list[str], field: str, arn: str, label: str) -> Object:
    held = {one[arn]: one for service in world.list(ecs.SERVICE) for one in service[field]}
    missing = [failure(name) for name in names if name not in held]
    return {label: [held[name] for name in names if name in held], "failures": missing}


def told_of(world: Cluster, key: Key, service: Mapping[str, Any]) -> Object:
    """A service's fields that are counted when it is shown: of the service, and of each deployment.

    A task belongs to the deployment whose id it names as what started it.
    """
    alive = [task for task in _tasks(world, key) if task["lastStatus"] != "STOPPED"]
    running = [task for task in alive if task["lastStatus"] == "RUNNING"]
    waiting = [task for task in alive if task["desiredStatus"] == "RUNNING" and task["lastStatus"] != "RUNNING"]
    return {
        "runningCount": len(running),
        "pendingCount": len(waiting),
        "deployments": [
            {**one, "runningCount": _count(running, one["id"]), "pendingCount": _count(waiting, one["id"])}
            for one in service["deployments"]
        ],
    }


def _tasks(world: Cluster, key: Key) -> list[Object]:
    return [world.require(task) for task in world.out(key, "owns")]


def _count(tasks: list[Object], deployment: str) -> int:
    return sum(task.get("startedBy") == deployment for task in tasks)

"""Services: create, update, describe, list, delete. Their tasks are the scheduler's business.

Source: botocore 1.44 ecs CreateService, UpdateService, DeleteService; ECS developer guide, "Amazon ECS services";
literal messages from public reports.
"""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.ecs import arns, capacityproviders, quotas, servicerules, taskdefinitions, volumes
from labkit.ecs.accountsettings import PRINCIPAL
from labkit.ecs.deployments import told_of, with_deployment
from labkit.ecs.requests import Object, Request, checked_tags, cluster_of, failure, invalid, limited, page
from labkit.errors import AwsError
from labkit.kinds import Key, ecs
from labkit.kinds.ecs import TaskDefinition

_GIVEN = (
    "serviceRegistries", "networkConfiguration", "healthCheckGracePeriodSeconds", "platformVersion",
    "serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations",
)  # fmt: skip
_UPDATED = (
    "desiredCount", "placementConstraints", "placementStrategy", "loadBalancers", "enableExecuteCommand",
    "enableECSManagedTags", "propagateTags", "availabilityZoneRebalancing", "deploymentController", *_GIVEN,
)  # fmt: skip
DEPLOYED = (
    "taskDefinition", "capacityProviderStrategy", "networkConfiguration", "platformVersion", "loadBalancers",
    "serviceRegistries", "enableExecuteCommand", "serviceConnectConfiguration", "volumeConfigurations",
)  # fmt: skip
"""A change of one of these makes a new deployment; a change of desiredCount doesn't."""
_FORCE = (
    "When switching from launch type to capacity provider strategy on an existing service, or making a change to a "
    "capacity provider strategy on a service that is already using one, you must force a new deployment."
)


def create_service(world: Cluster, request: Request) -> Object:
    """Make a service with its first deployment. The same request once more answers the service as it is."""
    cluster = cluster_of(world, request)
    key = Key(ecs.SERVICE, cluster.name, request["serviceName"])
    held = world.get(key)
    if held is not None and held["status"] == "DRAINING":
        raise invalid("Unable to Start a service that is still Draining.")
    if held is not None and held["status"] == "ACTIVE":
        if held["asked"] != dict(request):
            raise invalid("Creation of service was not idempotent.")
        return {"service": shown(world, key, ("TAGS",))}
    service = _new(world, cluster, request)
    world.put(key, with_deployment(world, service))
    return {"service": shown(world, key, ("TAGS",))}


def _new(world: Cluster, cluster: Key, request: Request) -> Object:
    if len(world.keys(ecs.SERVICE, cluster.name)) >= quotas.SERVICES_PER_CLUSTER:
        raise invalid("The maximum number of services for this cluster has been reached.")
    if not request.get("taskDefinition"):
        raise invalid("TaskDefinition can not be blank.")
    definition = taskdefinitions.usable(world, request["taskDefinition"])
    scheduling = request.get("schedulingStrategy") or "REPLICA"
    service: Object = {
        "serviceArn": arns.arn("service", cluster.name, request["serviceName"]),
        "serviceName": request["serviceName"],
        "clusterArn": arns.cluster_arn(cluster.name),
        "loadBalancers": list(request.get("loadBalancers") or ()),
        "serviceRegistries": [],
        "status": "ACTIVE",
        "desiredCount": _desired(request, scheduling),
        "runningCount": 0,
        "pendingCount": 0,
        **_launch(world, cluster, request),
        "taskDefinition": world.require(definition)["taskDefinitionArn"],
        "deploymentConfiguration": servicerules.deployment_configuration(
            request.get("deploymentConfiguration"), scheduling
        ),
        "deployments": [],
        "events": [],
        "createdAt": world.clock.stamp(),
        "placementConstraints": list(request.get("placementConstraints") or ()),
        "placementStrategy": list(request.get("placementStrategy") or ()),
        "schedulingStrategy": scheduling,
        "deploymentController": request.get("deploymentController") or {"type": "ECS"},
        "createdBy": PRINCIPAL,
        "enableECSManagedTags": bool(request.get("enableECSManagedTags")),
        "propagateTags": request.get("propagateTags") or "NONE",
        "enableExecuteCommand": bool(request.get("enableExecuteCommand")),
        "tags": checked_tags(request.get("tags")),
        **{field: request[field] for field in _GIVEN if request.get(field) is not None},
        "asked": dict(request),
    }
    balanced = "DISABLED" if servicerules.unbalanceable(service) else "ENABLED"
    service["availabilityZoneRebalancing"] = request.get("availabilityZoneRebalancing") or balanced
    _check(world, world.read(definition), service)
    return service


def _desired(request: Request, scheduling: str) -> int:
    count = request.get("desiredCount")
    if scheduling == "DAEMON" and count is not None:
        what = "The daemon scheduling strategy does not support a desired count for services."
        raise invalid(f"{what} Remove the desired count value and try again")
    if scheduling == "REPLICA" and count is None:
        raise invalid("A desired count is required for the replica scheduling strategy.")
    return int(count or 0)


def _launch(world: Cluster, cluster: Key, request: Request) -> Object:
    held = world.require(cluster)
    if request.get("launchType") and request.get("capacityProviderStrategy"):
        told = "Specifying both a launch type and capacity provider strategy is not supported."
        raise invalid(f"{told} Remove one and try again.")
    given = request.get("capacityProviderStrategy")
    if given is None and not request.get("launchType"):
        given = held["defaultCapacityProviderStrategy"]
    strategy = capacityproviders.checked_strategy(given, held["capacityProviders"])
    return {"capacityProviderStrategy": strategy} if strategy else {"launchType": request.get("launchType") or "EC2"}


def find(world: Cluster, cluster: Key, reference: str) -> Key | None:
    """A service by name or ARN, None if it isn't there."""
    key = Key(ecs.SERVICE, cluster.name, arns.short(reference))
    return key if world.get(key) is not None else None


def update_service(world: Cluster, request: Request) -> Object:
    """Change a service; what its tasks are made of makes a new deployment, and so does forceNewDeployment."""
    cluster = cluster_of(world, request)
    key = _active(world, cluster, request["service"])
    held = world.require(key)
    new = {**held, **{field: request[field] for field in _UPDATED if request.get(field) is not None}}
    new = _relaunched(world, cluster, new, request)
    if request.get("desiredCount") is not None and held["schedulingStrategy"] == "DAEMON":
        _desired(request, "DAEMON")
    if request.get("taskDefinition"):
        chosen = taskdefinitions.usable(world, request["taskDefinition"])
        new["taskDefinition"] = world.require(chosen)["taskDefinitionArn"]
    if request.get("deploymentConfiguration"):
        merged = {**held["deploymentConfiguration"], **request["deploymentConfiguration"]}
        new["deploymentConfiguration"] = servicerules.deployment_configuration(merged, held["schedulingStrategy"])
    definition = world.read(Key(ecs.TASK_DEFINITION, "", arns.short(new["taskDefinition"])))
    _check(world, definition, new)
    if request.get("forceNewDeployment") or any(new.get(field) != held.get(field) for field in DEPLOYED):
        new = with_deployment(world, new)
    else:
        new["deployments"] = [_resized(one, new["desiredCount"]) for one in new["deployments"]]
    world.put(key, new)
    return {"service": shown(world, key, ("TAGS",))}


def _relaunched(world: Cluster, cluster: Key, service: Object, request: Request) -> Object:
    """The service with the capacity provider strategy asked for; an empty one leads back to the launch type."""
    given = request.get("capacityProviderStrategy")
    if given is None:
        return service
    strategy = capacityproviders.checked_strategy(given, world.require(cluster)["capacityProviders"])
    if strategy == service.get("capacityProviderStrategy", []):
        return service
    if not request.get("forceNewDeployment"):
        raise invalid(_FORCE)
    on_fargate = servicerules.is_on_fargate(service)
    other = {name: value for name, value in service.items() if name not in ("launchType", "capacityProviderStrategy")}
    launch = {"launchType": "FARGATE" if on_fargate else "EC2"}
    return {**other, **({"capacityProviderStrategy": strategy} if strategy else launch)}


def _check(world: Cluster, definition: TaskDefinition, service: Object) -> None:
    servicerules.check(definition, service)
    volumes.configured(world, definition, service.get("volumeConfigurations"), servicerules.is_on_fargate(service))


def _resized(deployment: Object, count: int) -> Object:
    return {**deployment, "desiredCount": count} if deployment["status"] == "PRIMARY" else deployment


def _active(world: Cluster, cluster: Key, reference: str) -> Key:
    key = find(world, cluster, reference)
    if key is None:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    if world.require(key)["status"] != "ACTIVE":
        raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
    return key


def delete_service(world: Cluster, request: Request) -> Object:
    """Delete a service that is scaled to 0, or any with `force`; it is DRAINING until its tasks have stopped."""
    cluster = cluster_of(world, request)
    key = find(world, cluster, request["service"])
    if key is None or world.require(key)["status"] == "INACTIVE":
        raise AwsError("ServiceNotFoundException", "Service not found.")
    held = world.require(key)
    if held["desiredCount"] and not request.get("force"):
        raise invalid("The service cannot be stopped while it is scaled above 0.")
    alive = [task for task in world.out(key, "owns") if world.require(task)["lastStatus"] != "STOPPED"]
    status = "DRAINING" if alive else "INACTIVE"
    world.put(key, {**held, "status": status, "desiredCount": 0})
    return {"service": shown(world, key, ())}


def describe_services(world: Cluster, request: Request) -> Object:
    """Services by name or ARN, at most ten."""
    cluster = cluster_of(world, request)
    found = {name: find(world, cluster, name) for name in limited(request, "services", 10, "Services")}
    include = request.get("include") or ()
    return {
        "services": [shown(world, key, include) for key in found.values() if key],
        "failures": [
            failure(arns.arn("service", cluster.name, arns.short(name))) for name, key in found.items() if not key
        ],
    }


def shown(world: Cluster, key: Key, include: object) -> Object:
    """A service as it is answered: counted now, its hundred newest events, tags only where asked for."""
    held = world.require(key)
    answer = {**held, **told_of(world, key, held), "events": held["events"][:100]}
    if "TAGS" not in (include if isinstance(include, list | tuple) else ()):
        answer["tags"] = []
    return answer


def list_services(world: Cluster, request: Request) -> Object:
    """The ARNs of a cluster's services, ten a page, by launch type or scheduling strategy."""
    cluster = cluster_of(world, request)
    wanted = {field: request[field] for field in ("launchType", "schedulingStrategy") if request.get(field)}
    found = [
        service["serviceArn"]
        for service in world.list(ecs.SERVICE, cluster.name)
        if service["status"] != "INACTIVE" and all(service.get(field) == value for field, value in wanted.items())
    ]
    return page(request, found, "serviceArns", usual=10)

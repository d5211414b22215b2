"""Clusters: create, describe, list, update, delete."""

from __future__ import annotations

from collections import Counter

from labkit.cluster import Cluster
from labkit.ecs import arns, quotas
from labkit.ecs.capacityproviders import checked_strategy, known
from labkit.ecs.requests import NAME, Object, Request, checked_tags, cluster_of, failure, invalid, page
from labkit.errors import AwsError
from labkit.kinds import Key, ecs

_SHOWN = {
    "TAGS": "tags", "SETTINGS": "settings", "CONFIGURATIONS": "configuration", "ATTACHMENTS": "attachments",
}  # fmt: skip
_REFUSALS = (
    ("activeServicesCount", "Services", "The Cluster cannot be deleted while Services are active."),
    (
        "registeredContainerInstancesCount", "ContainerInstances",
        "The Cluster cannot be deleted while Container Instances are active or draining.",
    ),
    ("activeTasks", "Tasks", "The Cluster cannot be deleted while Tasks are active."),
)  # fmt: skip


def create_cluster(world: Cluster, request: Request) -> Object:
    """Make a cluster, `default` if unnamed; one that is there and ACTIVE is answered as it is."""
    name = request.get("clusterName") or "default"
    if not NAME.fullmatch(name):
        raise invalid("Invalid cluster name.")
    key = Key(ecs.CLUSTER, "", name)
    held = world.get(key)
    if held is None or held["status"] == "INACTIVE":
        held = world.put(key, _new(world, name, request))
    return {"cluster": shown(world, key, _SHOWN)}


def _new(world: Cluster, name: str, request: Request) -> Object:
    if len(world.keys(ecs.CLUSTER)) >= quotas.CLUSTERS:
        raise AwsError("ClientException", "The maximum number of clusters has been reached.")
    providers = [known(world, one) for one in request.get("capacityProviders") or ()]
    return {
        "clusterArn": arns.cluster_arn(name),
        "clusterName": name,
        "status": "ACTIVE",
        "settings": request.get("settings") or [{"name": "containerInsights", "value": "disabled"}],
        "capacityProviders": providers,
        "defaultCapacityProviderStrategy": checked_strategy(request.get("defaultCapacityProviderStrategy"), providers),
        "tags": checked_tags(request.get("tags")),
        **({"configuration": request["configuration"]} if request.get("configuration") else {}),
    }


def describe_clusters(world: Cluster, request: Request) -> Object:
    """Clusters by name or ARN; `default` if none is named."""
    names = request.get("clusters") or ["default"]
    if len(names) > 100:
        raise invalid("Clusters cannot have more than 100 elements.")
    keys = [arns.cluster_key(name) for name in names]
    return {
        "clusters": [shown(world, key, request.get("include") or ()) for key in keys if world.get(key)],
        "failures": [failure(arns.cluster_arn(key.name)) for key in keys if not world.get(key)],
    }


def list_clusters(world: Cluster, request: Request) -> Object:
    """The ARNs of the clusters there are."""
    held = [one["clusterArn"] for one in world.list(ecs.CLUSTER) if one["status"] != "INACTIVE"]
    return page(request, held, "clusterArns")


def update_cluster(world: Cluster, request: Request) -> Object:
    """Change settings or configuration."""
    key = cluster_of(world, request)
    changed = {name: request[name] for name in ("settings", "configuration") if request.get(name)}
    world.put(key, {**world.require(key), **changed})
    return {"cluster": shown(world, key, _SHOWN)}


def put_cluster_capacity_providers(world: Cluster, request: Request) -> Object:
    """Replace a cluster's capacity providers and its default strategy."""
    key = cluster_of(world, request)
    providers = [known(world, one) for one in request["capacityProviders"]]
    if len(providers) > quotas.CAPACITY_PROVIDERS_PER_CLUSTER:
        raise invalid("A cluster can have at most 20 capacity providers.")
    _check_unused(world, key, providers)
    strategy = checked_strategy(request["defaultCapacityProviderStrategy"], providers)
    changed = {"capacityProviders": providers, "defaultCapacityProviderStrategy": strategy}
    world.put(key, {**world.require(key), **changed})
    return {"cluster": shown(world, key, _SHOWN)}


def _check_unused(world: Cluster, key: Key, kept: list[str]) -> None:
    used = {one.get("capacityProviderName") for one in world.list(ecs.TASK, key.name) if one["lastStatus"] != "STOPPED"}
    if gone := set(world.require(key)["capacityProviders"]) & used - set(kept):
        message = "The specified capacity provider is in use and cannot be removed."
        raise AwsError("ResourceInUseException", message, f"Tasks of {', '.join(sorted(map(str, gone)))} run still.")


def delete_cluster(world: Cluster, request: Request) -> Object:
    """Delete an empty cluster; it stays describable as INACTIVE."""
    key = cluster_of(world, request)
    counts = counted(world, key.name)
    for field, what, message in _REFUSALS:
        if counts[field]:
            raise AwsError(f"ClusterContains{what}Exception", message)
    world.put(key, {**world.require(key), "status": "INACTIVE"})
    return {"cluster": shown(world, key, ())}


def counted(world: Cluster, name: str) -> Counter[str]:
    """How many of what a cluster holds. Both ACTIVE and DRAINING instances are registered."""
    tasks = Counter(one["lastStatus"] for one in world.list(ecs.TASK, name))
    instances = [one["status"] for one in world.list(ecs.CONTAINER_INSTANCE, name)]
    services = [one["status"] for one in world.list(ecs.SERVICE, name)]
    counts = {
        "registeredContainerInstancesCount": sum(status in ("ACTIVE", "DRAINING") for status in instances),
        "runningTasksCount": tasks["RUNNING"],
        "pendingTasksCount": sum(tasks[status] for status in ("PROVISIONING", "PENDING", "ACTIVATING")),
        "activeServicesCount": services.count("ACTIVE"),
        "activeTasks": tasks.total() - tasks["STOPPED"],
    }
    return Counter(counts)


def shown(world: Cluster, key: Key, include: object) -> Object:
    """A cluster as it is answered: counted now; tags, settings and the like only where asked for."""
    held = world.require(key)
    asked = include if isinstance(include, list | tuple | dict | set) else ()
    hidden: Object = {field: [] for word, field in _SHOWN.items() if word not in asked and field != "configuration"}
    answer: Object = {**held, "statistics": [], **counted(world, key.name), **hidden}
    if "CONFIGURATIONS" not in asked:
        answer.pop("configuration", None)
    return answer

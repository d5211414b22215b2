"""Capacity providers: FARGATE and FARGATE_SPOT, which are always there, and Auto Scaling groups.

Source: botocore 1.44 ecs (AutoScalingGroupProvider, ManagedScaling); ECS developer guide, cluster capacity providers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.ecs.requests import NAME, Object, Request, checked_tags, failure, invalid, page, refused
from labkit.errors import AwsError
from labkit.kinds import Key, ecs

FARGATE = ("FARGATE", "FARGATE_SPOT")
_TAKEN = re.compile(r"(aws|ecs|fargate)", re.IGNORECASE)
_SCALING = {
    "status": "DISABLED", "targetCapacity": 100, "minimumScalingStepSize": 1, "maximumScalingStepSize": 10000,
    "instanceWarmupPeriod": 300,
}  # fmt: skip
_NOT_FOUND = "The specified capacity provider was not found. Specify a valid name or ARN and try again."


def create_capacity_provider(world: Cluster, request: Request) -> Object:
    """Make a capacity provider of an Auto Scaling group."""
    name, group = request["name"], request.get("autoScalingGroupProvider")
    if not NAME.fullmatch(name) or _TAKEN.match(name):
        raise invalid("The specified capacity provider name is invalid: it cannot start with aws, ecs or fargate.")
    if group is None:
        raise invalid("The specified capacity provider must have an Auto Scaling group provider.")
    key = Key(ecs.CAPACITY_PROVIDER, "", name)
    if (held := world.get(key)) is not None and held["status"] == "ACTIVE":
        raise refused("The specified capacity provider already exists. To change its configuration, update it.")
    completed = _completed(group)
    _check_group(world, completed)
    provider = {
        "capacityProviderArn": arns.arn("capacity-provider", name),
        "name": name,
        "status": "ACTIVE",
        "autoScalingGroupProvider": completed,
        "updateStatus": "CREATE_COMPLETE",
        "tags": checked_tags(request.get("tags")),
        "type": "EC2_AUTOSCALING",
    }
    return {"capacityProvider": world.put(key, provider)}


def _completed(group: Mapping[str, Any], held: Mapping[str, Any] | None = None) -> Object:
    before = held or {
        "managedScaling": _SCALING,
        "managedTerminationProtection": "DISABLED",
        "managedDraining": "ENABLED",
    }
    scaling = {**before["managedScaling"], **(group.get("managedScaling") or {})}
    full = {**before, **group, "managedScaling": scaling}
    if not 1 <= scaling["targetCapacity"] <= 100:
        raise invalid("The specified targetCapacity is not valid: it is a number from 1 to 100.")
    if full["managedTerminationProtection"] == "ENABLED" and scaling["status"] != "ENABLED":
        raise invalid("To enable managed termination protection, managed scaling must be enabled.")
    return full


def _check_group(world: Cluster, provider: Mapping[str, Any]) -> None:
    """Termination protection needs the group's own; a group that the lab doesn't have isn't asked."""
    held = world.get(Key(ecs.AUTO_SCALING_GROUP, "", arns.short(provider["autoScalingGroupArn"])))
    if provider["managedTerminationProtection"] != "ENABLED" or held is None:
        return
    if not held.get("NewInstancesProtectedFromScaleIn"):
        what = "The managed termination protection setting for the capacity provider is invalid. To enable managed"
        rest = "the Auto Scaling group must have instance protection from scale in enabled."
        raise invalid(f"{what} termination protection for a capacity provider, {rest}")


def update_capacity_provider(world: Cluster, request: Request) -> Object:
    """Change how a capacity provider scales."""
    key = _key(world, request["name"])
    held = world.require(key)
    group = _completed(request.get("autoScalingGroupProvider") or {}, held["autoScalingGroupProvider"])
    _check_group(world, group)
    return {"capacityProvider": world.put(key, {**held, "autoScalingGroupProvider": group})}


def describe_capacity_providers(world: Cluster, request: Request) -> Object:
    """Capacity providers by name or ARN, all of them if none is named."""
    own = {one["name"]: one for one in world.list(ecs.CAPACITY_PROVIDER)}
    held = {name: _fargate(name) for name in FARGATE} | own
    names = [arns.short(name) for name in request.get("capacityProviders") or held]
    tagged = "TAGS" in (request.get("include") or ())
    found = [held[name] if tagged else {**held[name], "tags": []} for name in names if name in held]
    missing = [failure(arns.arn("capacity-provider", name)) for name in names if name not in held]
    size = 100 if request.get("capacityProviders") else 10
    return {**page(request, found, "capacityProviders", size, size), "failures": missing}


def delete_capacity_provider(world: Cluster, request: Request) -> Object:
    """Delete a capacity provider that no cluster has."""
    key = _key(world, request["capacityProvider"])
    using = [one["clusterName"] for one in world.list(ecs.CLUSTER) if key.name in one["capacityProviders"]]
    if using:
        message = "The specified capacity provider cannot be deleted because it is associated with a cluster."
        raise AwsError("ClientException", message, f"Take it from {', '.join(using)} first.")
    held = {**world.require(key), "status": "INACTIVE", "updateStatus": "DELETE_COMPLETE"}
    world.remove(key)
    return {"capacityProvider": held}


def known(world: Cluster, reference: str) -> str:
    """The name of a capacity provider that is there; InvalidParameterException."""
    name = arns.short(reference)
    return name if name in FARGATE else _key(world, name).name


def checked_strategy(strategy: Iterable[Mapping[str, Any]] | None, providers: Iterable[str]) -> list[Object]:
    """A capacity provider strategy with its defaults (weight 0, base 0), checked against the cluster's providers."""
    items: list[Object] = [{"weight": 0, "base": 0, **one} for one in strategy or ()]
    for one in items:
        one["capacityProvider"] = arns.short(one["capacityProvider"])
        if one["capacityProvider"] not in list(providers):
            raise invalid(_NOT_FOUND)
    if items and not any(one["weight"] for one in items):
        raise invalid("The specified capacity provider strategy must have at least one weight greater than 0.")
    if sum(one["base"] > 0 for one in items) > 1:
        raise invalid("The specified capacity provider strategy can have only one base value greater than 0.")
    if len({one["capacityProvider"] in FARGATE for one in items}) > 1:
        raise invalid("The specified capacity provider strategy cannot contain both Fargate and Auto Scaling groups.")
    return items


def split(strategy: Iterable[Mapping[str, Any]], count: int) -> list[str]:
    """The provider of each of so many tasks: the base first, then in the ratio of the weights.

    Which provider gets the remainder of a ratio isn't published. labkit's choice: one task at a time, to the provider
    that is furthest behind its share; the first listed of several.
    """
    items = list(strategy)
    chosen = [one["capacityProvider"] for one in items for _ in range(one["base"])][:count]
    given, total = dict.fromkeys(range(len(items)), 0), sum(one["weight"] for one in items)
    for number in range(1, count - len(chosen) + 1):
        behind = [number * one["weight"] / total - given[place] for place, one in enumerate(items)]
        place = behind.index(max(behind))
        given[place] += 1
        chosen.append(items[place]["capacityProvider"])
    return chosen


def is_managed(world: Cluster, name: str) -> bool:
    """Whether ECS scales the provider's Auto Scaling group: what can't be placed waits in PROVISIONING."""
    held = world.get(Key(ecs.CAPACITY_PROVIDER, "", name))
    return held is not None and held["autoScalingGroupProvider"]["managedScaling"]["status"] == "ENABLED"


def group_of(provider: Mapping[str, Any]) -> str:
    """The name of a provider's Auto Scaling group."""
    return arns.short(provider["autoScalingGroupProvider"]["autoScalingGroupArn"])


def of_group(world: Cluster, group: str) -> str:
    """The provider of an Auto Scaling group, "" if there is none."""
    return next((one["name"] for one in world.list(ecs.CAPACITY_PROVIDER) if group_of(one) == group), "")


def _key(world: Cluster, reference: str) -> Key:
    key = Key(ecs.CAPACITY_PROVIDER, "", arns.short(reference))
    if world.get(key) is None:
        raise invalid(_NOT_FOUND)
    return key


def _fargate(name: str) -> Object:
    arn = arns.arn("capacity-provider", name)
    return {"capacityProviderArn": arn, "name": name, "status": "ACTIVE", "tags": [], "type": name}

"""Custom attributes of container instances: put, list, delete.

Source: botocore 1.44 ecs, Attribute: name and value of 1 to 128 characters each; at most 10 a resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from labkit.cluster import Cluster
from labkit.ecs import quotas
from labkit.ecs.containerinstances import find
from labkit.ecs.requests import Object, Request, cluster_of, invalid, page
from labkit.errors import AwsError
from labkit.kinds import Key, ecs

_NAME = re.compile(r"[a-zA-Z0-9\-_/\\.]{1,128}")
_VALUE = re.compile(r"(?! )[a-zA-Z0-9\-_/\\.@: ]{1,128}(?<! )")
OWN = ("ecs.", "com.amazonaws.")
"""What the names of attributes begin with that are not custom."""


def put_attributes(world: Cluster, request: Request) -> Object:
    """Set attributes, at most ten on an instance; those of the same name are replaced."""
    cluster = cluster_of(world, request)
    given = list(request["attributes"])
    if len(given) > quotas.ATTRIBUTES_PER_RESOURCE:
        raise invalid("Attributes cannot have more than 10 elements.")
    for one in given:
        _check(one)
    for key, new in _by_target(world, cluster, given).items():
        held = world.require(key)
        names = {one["name"] for one in new}
        attributes = [*(one for one in held["attributes"] if one["name"] not in names), *new]
        if sum(_is_custom(one) for one in attributes) > quotas.ATTRIBUTES_PER_RESOURCE:
            message = "You can apply up to 10 custom attributes for each resource."
            raise AwsError("AttributeLimitExceededException", message)
        world.put(key, {**held, "attributes": attributes})
    return {"attributes": given}


def _check(attribute: Mapping[str, str]) -> None:
    if not _NAME.fullmatch(attribute["name"]):
        raise invalid(f"Invalid attribute name: {attribute['name']}.")
    if attribute.get("value") is not None and not _VALUE.fullmatch(attribute["value"]):
        raise invalid(f"Invalid attribute value: {attribute['value']}.")


def _is_custom(attribute: Mapping[str, str]) -> bool:
    return not attribute["name"].startswith(OWN)


def delete_attributes(world: Cluster, request: Request) -> Object:
    """Take attributes off; one with a value is taken only where it has that value."""
    cluster, gone = cluster_of(world, request), list(request["attributes"])
    for key, names in _by_target(world, cluster, gone).items():
        held = world.require(key)
        values = {one["name"]: one.get("value") for one in names}
        kept = [
            one
            for one in held["attributes"]
            if one["name"] not in values or values[one["name"]] not in (None, one.get("value"))
        ]
        world.put(key, {**held, "attributes": kept})
    return {"attributes": gone}


def _by_target(world: Cluster, cluster: Key, attributes: Iterable[Mapping[str, str]]) -> dict[Key, list[Object]]:
    targets: dict[Key, list[Object]] = {}
    for one in attributes:
        if not one.get("targetId"):
            raise invalid("An attribute needs the target's id.")
        key = find(world, cluster, one["targetId"])
        if key is None or world.require(key)["status"] == "INACTIVE":
            raise AwsError("TargetNotFoundException", f"The specified target wasn't found: {one['targetId']}.")
        pair = {"name": one["name"], **({"value": one["value"]} if one.get("value") is not None else {})}
        targets.setdefault(key, []).append(pair)
    return targets


def list_attributes(world: Cluster, request: Request) -> Object:
    """Attributes of a cluster's instances, of one name or value or of all."""
    cluster, name, value = cluster_of(world, request), request.get("attributeName"), request.get("attributeValue")
    found = [
        {**one, "targetType": "container-instance", "targetId": instance["containerInstanceArn"]}
        for instance in world.list(ecs.CONTAINER_INSTANCE, cluster.name)
        if instance["status"] != "INACTIVE"
        for one in instance["attributes"]
        if name in (None, one["name"]) and value in (None, one.get("value"))
    ]
    return page(request, found, "attributes")

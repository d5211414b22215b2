"""Tags of anything that has an ARN."""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.ecs.requests import Object, Request, invalid, merged_tags
from labkit.errors import AwsError
from labkit.kinds import Key, ecs


def tag_resource(world: Cluster, request: Request) -> Object:
    """Set tags on a resource; those it has otherwise stay."""
    key = _key(world, request["resourceArn"])
    held = world.require(key)
    world.put(key, {**held, "tags": merged_tags(held.get("tags", ()), request["tags"])})
    return {}


def untag_resource(world: Cluster, request: Request) -> Object:
    """Take tags off a resource by their keys."""
    key, gone = _key(world, request["resourceArn"]), set(request["tagKeys"])
    held = world.require(key)
    world.put(key, {**held, "tags": [tag for tag in held.get("tags", ()) if tag["key"] not in gone]})
    return {}


def list_tags_for_resource(world: Cluster, request: Request) -> Object:
    """A resource's tags."""
    return {"tags": world.require(_key(world, request["resourceArn"])).get("tags", [])}


def _key(world: Cluster, arn: str) -> Key:
    key = ecs.key_of_arn(arn)
    if not arn.startswith("arn:aws:ecs:") or key is None:
        raise invalid("Invalid ARN.")
    if world.get(key) is None:
        raise AwsError("ResourceNotFoundException", "The specified resource wasn't found.")
    return key

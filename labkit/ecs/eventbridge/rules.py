"""Rules with a schedule and their targets, tasks of ECS.

Source: botocore 1.44 events PutRule, PutTargets, EcsParameters. Left out: event patterns, other targets, other buses
than `default`, retries and dead letter queues: a task that can't be placed is one that didn't run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns, runtask
from labkit.ecs.eventbridge import expressions
from labkit.ecs.requests import Object, Operation, Request
from labkit.errors import AwsError
from labkit.kinds import Key

KIND = "AWS::Events::Rule"
MOST = 5
"""Targets of a rule."""


def put_rule(world: Cluster, request: Request) -> Object:
    """Make a rule or change it; its targets stay."""
    expressions.parse(request.get("ScheduleExpression") or "")
    key = Key(KIND, "", request["Name"])
    arn = f"arn:aws:events:{arns.REGION}:{arns.ACCOUNT}:rule/{key.name}"
    held = world.get(key) or {"targets": {}, "created": world.clock.stamp(), "runs": 0, "failures": []}
    fresh = {"Name": key.name, "Arn": arn, "EventBusName": "default", "State": request.get("State") or "ENABLED"}
    given = {name: request[name] for name in ("ScheduleExpression", "Description", "RoleArn") if request.get(name)}
    world.put(key, {**held, **fresh, **given})
    return {"RuleArn": arn}


def _key(world: Cluster, name: str) -> Key:
    key = Key(KIND, "", name)
    if world.get(key) is None:
        told = f"Rule {name} does not exist on EventBus default."
        raise AwsError("ResourceNotFoundException", told)
    return key


def put_targets(world: Cluster, request: Request) -> Object:
    """Give a rule targets, each with an id; what has the id of another replaces it."""
    key = _key(world, request["Rule"])
    held = world.require(key)
    targets = {**held["targets"], **{one["Id"]: dict(one) for one in request["Targets"]}}
    if len(targets) > MOST:
        raise AwsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
    world.put(key, {**held, "targets": targets})
    return {"FailedEntryCount": 0, "FailedEntries": []}


def remove_targets(world: Cluster, request: Request) -> Object:
    """Take targets from a rule."""
    key = _key(world, request["Rule"])
    held = world.require(key)
    kept = {name: one for name, one in held["targets"].items() if name not in request["Ids"]}
    world.put(key, {**held, "targets": kept})
    return {"FailedEntryCount": 0, "FailedEntries": []}


def list_targets_by_rule(world: Cluster, request: Request) -> Object:
    """A rule's targets."""
    return {"Targets": list(world.require(_key(world, request["Rule"]))["targets"].values())}


def list_rules(world: Cluster, request: Request) -> Object:
    """All rules whose names begin as asked."""
    return {"Rules": [one for one in world.list(KIND) if one["Name"].startswith(request.get("NamePrefix") or "")]}


def describe_rule(world: Cluster, request: Request) -> Object:
    """One rule."""
    return world.require(_key(world, request["Name"]))


def delete_rule(world: Cluster, request: Request) -> Object:
    """Delete a rule that has no targets any more; one that isn't there is as good as deleted."""
    key = Key(KIND, "", request["Name"])
    held = world.get(key)
    if held is not None and held["targets"]:
        raise AwsError("ValidationException", "Rule can't be deleted since it has targets.")
    if held is not None:
        world.remove(key)
    return {}


def enable_rule(world: Cluster, request: Request) -> Object:
    """Let a rule run again."""
    key = _key(world, request["Name"])
    world.put(key, {**world.require(key), "State": "ENABLED"})
    return {}


def disable_rule(world: Cluster, request: Request) -> Object:
    """Let a rule rest."""
    key = _key(world, request["Name"])
    world.put(key, {**world.require(key), "State": "DISABLED"})
    return {}


def invoke(world: Cluster, key: Key) -> None:
    """Run the tasks of all targets of a rule; what fails is kept in the rule, and nothing is queued."""
    held = world.require(key)
    reasons = {name: _run(world, key.name, target) for name, target in held["targets"].items()}
    failed = [{"at": world.clock.stamp(), "target": name, "reason": why} for name, why in reasons.items() if why]
    world.put(key, {**held, "runs": held["runs"] + 1, "failures": [*held["failures"], *failed]})


def _run(world: Cluster, rule: str, target: Mapping[str, Any]) -> str:
    asked = target.get("EcsParameters") or {}
    request: Object = {"cluster": target["Arn"], "taskDefinition": asked.get("TaskDefinitionArn", "")}
    request |= {"count": asked.get("TaskCount", 1), "startedBy": f"events-rule/{rule}"[:128]}
    for given, name in (("LaunchType", "launchType"), ("Group", "group"), ("PlatformVersion", "platformVersion"),
                        ("CapacityProviderStrategy", "capacityProviderStrategy")):  # fmt: skip
        request |= {name: asked[given]} if asked.get(given) else {}
    if vpc := (asked.get("NetworkConfiguration") or {}).get("awsvpcConfiguration"):
        named = {name[0].lower() + name[1:]: value for name, value in vpc.items()}
        request["networkConfiguration"] = {"awsvpcConfiguration": named}
    for given, name in (("PlacementConstraints", "placementConstraints"), ("PlacementStrategy", "placementStrategy")):
        request |= {name: asked[given]} if asked.get(given) else {}
    try:
        failures = runtask.run_task(world, request)["failures"]
    except AwsError as refusal:
        return refusal.message
    return failures[0]["reason"] if failures else ""


OPERATIONS: Mapping[str, Operation] = {
    "PutRule": put_rule, "PutTargets": put_targets, "RemoveTargets": remove_targets, "ListRules": list_rules,
    "ListTargetsByRule": list_targets_by_rule, "DescribeRule": describe_rule, "DeleteRule": delete_rule,
    "EnableRule": enable_rule, "DisableRule": disable_rule,
}  # fmt: skip

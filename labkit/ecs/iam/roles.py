"""Roles: created, given policies, asked what they may.

Literal messages: IAM's answers in public reports. Source: botocore 1.44 iam; IAM user guide, "IAM roles".
"""

from __future__ import annotations

import json
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.ecs.iam import managed, policies
from labkit.ecs.requests import Object, Operation, Request
from labkit.errors import AwsError
from labkit.kinds import Key

ROLE = "AWS::IAM::Role"
INSTANCE, EXECUTION = "ecsInstanceRole", "ecsTaskExecutionRole"
_BEGINNING = {
    INSTANCE: ("ec2.amazonaws.com", "AmazonEC2ContainerServiceforEC2Role"),
    EXECUTION: ("ecs-tasks.amazonaws.com", "AmazonECSTaskExecutionRolePolicy"),
}
"""The roles that every lab has: who may take them on, and the policy they have."""


def name_of(reference: str) -> str:
    """A role's name, of its ARN or of itself."""
    return arns.short(reference)


def arn_of(name: str, path: str = "/") -> str:
    """A role's ARN."""
    return f"arn:aws:iam::{arns.ACCOUNT}:role{path}{name}"


def find(world: Cluster, reference: str) -> Object | None:
    """A role by name or ARN, None if there is none."""
    name = name_of(reference)
    held = world.get(Key(ROLE, "", name))
    if held is None and name in _BEGINNING:
        service, policy = _BEGINNING[name]
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return {**_role(name, "/", trust, world.clock.stamp(0.0)), "attached": [managed.arn(policy)]}
    return None if held is None or held.get("deleted") else held


def _role(name: str, path: str, trust: str, created: str) -> Object:
    number = arns.uuid_of(f"role/{name}").replace("-", "").upper()[:17]
    return {
        "Path": path, "RoleName": name, "RoleId": f"AROA{number}", "Arn": arn_of(name, path), "CreateDate": created,
        "AssumeRolePolicyDocument": trust, "MaxSessionDuration": 3600, "attached": [], "inline": {},
    }  # fmt: skip


def trusts(world: Cluster, reference: str, service: str) -> bool:
    """Whether a role is there and a service, such as `ecs-tasks.amazonaws.com`, may take it on."""
    held = find(world, reference)
    return held is not None and service in policies.principals(policies.read(held["AssumeRolePolicyDocument"]))


def verdict(world: Cluster, reference: str, action: str, resource: str = "*") -> str:
    """`allowed`, `implicitDeny` or `explicitDeny`: what a role's policies say; a role that isn't there may nothing."""
    held = find(world, reference)
    if held is None:
        return policies.NOT_ALLOWED
    known = [managed.document(arn) for arn in held["attached"]]
    inline = [policies.read(text) for text in held["inline"].values()]
    return policies.verdict([*filter(None, known), *inline], action, resource)


def may(world: Cluster, reference: str, action: str, resource: str = "*") -> bool:
    """Whether a role's policies allow an action."""
    return verdict(world, reference, action, resource) == policies.ALLOWED


def create_role(world: Cluster, request: Request) -> Object:
    """Make a role with its trust policy."""
    name = request["RoleName"]
    if find(world, name) is not None:
        raise AwsError("EntityAlreadyExists", f"Role with name {name} already exists.")
    policies.read(request["AssumeRolePolicyDocument"])
    role = _role(name, request.get("Path") or "/", request["AssumeRolePolicyDocument"], world.clock.stamp())
    more = {field: request[field] for field in ("Description", "Tags", "MaxSessionDuration") if request.get(field)}
    return {"Role": world.put(Key(ROLE, "", name), role | more)}


def get_role(world: Cluster, request: Request) -> Object:
    """One role."""
    return {"Role": _require(world, request)}


def list_roles(world: Cluster, request: Request) -> Object:
    """All roles, by name."""
    names = sorted({*_BEGINNING, *(key.name for key in world.keys(ROLE))})
    found = [role for name in names if (role := find(world, name)) is not None]
    return {"Roles": [one for one in found if one["Path"].startswith(request.get("PathPrefix") or "/")]}


def delete_role(world: Cluster, request: Request) -> Object:
    """Delete a role that has no policies left."""
    held = _require(world, request)
    if held["attached"]:
        raise AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.")
    if held["inline"]:
        raise AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.")
    world.put(Key(ROLE, "", held["RoleName"]), {**held, "deleted": True})
    return {}


def update_assume_role_policy(world: Cluster, request: Request) -> Object:
    """Change who may take a role on."""
    policies.read(request["PolicyDocument"])
    return _changed(world, request, AssumeRolePolicyDocument=request["PolicyDocument"])


def attach_role_policy(world: Cluster, request: Request) -> Object:
    """Give a role one of AWS's policies; NoSuchEntity for one that labkit doesn't know."""
    arn = request["PolicyArn"]
    if managed.document(arn) is None:
        told = f"Policy {arn} does not exist or is not attachable."
        raise AwsError("NoSuchEntity", told, f"labkit knows: {', '.join(managed.ACTIONS)}.")
    held = _require(world, request)["attached"]
    return _changed(world, request, attached=[*(one for one in held if one != arn), arn])


def detach_role_policy(world: Cluster, request: Request) -> Object:
    """Take a policy from a role."""
    held = _require(world, request)["attached"]
    if request["PolicyArn"] not in held:
        raise AwsError("NoSuchEntity", f"Policy {request['PolicyArn']} was not found.")
    return _changed(world, request, attached=[one for one in held if one != request["PolicyArn"]])


def list_attached_role_policies(world: Cluster, request: Request) -> Object:
    """The policies of AWS that a role has."""
    held = _require(world, request)["attached"]
    return {"AttachedPolicies": [{"PolicyName": arns.short(arn), "PolicyArn": arn} for arn in held]}


def put_role_policy(world: Cluster, request: Request) -> Object:
    """Write a policy into a role."""
    policies.read(request["PolicyDocument"])
    held = _require(world, request)["inline"]
    return _changed(world, request, inline={**held, request["PolicyName"]: request["PolicyDocument"]})


def get_role_policy(world: Cluster, request: Request) -> Object:
    """A policy written into a role."""
    held, name = _require(world, request), request["PolicyName"]
    _check_inline(held, name)
    return {"RoleName": held["RoleName"], "PolicyName": name, "PolicyDocument": held["inline"][name]}


def list_role_policies(world: Cluster, request: Request) -> Object:
    """The names of the policies written into a role."""
    return {"PolicyNames": sorted(_require(world, request)["inline"])}


def delete_role_policy(world: Cluster, request: Request) -> Object:
    """Take a policy out of a role."""
    held, name = _require(world, request)["inline"], request["PolicyName"]
    _check_inline(_require(world, request), name)
    return _changed(world, request, inline={one: text for one, text in held.items() if one != name})


def simulate_principal_policy(world: Cluster, request: Request) -> Object:
    """What a role may: one answer for each action and resource."""
    reference = request["PolicySourceArn"]
    _require(world, {"RoleName": name_of(reference)})
    answers = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": verdict(world, reference, action, resource),
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
        for action in request["ActionNames"]
        for resource in request.get("ResourceArns") or ["*"]
    ]
    return {"EvaluationResults": answers, "IsTruncated": False}


def _require(world: Cluster, request: Request) -> Object:
    name = request["RoleName"]
    held = find(world, name)
    if held is None:
        raise AwsError("NoSuchEntity", f"The role with name {name} cannot be found.")
    return held


def _check_inline(held: Object, name: str) -> None:
    if name not in held["inline"]:
        raise AwsError("NoSuchEntity", f"The role policy with name {name} cannot be found.")


def _changed(world: Cluster, request: Request, **fields: Any) -> Object:
    held = _require(world, request)
    world.put(Key(ROLE, "", held["RoleName"]), {**held, **fields})
    return {}


OPERATIONS: dict[str, Operation] = {
    "CreateRole": create_role,
    "GetRole": get_role,
    "ListRoles": list_roles,
    "DeleteRole": delete_role,
    "UpdateAssumeRolePolicy": update_assume_role_policy,
    "AttachRolePolicy": attach_role_policy,
    "DetachRolePolicy": detach_role_policy,
    "ListAttachedRolePolicies": list_attached_role_policies,
    "PutRolePolicy": put_role_policy,
    "GetRolePolicy": get_role_policy,
    "ListRolePolicies": list_role_policies,
    "DeleteRolePolicy": delete_role_policy,
    "SimulatePrincipalPolicy": simulate_principal_policy,
}

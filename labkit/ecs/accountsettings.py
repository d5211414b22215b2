"""Account settings: whether interfaces are trunked, whether clusters have Container Insights, and others.

Source: botocore 1.44 ecs, PutAccountSetting; ECS developer guide, "Account settings".
"""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.ecs.requests import Object, Request, invalid, page
from labkit.kinds import Key

SETTINGS = Key("AWS::ECS::AccountSettings", "", arns.ACCOUNT)
DEFAULTS = {
    "awsvpcTrunking": "disabled", "containerInsights": "disabled", "containerInstanceLongArnFormat": "enabled",
    "defaultLogDriverMode": "non-blocking", "fargateFIPSMode": "disabled", "fargateTaskRetirementWaitPeriod": "7",
    "fargateEventWindows": "disabled", "guardDutyActivate": "off", "serviceLongArnFormat": "enabled",
    "tagResourceAuthorization": "on", "taskLongArnFormat": "enabled",
}  # fmt: skip
PRINCIPAL = f"arn:aws:iam::{arns.ACCOUNT}:root"


def value(world: Cluster, name: str) -> str:
    """What a setting is now."""
    held = world.get(SETTINGS)
    return str((held or {"values": {}})["values"].get(name, DEFAULTS[name]))


def put_account_setting(world: Cluster, request: Request) -> Object:
    """Change a setting, of all principals: labkit's account has only one."""
    name, chosen = request["name"], request["value"]
    if name not in DEFAULTS:
        raise invalid("Invalid setting name.")
    held = world.get(SETTINGS) or {"values": {}}
    world.put(SETTINGS, {**held, "values": {**held["values"], name: chosen}})
    return {"setting": _setting(name, chosen)}


def delete_account_setting(world: Cluster, request: Request) -> Object:
    """Go back to a setting's default."""
    name, held = request["name"], world.get(SETTINGS) or {"values": {}}
    world.put(SETTINGS, {**held, "values": {one: text for one, text in held["values"].items() if one != name}})
    return {"setting": _setting(name, DEFAULTS.get(name, ""))}


def list_account_settings(world: Cluster, request: Request) -> Object:
    """The settings that were changed; with `effectiveSettings` all of them."""
    held = (world.get(SETTINGS) or {"values": {}})["values"]
    values = {**DEFAULTS, **held} if request.get("effectiveSettings") else held
    wanted, text = request.get("name"), request.get("value")
    settings = [
        _setting(name, chosen)
        for name, chosen in sorted(values.items())
        if wanted in (None, name) and text in (None, chosen)
    ]
    return page(request, settings, "settings", usual=10)


def _setting(name: str, chosen: str) -> Object:
    return {"name": name, "value": chosen, "principalArn": PRINCIPAL, "type": "user"}

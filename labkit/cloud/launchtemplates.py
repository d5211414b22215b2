"""Launch templates and launch configurations: what a group's machines are, and what they join.

Source: botocore 1.44 ec2 CreateLaunchTemplate, autoscaling CreateLaunchConfiguration. Left out: versions of a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.errors import AwsError
from labkit.kinds import Key

Object = dict[str, Any]
Request = Mapping[str, Any]

TEMPLATE = "AWS::EC2::LaunchTemplate"
CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
_FIELDS = ("InstanceType", "UserData", "IamInstanceProfile")


def create_launch_template(world: Cluster, request: Request) -> Object:
    """Make a launch template of LaunchTemplateData: type, user data, instance profile, whether Spot."""
    key = Key(TEMPLATE, "", request["LaunchTemplateName"])
    if world.get(key) is not None:
        code = "InvalidLaunchTemplateName.AlreadyExistsException"
        raise AwsError(code, "Launch template name already in use.")
    data = request["LaunchTemplateData"]
    kept = {name: data[name] for name in _FIELDS if data.get(name)}
    spot = (data.get("InstanceMarketOptions") or {}).get("MarketType") == "spot"
    number = f"lt-{arns.uuid_of(key.name).replace('-', '')[:17]}"
    named = {"LaunchTemplateId": number, "LaunchTemplateName": key.name, "CreateTime": world.clock.stamp()}
    world.put(key, {**named, "data": {**kept, "spot": spot}})
    return {"LaunchTemplate": {**named, "DefaultVersionNumber": 1, "LatestVersionNumber": 1}}


def create_launch_configuration(world: Cluster, request: Request) -> Object:
    """Make a launch configuration, the older form of a template."""
    key = Key(CONFIGURATION, "", request["LaunchConfigurationName"])
    if world.get(key) is not None:
        told = "Launch Configuration by this name already exists - A launch configuration already exists with the name"
        raise AwsError("AlreadyExists", f"{told} {key.name}")
    kept = {name: request[name] for name in _FIELDS if request.get(name)}
    if profile := request.get("IamInstanceProfile"):
        kept["IamInstanceProfile"] = {"Arn" if ":" in profile else "Name": profile}
    world.put(key, {"LaunchConfigurationName": key.name, "data": {**kept, "spot": bool(request.get("SpotPrice"))}})
    return {}


def data_of(world: Cluster, request: Request) -> Object:
    """What a group's machines are to be; ValidationError where nothing says it."""
    mixed = (request.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
    named = request.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification")
    if named:
        data = _template(world, named)
    elif request.get("LaunchConfigurationName"):
        held = world.get(Key(CONFIGURATION, "", request["LaunchConfigurationName"]))
        if held is None:
            raise _invalid("Launch configuration name not found - null")
        data = held["data"]
    else:
        what = "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or"
        raise _invalid(f"{what} MixedInstancesPolicy parameter.")
    others = [one["InstanceType"] for one in mixed.get("Overrides") or () if one.get("InstanceType")]
    return {**data, "InstanceType": others[0]} if others else data


def _template(world: Cluster, named: Request) -> Object:
    for held in world.list(TEMPLATE):
        if named.get("LaunchTemplateName") == held["LaunchTemplateName"] or (
            named.get("LaunchTemplateId") == held["LaunchTemplateId"]
        ):
            data: Object = held["data"]
            return data
    raise _invalid("You must use a valid fully-formed launch template. The specified launch template does not exist.")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)

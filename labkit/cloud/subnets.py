"""The lab's network, as EC2's DescribeSubnets tells it: a private subnet in each of six zones.

All lie in one VPC, 10.0.0.0/16 (which addresses each has isn't told), and have a NAT gateway as their way to the
internet, so that images can be pulled without public addresses. A subnet of another name may be used, its zone isn't
known then. Tasks of `awsvpc` go to the zones of their subnets. Left out: routes, security groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import arns, capabilities
from labkit.errors import AwsError

Object = dict[str, Any]
Request = Mapping[str, Any]

_ZONES = "abcdef"
_SUBNET_FILTERS = {
    "availability-zone": "AvailabilityZone", "availabilityZone": "AvailabilityZone", "vpc-id": "VpcId",
    "subnet-id": "SubnetId",
}  # fmt: skip


def describe_subnets(world: Cluster, request: Request) -> Object:
    """The lab's network: a private subnet in each of six zones, whose way to the internet is a NAT gateway."""
    held = {capabilities.subnet_of(letter): _subnet(letter) for letter in _ZONES}
    for name in request.get("SubnetIds") or ():
        if name not in held:
            raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{name}' does not exist")
    chosen = [held[name] for name in request.get("SubnetIds") or held]
    for one in request.get("Filters") or ():
        field = _SUBNET_FILTERS.get(one.get("Name", ""), "")
        chosen = [subnet for subnet in chosen if subnet.get(field) in (one.get("Values") or ())]
    return {"Subnets": chosen}


def _subnet(letter: str) -> Object:
    number = _ZONES.index(letter)
    return {
        "SubnetId": capabilities.subnet_of(letter),
        "AvailabilityZone": f"{arns.REGION}{letter}",
        "AvailabilityZoneId": f"use1-az{number + 1}",
        "VpcId": capabilities.VPC_ID,
        "State": "available",
        "MapPublicIpOnLaunch": False,
        "DefaultForAz": False,
        "OwnerId": arns.ACCOUNT,
    }

"""The lab's network by EC2's call."""

import pytest
from botocore.exceptions import ClientError

from labkit import Lab
from labkit.ecs import capabilities


@pytest.fixture(scope="module")
def ec2():
    return Lab.ecs(instances=1, seed=1).boto3.client("ec2")


def test_there_is_a_subnet_in_each_zone(ec2):
    subnets = ec2.describe_subnets()["Subnets"]
    assert [one["AvailabilityZone"][-1] for one in subnets] == list("abcdef")
    assert all(capabilities.zone_of(one["SubnetId"], "us-east-1") == one["AvailabilityZone"] for one in subnets)


def test_subnets_are_found_by_id_zone_and_vpc(ec2):
    name = capabilities.subnet_of("c")
    assert [one["AvailabilityZone"] for one in ec2.describe_subnets(SubnetIds=[name])["Subnets"]] == ["us-east-1c"]
    zone = {"Name": "availability-zone", "Values": ["us-east-1c"]}
    assert [one["SubnetId"] for one in ec2.describe_subnets(Filters=[zone])["Subnets"]] == [name]
    vpc = {"Name": "vpc-id", "Values": [capabilities.VPC_ID]}
    assert len(ec2.describe_subnets(Filters=[vpc])["Subnets"]) == 6
    with pytest.raises(ClientError, match="The subnet ID 'subnet-x' does not exist"):
        ec2.describe_subnets(SubnetIds=["subnet-x"])

"""Capacity providers."""

import pytest

from labkit.ecs.capacityproviders import checked_strategy
from labkit.errors import AwsError
from tests.ecs.conftest import caller

GROUP = {"autoScalingGroupArn": "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/g"}


@pytest.fixture
def call(bare):
    return caller(bare)


def test_fargate_is_always_there(call):
    names = [one["name"] for one in call("describe_capacity_providers")["capacityProviders"]]
    assert names == ["FARGATE", "FARGATE_SPOT"]


def test_a_group_gets_the_documented_defaults(call):
    made = call("create_capacity_provider", name="machines", autoScalingGroupProvider=GROUP)["capacityProvider"]
    group = made["autoScalingGroupProvider"]
    assert group["managedScaling"] == {
        "status": "DISABLED", "targetCapacity": 100, "minimumScalingStepSize": 1, "maximumScalingStepSize": 10000,
        "instanceWarmupPeriod": 300,
    }  # fmt: skip
    assert (group["managedTerminationProtection"], group["managedDraining"]) == ("DISABLED", "ENABLED")


@pytest.mark.parametrize("name", ["aws-one", "ECSone", "Fargate-mine", "with space"])
def test_names_that_are_taken_are_refused(call, name):
    with pytest.raises(AwsError, match="name is invalid"):
        call("create_capacity_provider", name=name, autoScalingGroupProvider=GROUP)


def test_scaling_is_updated_and_checked(call):
    call("create_capacity_provider", name="machines", autoScalingGroupProvider=GROUP)
    change = {"managedScaling": {"status": "ENABLED", "targetCapacity": 90}}
    made = call("update_capacity_provider", name="machines", autoScalingGroupProvider=change)["capacityProvider"]
    assert made["autoScalingGroupProvider"]["managedScaling"]["targetCapacity"] == 90
    with pytest.raises(AwsError, match="targetCapacity"):
        call(
            "update_capacity_provider",
            name="machines",
            autoScalingGroupProvider={"managedScaling": {"targetCapacity": 0}},
        )


def test_one_that_a_cluster_has_is_not_deleted(call):
    call("create_capacity_provider", name="machines", autoScalingGroupProvider=GROUP)
    call("create_cluster", clusterName="shop", capacityProviders=["machines"])
    with pytest.raises(AwsError, match="associated with a cluster"):
        call("delete_capacity_provider", capacityProvider="machines")


def test_a_missing_one_is_a_failure(call):
    assert call("describe_capacity_providers", capacityProviders=["x"])["failures"][0]["reason"] == "MISSING"


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ([{"capacityProvider": "FARGATE"}], "at least one weight greater than 0"),
        ([{"capacityProvider": "a", "base": 1, "weight": 1}, {"capacityProvider": "b", "base": 1}], "only one base"),
        ([{"capacityProvider": "a", "weight": 1}, {"capacityProvider": "FARGATE", "weight": 1}], "cannot contain both"),
        ([{"capacityProvider": "x", "weight": 1}], "was not found"),
    ],
)
def test_strategies_that_cannot_be_are_refused(strategy, message):
    with pytest.raises(AwsError, match=message):
        checked_strategy(strategy, ["a", "b", "FARGATE"])

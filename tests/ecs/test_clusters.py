"""Clusters."""

import pytest

from labkit.ecs.containerinstances import launch
from labkit.errors import AwsError
from tests.ecs.conftest import caller


def test_a_cluster_is_made_once_and_answered_again(bare):
    call, before = caller(bare), len(bare.history)
    assert call("create_cluster")["cluster"]["status"] == "ACTIVE"
    assert len(bare.history) == before
    assert call("create_cluster", clusterName="shop")["cluster"]["clusterArn"].endswith(":cluster/shop")
    assert [arn.rpartition("/")[2] for arn in call("list_clusters")["clusterArns"]] == ["default", "shop"]


def test_counts_are_those_of_now(call, world):
    call("run_task", taskDefinition="web", count=2)
    cluster = call("describe_clusters")["clusters"][0]
    counts = ("registeredContainerInstancesCount", "runningTasksCount", "pendingTasksCount", "activeServicesCount")
    assert [cluster[name] for name in counts] == [3, 0, 2, 0]


def test_a_missing_cluster_is_a_failure_not_an_exception(call):
    answer = call("describe_clusters", clusters=["default", "nix"])
    assert [one["clusterName"] for one in answer["clusters"]] == ["default"]
    missing = {"arn": "arn:aws:ecs:us-east-1:123456789012:cluster/nix", "reason": "MISSING"}
    assert answer["failures"] == [missing]


def test_tags_and_settings_are_shown_only_where_asked_for(bare):
    call = caller(bare)
    call("create_cluster", clusterName="shop", tags=[{"key": "a", "value": "b"}])
    plain = call("describe_clusters", clusters=["shop"])["clusters"][0]
    full = call("describe_clusters", clusters=["shop"], include=["TAGS", "SETTINGS"])["clusters"][0]
    assert (plain["tags"], plain["settings"]) == ([], [])
    assert full["tags"] == [{"key": "a", "value": "b"}]
    assert full["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    call("update_cluster_settings", cluster="shop", settings=[{"name": "containerInsights", "value": "enabled"}])
    full = call("describe_clusters", clusters=["shop"], include=["SETTINGS"])["clusters"][0]
    assert full["settings"][0]["value"] == "enabled"


def test_a_cluster_with_something_in_it_is_not_deleted(bare):
    call = caller(bare)
    instance = launch(bare)
    with pytest.raises(AwsError, match="Container Instances are active or draining") as refusal:
        call("delete_cluster", cluster="default")
    assert refusal.value.code == "ClusterContainsContainerInstancesException"
    call("deregister_container_instance", containerInstance=instance["containerInstanceArn"])
    assert call("delete_cluster", cluster="default")["cluster"]["status"] == "INACTIVE"
    assert call("list_clusters")["clusterArns"] == []
    with pytest.raises(AwsError, match="Cluster not found"):
        call("list_tasks")


def test_a_cluster_with_services_or_tasks_is_not_deleted(call):
    call("create_service", serviceName="shop", taskDefinition="web", desiredCount=0)
    with pytest.raises(AwsError) as refusal:
        call("delete_cluster", cluster="default")
    assert refusal.value.code == "ClusterContainsServicesException"


def test_capacity_providers_must_be_known_and_not_in_use(call):
    with pytest.raises(AwsError, match="capacity provider was not found"):
        call(
            "put_cluster_capacity_providers",
            cluster="default",
            capacityProviders=["x"],
            defaultCapacityProviderStrategy=[],
        )
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}]
    answer = call(
        "put_cluster_capacity_providers", cluster="default", capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=strategy,
    )  # fmt: skip
    assert answer["cluster"]["defaultCapacityProviderStrategy"] == [
        {"capacityProvider": "FARGATE", "weight": 1, "base": 0}
    ]

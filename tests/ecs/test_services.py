"""Services: their calls, their rules, their deployments."""

import pytest

from labkit.errors import AwsError
from tests.ecs.conftest import container

ZONES = "attribute:ecs.availability-zone"


@pytest.fixture
def create(call):
    """Create the service `shop` of web:1."""
    return lambda **more: call(
        "create_service", **{"serviceName": "shop", "taskDefinition": "web", "desiredCount": 2, **more}
    )["service"]


def test_a_service_begins_with_one_deployment_in_progress(create):
    service = create()
    deployment = service["deployments"][0]
    assert (service["status"], service["desiredCount"], service["launchType"]) == ("ACTIVE", 2, "EC2")
    assert (deployment["status"], deployment["rolloutState"]) == ("PRIMARY", "IN_PROGRESS")
    assert deployment["rolloutStateReason"] == f"ECS deployment {deployment['id']} in progress."
    assert deployment["taskDefinition"].endswith("web:1") and deployment["desiredCount"] == 2


@pytest.mark.parametrize(
    ("asked", "most", "least"),
    [({}, 200, 100), ({"schedulingStrategy": "DAEMON", "desiredCount": None}, 100, 0)],
)
def test_bounds_follow_from_the_scheduling_strategy(create, asked, most, least):
    held = create(**asked)["deploymentConfiguration"]
    assert (held["maximumPercent"], held["minimumHealthyPercent"], held["strategy"]) == (most, least, "ROLLING")
    assert held["deploymentCircuitBreaker"] == {"enable": False, "rollback": False}


def test_the_same_request_answers_the_same_service(create, call):
    assert create()["deployments"] == create()["deployments"]
    with pytest.raises(AwsError, match=r"Creation of service was not idempotent\."):
        create(desiredCount=3)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"taskDefinition": "nix"}, "TaskDefinition not found"),
        ({"serviceName": "a b"}, "Invalid service name"),
        ({"desiredCount": None}, "desired count is required"),
        ({"desiredCount": 5001}, "at most 5000"),
        ({"schedulingStrategy": "DAEMON"}, "does not support a desired count"),
        ({"launchType": "FARGATE"}, "does not support launch_type FARGATE"),
        ({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}}}, "not valid for the given networkMode"),
        ({"placementStrategy": [{"type": "spread"}]}, "Invalid placement strategy field"),
        ({"deploymentConfiguration": {"maximumPercent": 50}}, "Invalid deployment configuration"),
        ({"deploymentConfiguration": {"minimumHealthyPercent": 150, "maximumPercent": 120}}, "Invalid deployment"),
        ({"loadBalancers": [{"containerName": "db", "containerPort": 80}]}, "container db does not exist"),
        ({"loadBalancers": [{"containerName": "web", "containerPort": 80}]}, "did not have a container port 80"),
        ({"launchType": "EC2", "capacityProviderStrategy": [{"capacityProvider": "x"}]}, "Specifying both"),
        ({"capacityProviderStrategy": [{"capacityProvider": "x", "weight": 1}]}, "capacity provider was not found"),
        (
            {"availabilityZoneRebalancing": "ENABLED", "placementStrategy": [{"type": "binpack", "field": "cpu"}]},
            "rebalancing is not supported",
        ),
    ],
)
def test_what_is_asked_wrongly_is_refused_and_nothing_written(create, world, asked, message):
    before = len(world.history)
    with pytest.raises(AwsError, match=message):
        create(**asked)
    assert len(world.history) == before


@pytest.mark.parametrize(
    ("asked", "balanced"),
    [
        ({}, "ENABLED"),
        ({"placementStrategy": [{"type": "spread", "field": ZONES}, {"type": "binpack", "field": "cpu"}]}, "ENABLED"),
        ({"placementStrategy": [{"type": "binpack", "field": "cpu"}]}, "DISABLED"),
        ({"placementConstraints": [{"type": "memberOf", "expression": f"{ZONES} == us-east-1a"}]}, "DISABLED"),
        ({"deploymentConfiguration": {"maximumPercent": 100}}, "DISABLED"),
        ({"schedulingStrategy": "DAEMON", "desiredCount": None}, "DISABLED"),
    ],
)
def test_zones_are_rebalanced_where_that_is_possible(create, asked, balanced):
    assert create(**asked)["availabilityZoneRebalancing"] == balanced


def test_a_new_count_is_no_deployment_but_a_new_definition_is(create, call):
    create()
    scaled = call("update_service", service="shop", desiredCount=4)["service"]
    assert [one["desiredCount"] for one in scaled["deployments"]] == [4]
    call("register_task_definition", family="web", containerDefinitions=[container()])
    assert len(call("update_service", service="shop", taskDefinition="web:1")["service"]["deployments"]) == 1
    renewed = call("update_service", service="shop", taskDefinition="web")["service"]
    assert [one["status"] for one in renewed["deployments"]] == ["PRIMARY", "ACTIVE"]
    assert renewed["deployments"][0]["taskDefinition"].endswith("web:2")
    forced = call("update_service", service="shop", forceNewDeployment=True)["service"]
    assert [one["status"] for one in forced["deployments"]] == ["PRIMARY", "ACTIVE", "ACTIVE"]


def test_each_deployment_has_its_revision_and_its_tale(create, call):
    create()
    call("update_service", service="shop", forceNewDeployment=True)
    newest, first = call("list_service_deployments", service="shop")["serviceDeployments"]
    told = call("describe_service_deployments", serviceDeploymentArns=[newest["serviceDeploymentArn"], "nix"])
    sources = told["serviceDeployments"][0]["sourceServiceRevisions"]
    assert sources == [{"arn": first["targetServiceRevisionArn"]}] and told["failures"][0]["reason"] == "MISSING"
    arns = [newest["targetServiceRevisionArn"]]
    revision = call("describe_service_revisions", serviceRevisionArns=arns)["serviceRevisions"][0]
    assert revision["containerImages"] == [{"containerName": "web", "image": "nginx"}]


def test_a_service_is_deleted_at_zero_or_by_force(create, call):
    create()
    with pytest.raises(AwsError, match="cannot be stopped while it is scaled above 0"):
        call("delete_service", service="shop")
    assert call("delete_service", service="shop", force=True)["service"]["status"] == "INACTIVE"
    assert call("list_services")["serviceArns"] == []
    with pytest.raises(AwsError) as refusal:
        call("update_service", service="shop", desiredCount=1)
    assert refusal.value.code == "ServiceNotActiveException"
    with pytest.raises(AwsError) as refusal:
        call("update_service", service="nix", desiredCount=1)
    assert refusal.value.code == "ServiceNotFoundException"
    assert create(desiredCount=1)["status"] == "ACTIVE"


def test_services_are_listed_by_strategy_ten_a_page(create, call):
    for number in range(12):
        create(serviceName=f"s{number}", desiredCount=0)
    create(serviceName="d", schedulingStrategy="DAEMON", desiredCount=None)
    first = call("list_services")
    assert len(first["serviceArns"]) == 10
    assert len(call("list_services", nextToken=first["nextToken"])["serviceArns"]) == 3
    assert len(call("list_services", schedulingStrategy="DAEMON")["serviceArns"]) == 1
    with pytest.raises(AwsError, match="at most 10 items"):
        call("describe_services", services=[f"s{number}" for number in range(11)])


@pytest.fixture
def fleet(call):
    """The cluster has the providers FARGATE and FARGATE_SPOT."""
    providers = ["FARGATE", "FARGATE_SPOT"]
    return call("put_cluster_capacity_providers", cluster="default", capacityProviders=providers,
                defaultCapacityProviderStrategy=[])  # fmt: skip


def test_a_strategy_is_changed_by_a_forced_deployment_alone(create, call, fleet):
    vpc = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    size = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
    call("register_task_definition", family="f", containerDefinitions=[container(cpu=0)], **size)
    create(taskDefinition="f", launchType="FARGATE", networkConfiguration=vpc)
    asked = {"service": "shop", "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}
    with pytest.raises(AwsError, match=r"you must force a new deployment\."):
        call("update_service", **asked)
    found = call("update_service", **asked, forceNewDeployment=True)["service"]
    assert found["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    assert "launchType" not in found and len(found["deployments"]) == 2
    assert call("update_service", **asked)["service"]["deployments"] == found["deployments"]
    back = call("update_service", service="shop", capacityProviderStrategy=[], forceNewDeployment=True)["service"]
    assert back["launchType"] == "FARGATE" and "capacityProviderStrategy" not in back


def test_a_strategy_of_strangers_is_refused_on_update_too(create, call):
    create()
    with pytest.raises(AwsError, match="capacity provider was not found"):
        call("update_service", service="shop", forceNewDeployment=True,
             capacityProviderStrategy=[{"capacityProvider": "x", "weight": 1}])  # fmt: skip

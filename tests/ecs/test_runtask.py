"""RunTask and StartTask: what is reserved, what fails, and what is asked wrongly."""

import pytest

from labkit.ecs.ordering import Order
from labkit.errors import AwsError
from labkit.kinds import Key, ecs
from tests.ecs.conftest import container

VPC = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}


def instances(world):
    return [world.read(key) for key in world.keys(ecs.CONTAINER_INSTANCE)]


def reasons(answer):
    return {one["reason"] for one in answer["failures"]}


def test_a_task_begins_pending_on_an_instance_with_what_it_needs(call, world):
    task = call("run_task", taskDefinition="web", startedBy="me")["tasks"][0]
    assert (task["lastStatus"], task["desiredStatus"], task["group"]) == ("PENDING", "RUNNING", "family:web")
    assert (task["cpu"], task["memory"], task["startedBy"]) == ("256", "512", "me")
    instance = world.read(ecs.key_of_arn(task["containerInstanceArn"]))
    assert (instance.remaining("CPU"), instance.remaining("MEMORY")) == (2048 - 256, 7680 - 512)
    assert instance.running_tasks_count == 1 and task["availabilityZone"] == instance.zone


def test_reservations_count_before_limits_and_overrides_before_both(call, world):
    soft = [container(memory=1024, memoryReservation=128)]
    call("register_task_definition", family="soft", containerDefinitions=soft)
    assert call("run_task", taskDefinition="soft")["tasks"][0]["memory"] == "128"
    overrides = {"containerOverrides": [{"name": "web", "memoryReservation": 64, "cpu": 10}]}
    task = call("run_task", taskDefinition="soft", overrides=overrides)["tasks"][0]
    assert (task["memory"], task["cpu"]) == ("64", "10")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"cpu": 4096}, "RESOURCE:CPU"), ({"memory": 8192}, "RESOURCE:MEMORY")],
)
def test_a_task_too_big_fails_with_an_entry_for_each_instance(call, fields, reason):
    call("register_task_definition", family="big", containerDefinitions=[container(**fields)])
    answer = call("run_task", taskDefinition="big", count=5)
    assert answer["tasks"] == [] and len(answer["failures"]) == 3 and reasons(answer) == {reason}


def test_a_host_port_is_given_once_an_instance(call):
    ports = [{"containerPort": 80, "hostPort": 80}, {"containerPort": 53, "hostPort": 53, "protocol": "udp"}]
    call(
        "register_task_definition", family="port", containerDefinitions=[container(cpu=1, memory=6, portMappings=ports)]
    )
    answer = call("run_task", taskDefinition="port", count=5)
    assert len(answer["tasks"]) == 3 and reasons(answer) == {"RESOURCE:PORTS"}


def test_interfaces_are_few(call):
    small = [container(cpu=1, memory=6)]
    call("register_task_definition", family="own", networkMode="awsvpc", containerDefinitions=small)
    answer = call("run_task", taskDefinition="own", count=10, networkConfiguration=VPC)
    assert len(answer["tasks"]) == 6 and reasons(answer) == {"RESOURCE:ENI"}
    assert {task["lastStatus"] for task in answer["tasks"]} == {"PROVISIONING"}


def test_gpus_are_given_by_their_ids(lab):
    lab.launch(1, "p3.2xlarge")
    need = [container(resourceRequirements=[{"type": "GPU", "value": "1"}])]
    lab.client.register_task_definition(family="gpu", containerDefinitions=need)
    first, second = (lab.client.run_task(taskDefinition="gpu") for _ in range(2))
    assert len(first["tasks"]) == 1 and second["tasks"] == []
    assert "RESOURCE:GPU" in reasons(second) or "ATTRIBUTE" in reasons(second)


def test_draining_instances_and_lost_agents_get_no_tasks(call, world):
    keys = world.keys(ecs.CONTAINER_INSTANCE)
    call("update_container_instances_state", containerInstances=[keys[0].name], status="DRAINING")
    world.put(keys[1], {**world.get(keys[1]), "agentConnected": False})
    answer = call("run_task", taskDefinition="web", count=10)
    assert {task["containerInstanceArn"].rpartition("/")[2] for task in answer["tasks"]} == {keys[2].name}


def test_an_empty_cluster_is_refused(bare, call):
    call("create_cluster", clusterName="empty")
    with pytest.raises(AwsError, match=r"No Container Instances were found in your cluster\."):
        call("run_task", cluster="empty", taskDefinition="web")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"count": 11}, "Count must be between 1 and 10."),
        ({"networkConfiguration": VPC}, "Network Configuration is not valid for the given networkMode"),
        ({"launchType": "FARGATE"}, "Task definition does not support launch_type FARGATE."),
        ({"group": "service:web"}, "cannot start with"),
        ({"group": "g" * 256}, "at most 255"),
        ({"startedBy": "s" * 129}, "at most 128"),
        ({"overrides": {"containerOverrides": [{"name": "db"}]}}, "container named db is not a container"),
        ({"overrides": {"containerOverrides": [{"name": "web", "command": ["x" * 9000]}]}}, "8192"),
        ({"placementStrategy": [{"type": "random"}] * 6}, "at most 5"),
        ({"placementConstraints": [{"type": "distinctInstance"}] * 11}, "at most 10"),
        ({"propagateTags": "SERVICE"}, "only where a service"),
        ({"clientToken": "t" * 65}, "64 ASCII"),
    ],
)
def test_what_is_asked_wrongly_is_refused_and_nothing_written(call, world, request_, message):
    before = len(world.history)
    with pytest.raises(AwsError, match=message):
        call("run_task", taskDefinition="web", **request_)
    assert len(world.history) == before


def test_awsvpc_needs_a_network(call):
    call("register_task_definition", family="own", networkMode="awsvpc", containerDefinitions=[container()])
    with pytest.raises(AwsError, match="must be provided when networkMode 'awsvpc' is specified"):
        call("run_task", taskDefinition="own")


def test_the_same_token_starts_nothing_twice(call, world):
    first = call("run_task", taskDefinition="web", count=2, clientToken="once")["tasks"]
    again = call("run_task", taskDefinition="web", count=2, clientToken="once")["tasks"]
    assert [one["taskArn"] for one in first] == [one["taskArn"] for one in again]
    assert len(world.keys(ecs.TASK)) == 2
    with pytest.raises(AwsError) as refusal:
        call("run_task", taskDefinition="web", count=3, clientToken="once")
    assert refusal.value.code == "ConflictException"


def test_tags_are_given_and_inherited(call):
    tags = [{"key": "a", "value": "1"}]
    call("register_task_definition", family="t", containerDefinitions=[container()], tags=tags)
    asked = {"propagateTags": "TASK_DEFINITION", "tags": [{"key": "b", "value": "2"}]}
    task = call("run_task", taskDefinition="t", **asked)["tasks"][0]
    assert {tag["key"] for tag in task["tags"]} == {"a", "b"}


def test_start_task_goes_where_it_is_told(call, world):
    keys = world.keys(ecs.CONTAINER_INSTANCE)
    call("update_container_instances_state", containerInstances=[keys[1].name], status="DRAINING")
    answer = call("start_task", taskDefinition="web", containerInstances=[keys[0].name, keys[1].name, "nix"])
    assert [task["containerInstanceArn"].rpartition("/")[2] for task in answer["tasks"]] == [keys[0].name]
    assert [one["reason"] for one in answer["failures"]] == ["INACTIVE", "MISSING"]


def test_fargate_places_nothing_but_spreads_over_the_zones_of_its_subnets(lab):
    from labkit.ecs.capabilities import subnet_of

    small = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
    lab.client.register_task_definition(family="f", containerDefinitions=[container()], **small)
    network = {"awsvpcConfiguration": {"subnets": [subnet_of("a"), subnet_of("b")]}}
    tasks = lab.client.run_task(taskDefinition="f", launchType="FARGATE", count=4, networkConfiguration=network)[
        "tasks"
    ]
    assert sorted(task["availabilityZone"] for task in tasks) == ["us-east-1a"] * 2 + ["us-east-1b"] * 2
    assert "containerInstanceArn" not in tasks[0] and tasks[0]["platformVersion"] == "1.4.0"


def test_an_order_knows_the_zones_of_its_subnets():
    from labkit.ecs.capabilities import subnet_of

    network = {"awsvpcConfiguration": {"subnets": [subnet_of("us-east-1b"), "subnet-of-another"]}}
    order = Order(Key(ecs.CLUSTER, "", "c"), Key(ecs.TASK_DEFINITION, "", "web:1"), "g", network=network)
    assert order.zones == ("us-east-1b",) and not order.is_fargate

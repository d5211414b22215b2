"""ECS's kinds: their keys from ARNs, and their structs."""

import pytest

from labkit.cluster import Cluster
from labkit.kinds import Key, ecs

ACCOUNT = "arn:aws:ecs:us-east-1:123456789012:"


@pytest.mark.parametrize(
    ("resource", "key"),
    [
        ("cluster/shop", Key(ecs.CLUSTER, "", "shop")),
        ("task/shop/0a1b", Key(ecs.TASK, "shop", "0a1b")),
        ("container-instance/shop/0a1b", Key(ecs.CONTAINER_INSTANCE, "shop", "0a1b")),
        ("service/shop/web", Key(ecs.SERVICE, "shop", "web")),
        ("task-definition/web:3", Key(ecs.TASK_DEFINITION, "", "web:3")),
        ("capacity-provider/spot", Key(ecs.CAPACITY_PROVIDER, "", "spot")),
        ("bucket/shop", None),
    ],
)
def test_an_arn_names_a_key(resource, key):
    assert ecs.key_of_arn(ACCOUNT + resource) == key


@pytest.fixture
def world():
    world = Cluster()
    world.put(Key(ecs.CLUSTER, "", "shop"), {"clusterArn": f"{ACCOUNT}cluster/shop", "clusterName": "shop"})
    attributes = [{"name": "ecs.availability-zone", "value": "us-east-1a"}, {"name": "stack"}]
    amounts = [
        {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "80"]},
    ]
    arn = f"{ACCOUNT}container-instance/shop/1"
    instance = {"containerInstanceArn": arn, "attributes": attributes, "remainingResources": amounts, "secret": 1}
    world.put(Key(ecs.CONTAINER_INSTANCE, "shop", "1"), instance)
    task = {
        "taskArn": f"{ACCOUNT}task/shop/2", "clusterArn": f"{ACCOUNT}cluster/shop", "containerInstanceArn": arn,
        "taskDefinitionArn": f"{ACCOUNT}task-definition/web:1", "lastStatus": "RUNNING", "desiredStatus": "RUNNING",
        "group": "service:web",
    }  # fmt: skip
    world.put(Key(ecs.TASK, "shop", "2"), task)
    return world


def test_an_instance_is_read_without_looking_at_dicts(world):
    instance = world.read(Key(ecs.CONTAINER_INSTANCE, "shop", "1"))
    assert instance.id == "1" and instance.is_available and instance.zone == "us-east-1a"
    assert (instance.attribute("stack"), instance.attribute("none")) == ("", None)
    assert (instance.remaining("CPU"), instance.remaining("GPU")) == (2048, 0)
    assert (instance.ports(), instance.ports("udp")) == ({22, 80}, frozenset())


def test_objects_of_ecs_stand_in_the_same_graph_with_history_and_forks(world):
    task = Key(ecs.TASK, "shop", "2")
    assert world.out(task, "runs-on") == [Key(ecs.CONTAINER_INSTANCE, "shop", "1")]
    assert world.out(task, "uses") == [Key(ecs.TASK_DEFINITION, "", "web:1")]
    assert world.into(task, "owns") == [Key(ecs.SERVICE, "shop", "web")]
    assert world.out(Key(ecs.CONTAINER_INSTANCE, "shop", "1"), "in") == [Key("Zone", "", "us-east-1a")]
    twin = world.fork()
    twin.clock.advance(5)
    twin.put(task, {**twin.get(task), "lastStatus": "STOPPED"})
    assert twin.out(task, "runs-on") == [] and world.out(task, "runs-on")
    assert twin.at(4).out(task, "runs-on") and twin.read(task).is_stopped
    twin.remove(task)
    assert twin.get(task) is None and twin.history[-1].verb == "delete"


def test_what_changes_nothing_writes_nothing(world):
    task, before = Key(ecs.TASK, "shop", "2"), len(world.history)
    world.put(task, dict(world.get(task)))
    assert len(world.history) == before

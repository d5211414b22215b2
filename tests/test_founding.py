"""What a lab begins with."""

import pytest

from labkit import Lab
from labkit.founding import machine, mixed, turn, zone_name
from labkit.kinds import ecs


@pytest.mark.parametrize(
    ("instances", "types", "mix"),
    [
        (3, "m5.large", ["m5.large"] * 3),
        (3, ["m5.large", "c5.large"], ["m5.large", "c5.large", "m5.large"]),
        (9, {"m5.large": 2, "c5.large": 1}, ["m5.large", "m5.large", "c5.large"]),
        (0, "m5.large", []),
    ],
)
def test_machines_are_alike_in_turn_or_so_many_of_each(instances, types, mix):
    assert mixed(instances, types) == mix


def test_zones_take_turns():
    assert [turn("ab", number) for number in range(3)] == ["a", "b", "a"] and turn("", 5) == ""
    assert (zone_name("a"), zone_name("eu-west-1b")) == ("us-east-1a", "eu-west-1b")


def test_a_node_gives_all_it_has():
    node = machine("n", cpu="2", zone="a", labels={"disk": "ssd"})
    assert node["status"]["capacity"] == node["status"]["allocatable"]
    assert node["metadata"]["labels"]["topology.kubernetes.io/zone"] == "a"


def test_a_lab_of_ecs_has_instances_in_all_zones_and_nothing_of_kubernetes():
    lab = Lab.ecs(instances=6, instance_type=["m5.large", "c5.large"], zones="abc", cluster="shop", seed=1)
    instances = lab.cluster.items(ecs.CONTAINER_INSTANCE)
    assert [one.zone[-1] for one in instances] == list("abcabc")
    assert {one.instance_type for one in instances} == {"m5.large", "c5.large"}
    assert repr(lab) == "<Lab at 0 s: 0 nodes, 0 pods, 6 container instances, 0 tasks>"
    assert lab.client.list_clusters()["clusterArns"] == ["arn:aws:ecs:us-east-1:123456789012:cluster/shop"]
    assert {key.kind.partition("::")[0] for key in lab.cluster.objects()} == {"AWS"}


def test_attributes_are_those_of_every_machine():
    lab = Lab.ecs(instances=1, attributes={"stack": "prod"})
    assert lab.cluster.items(ecs.CONTAINER_INSTANCE)[0].attribute("stack") == "prod"

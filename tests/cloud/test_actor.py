"""Tests of labkit.cloud: groups of machines that come, join and go."""

from __future__ import annotations

from collections import Counter

import pytest

from labkit import Lab
from labkit.cloud import groups, machines
from labkit.errors import LabError
from labkit.kinds import Key

GROUP = Key(groups.GROUP, "", "workers")


def lab_with(desired: int, **more: object) -> Lab:
    return Lab.kubernetes(nodes=0).node_group("workers", desired=desired, launch="60s", **more)  # type: ignore[arg-type]


def names(lab: Lab) -> list[str]:
    return [node["metadata"]["name"] for node in lab.get("nodes")]


def test_machines_join_when_their_time_has_come() -> None:
    lab = lab_with(2).run("59s")
    assert names(lab) == []
    lab.run("5s")
    assert names(lab) == ["workers-1", "workers-2"]
    assert all(lab.cluster.read(Key("Node", "", name)).is_ready for name in names(lab))


def test_machines_are_spread_over_the_zones() -> None:
    lab = lab_with(7).run("2m")
    held = Counter(node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in lab.get("nodes"))
    assert held == {"us-east-1a": 3, "us-east-1b": 2, "us-east-1c": 2}


def test_a_smaller_group_sheds_the_oldest_of_the_fullest_zone() -> None:
    lab = lab_with(4).run("2m")
    groups.resize(lab.cluster, GROUP, 3)
    lab.run("1m")
    assert names(lab) == ["workers-2", "workers-3", "workers-4"]


def test_a_shed_machine_is_not_replaced() -> None:
    lab = lab_with(2).run("2m")
    [first, _] = machines.of(lab.cluster, "workers")
    groups.shed(lab.cluster, GROUP, first["InstanceId"])
    lab.run("5m")
    assert names(lab) == ["workers-2"]
    assert machines.state_of(lab.cluster.require(Key(machines.INSTANCE, "", first["InstanceId"]))) == "terminated"
    lab.run("1h")
    assert lab.cluster.get(Key(machines.INSTANCE, "", first["InstanceId"])) is None


def test_pods_of_a_machine_that_went_are_made_anew() -> None:
    lab = lab_with(2).run("2m")
    lab.kubectl("create deployment web --image=nginx --replicas=4")
    lab.run("1m")
    groups.resize(lab.cluster, GROUP, 1)
    lab.run("10m")
    pods = lab.get("pods")
    assert {pod["spec"]["nodeName"] for pod in pods} == {"workers-2"}
    assert [pod["status"]["phase"] for pod in pods] == ["Running"] * 4


def test_a_node_that_comes_later_gets_addresses_of_its_own() -> None:
    lab = lab_with(3).run("2m")
    groups.resize(lab.cluster, GROUP, 2)
    lab.run("2m")
    groups.resize(lab.cluster, GROUP, 4)
    lab.run("2m")
    assert len({node["spec"]["podCIDR"] for node in lab.get("nodes")}) == 4
    assert len({node["status"]["addresses"][0]["address"] for node in lab.get("nodes")}) == 4


def test_a_fork_waits_for_its_own_machines() -> None:
    lab = lab_with(1).run("30s")
    twin = lab.fork().run("1m")
    assert (names(lab), names(twin)) == ([], ["workers-1"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"min": 3, "max": 2}, "Min bound, 3, must be less than or equal to max bound, 2"),
        ({"desired": 11}, "Desired capacity:11 must be between the specified min size:0 and max size:10"),
        ({"instance_type": "m5.huge"}, "Invalid value 'm5.huge' for InstanceType"),
        ({"zones": ""}, "At least one Availability Zone"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_made(arguments: dict[str, object], words: str) -> None:
    lab = Lab.kubernetes(nodes=0)
    with pytest.raises(LabError, match=words):
        lab.node_group("workers", **arguments)  # type: ignore[arg-type]
    assert lab.cluster.get(GROUP) is None
    assert lab_with(1).cluster.get(GROUP) is not None


def test_two_groups_of_one_name_are_refused() -> None:
    with pytest.raises(LabError, match="already exists"):
        lab_with(1).node_group("workers")

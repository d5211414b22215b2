"""Tests of labkit.cloud.nodes: what a machine has to give as a node of EKS."""

from __future__ import annotations

import pytest

from labkit.cloud.nodes import allocatable, capacity, node, reserved
from labkit.instancetypes import instance_type, table


@pytest.mark.parametrize(
    ("name", "cpu", "memory"),
    [("t3.nano", 70, 299), ("m5.large", 70, 574), ("m5.xlarge", 80, 893), ("m5.8xlarge", 150, 2829),
     ("c5.9xlarge", 160, 2829), ("r5.24xlarge", 310, 8362), ("t2.small", 60, 376)],
)  # fmt: skip
def test_what_is_reserved_follows_cores_and_pods(name: str, cpu: int, memory: int) -> None:
    assert reserved(instance_type(name))[:2] == (cpu, memory)


def test_an_m5_large_gives_1930m() -> None:
    assert allocatable(instance_type("m5.large")).cpu == 1930


def test_a_managed_group_holds_at_most_110_or_250_pods() -> None:
    assert [capacity(instance_type(name)).pods for name in ("m5.4xlarge", "m5.8xlarge", "m5.16xlarge")] == [
        110,
        234,
        250,
    ]


def test_every_type_makes_a_node_with_room() -> None:
    for of in table().values():
        made = node("n", of, "us-east-1a")
        assert made["metadata"]["labels"]["topology.kubernetes.io/region"] == "us-east-1"
        assert allocatable(of).cpu > 0

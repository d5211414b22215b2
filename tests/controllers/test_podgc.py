from __future__ import annotations

from typing import Any


def test_pods_of_a_deleted_node_are_replaced_after_their_quarantine(world: Any) -> None:
    world.deployment(replicas=3)
    world.run(30).delete("Node", "n1", "")
    assert len(world.run(39).names("Pod")) == 3
    world.run(60)
    assert len(world.ready()) == 3
    assert {pod["spec"]["nodeName"] for pod in world.cluster.list("Pod")} == {"n2", "n3"}


def test_a_node_that_comes_back_in_time_keeps_its_pods(world: Any) -> None:
    world.pod("a", nodeName="n1")
    world.run(30).delete("Node", "n1", "")
    world.run(5).create("v1", "Node", "n1", status={"allocatable": {"cpu": "8", "memory": "16Gi", "pods": "110"}})
    assert world.run(120).names("Pod") == ["a"]

"""Pods that a kubelet doesn't take."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.kinds import Key
from labkit.kubelet.admitting import refused

Dict = dict[str, Any]


def needs(name: str, amount: str) -> Dict:
    return {"containers": [{"name": "c", "image": "app:1", "resources": {"requests": {name: amount}}}]}


def refusal(world: Any, name: str) -> tuple[str, str, str]:
    status = world.get("Pod", name)["status"]
    return status["phase"], status["reason"], status["message"]


@pytest.mark.parametrize(
    ("name", "fits", "over", "numbers"),
    [
        ("cpu", "6", "3", "requested: 3000, used: 6000, capacity: 8000"),
        ("memory", "15Gi", "2Gi", "requested: 2147483648, used: 16106127360, capacity: 17179869184"),
    ],
)
def test_a_pod_that_names_a_full_node_fails_there(world: Any, name: str, fits: str, over: str, numbers: str) -> None:
    world.pod("a", nodeName="n1", **needs(name, fits))
    world.run(30).pod("b", nodeName="n1", **needs(name, over))
    world.run(1)
    why = f"Node didn't have enough resource: {name}, {numbers}"
    assert refusal(world, "b") == ("Failed", f"OutOf{name}", f"Pod was rejected: {why}")
    assert world.events("b", f"OutOf{name}") == [why]
    assert world.get("Pod", "a")["status"]["phase"] == "Running"


def test_a_node_takes_no_more_pods_than_it_has_places(worlds: Any) -> None:
    world = worlds(nodes=1)
    world.cluster.patch(world.cluster.keys("Node")[0], {"status": {"allocatable": {"pods": "1"}}}, status=True)
    world.pod("a", nodeName="n1")
    world.run(5).pod("b", nodeName="n1")
    world.run(1)
    assert refusal(world, "b")[1:] == (
        "OutOfpods", "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 1, capacity: 1"
    )  # fmt: skip


def test_what_has_ended_or_was_refused_takes_no_room(world: Any) -> None:
    world.pod("a", {"annotations": {"labkit.dev/exits-after": "1s"}}, nodeName="n1", restartPolicy="Never",
              **needs("cpu", "6"))  # fmt: skip
    world.run(30).pod("b", nodeName="n1", **needs("cpu", "7"))
    world.run(30)
    assert world.get("Pod", "b")["status"]["phase"] == "Running"


def test_a_selector_that_the_named_node_lacks_fails_the_pod(world: Any) -> None:
    world.pod("a", nodeName="n1", nodeSelector={"disk": "ssd"})
    world.run(1)
    why = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
    assert refusal(world, "a") == ("Failed", "NodeAffinity", f"Pod was rejected: {why}")


def test_a_host_port_belongs_to_one_pod_of_a_node(world: Any) -> None:
    spec = {"containers": [{"name": "c", "image": "app:1", "ports": [{"containerPort": 80, "hostPort": 8080}]}]}
    world.pod("a", nodeName="n1", **spec)
    world.run(5).pod("b", nodeName="n1", **spec)
    world.run(1)
    assert refusal(world, "b")[1] == "NodePorts"


def test_a_taint_that_evicts_keeps_the_pod_out_at_once(world: Any) -> None:
    world.change("Node", "n1", {"spec": {"taints": [{"key": "old", "effect": "NoExecute"}]}}, namespace="")
    world.pod("a", nodeName="n1", tolerations=[{"key": "old", "operator": "Exists", "tolerationSeconds": 60}])
    world.run(5)
    assert world.get("Pod", "a")["status"]["phase"] in ("Pending", "Running")
    world.pod("b", nodeName="n1")
    assert refused(world.cluster, Key("Pod", "default", "b")) == (
        "TaintToleration",
        "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    )


def test_a_cordoned_node_takes_a_pod_that_names_it(world: Any) -> None:
    world.change("Node", "n1", {"spec": {"unschedulable": True}}, namespace="")
    world.pod("a", nodeName="n1")
    assert world.run(30).get("Pod", "a")["status"]["phase"] == "Running"

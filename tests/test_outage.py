"""Nodes that fail, zones that are cut off, and what becomes of their pods."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab, LabError

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 6
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: nginx}]}
"""


def running(nodes: int = 3, zones: str = "abc") -> Lab:
    lab = Lab.kubernetes(nodes=nodes, zones=zones, seed=1)
    lab.apply(WEB)
    return lab.run("60s")


def taints(lab: Lab, node: str) -> list[tuple[str, str]]:
    found = lab.get("nodes", node)["spec"].get("taints") or []
    return [(one["key"].removeprefix("node.kubernetes.io/"), one["effect"]) for one in found]


def on(lab: Lab, node: str) -> list[Any]:
    return [pod for pod in lab.get("pods") if pod["spec"].get("nodeName") == node]


def ready(lab: Lab) -> int:
    return sum(lab.cluster.read(key).is_ready for key in lab.cluster.keys("Pod"))


def gone(lab: Lab) -> list[str]:
    return [pod["metadata"]["name"] for pod in lab.get("pods") if "deletionTimestamp" in pod["metadata"]]


def test_a_failed_node_is_unknown_after_the_grace_and_its_pods_count_as_not_ready() -> None:
    lab = running().fail("node-2").run("54s")
    assert ready(lab) == 6
    lab.run("2s")
    told = {one["type"]: (one["status"], one["reason"]) for one in lab.get("nodes", "node-2")["status"]["conditions"]}
    assert set(told.values()) == {("Unknown", "NodeStatusUnknown")}
    assert taints(lab, "node-2") == [("unreachable", "NoSchedule"), ("unreachable", "NoExecute")]
    assert ready(lab) == 4
    assert "Node is not ready" in str(lab.events)
    assert "node-2   NotReady" in str(lab.kubectl("get nodes"))


def test_evicted_pods_stay_terminating_on_a_dead_node_and_are_replaced_elsewhere() -> None:
    lab = running().fail("node-2").run("350s")
    assert gone(lab) == []
    lab.run("60s")
    assert len(gone(lab)) == 2
    assert ready(lab) == 6
    lab.run("1h")
    assert len(gone(lab)) == 2
    lab.recover("node-2").run("20s")
    assert gone(lab) == []
    assert taints(lab, "node-2") == []


def test_pods_of_a_deleted_node_go_with_it() -> None:
    lab = running().fail("node-2").run("7m")
    lab.kubectl("delete node node-2")
    lab.run("2m")
    assert gone(lab) == []
    assert ready(lab) == 6


def test_a_machine_that_comes_back_starts_its_containers_again() -> None:
    lab = running().fail("node-2").run("90s").recover("node-2").run("30s")
    (status,) = on(lab, "node-2")[0]["status"]["containerStatuses"]
    assert status["restartCount"] == 1
    assert status["lastState"]["terminated"]["exitCode"] == 255
    assert ready(lab) == 6
    assert "Pod sandbox changed, it will be killed and re-created." in str(lab.events)


def test_a_network_that_comes_back_finds_its_containers_running() -> None:
    lab = running().cut("node-2").run("90s").recover("node-2").run("10s")
    assert {pod["status"]["containerStatuses"][0]["restartCount"] for pod in lab.get("pods")} == {0}
    assert ready(lab) == 6


def test_the_no_execute_taint_lingers_until_the_next_look() -> None:
    lab = running().cut("node-2").run("62s").recover("node-2").run("1s")
    assert taints(lab, "node-2") == [("unreachable", "NoExecute")]
    assert taints(lab.run("5s"), "node-2") == []


def test_nodes_of_a_zone_are_given_up_one_every_ten_seconds() -> None:
    lab = running(nodes=6, zones="aab").cut("a").run("56s")
    lost = ["node-1", "node-2", "node-4", "node-5"]
    counted = []
    for pause in (0, 10, 10):
        lab.run(pause)
        counted.append(sum(("unreachable", "NoExecute") in taints(lab, node) for node in lost))
    assert counted == [1, 2, 3]


def test_nothing_is_evicted_while_every_zone_is_gone() -> None:
    lab = running().cut("a").cut("b").cut("c").run("20m")
    assert [taints(lab, f"node-{n}") for n in (1, 2, 3)] == [[("unreachable", "NoSchedule")]] * 3
    assert gone(lab) == []
    lab.recover("a").run("10s")
    assert taints(lab, "node-2") == [("unreachable", "NoSchedule"), ("unreachable", "NoExecute")]


def test_a_pod_bound_to_a_silent_node_starts_when_it_is_back() -> None:
    lab = running().cut("node-2").run("1s")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "late"}}
    lab.apply({**pod, "spec": {"nodeName": "node-2", "containers": [{"name": "c", "image": "a:1"}]}})
    assert lab.run("20s").get("pods", "late")["status"]["phase"] == "Pending"
    assert lab.recover().run("20s").get("pods", "late")["status"]["phase"] == "Running"


def test_a_fork_carries_an_outage_along() -> None:
    lab = running().fail("node-2").run("20s")
    twin = lab.fork()
    lab.recover().run("10m")
    assert ready(twin.run("60s")) == 4
    assert ready(lab) == 6
    assert ready(lab.at("70s").fork().run("60s")) == 4


def test_idle_nodes_cost_nothing() -> None:
    lab = Lab.kubernetes(nodes=300).run("1m")
    before = len(lab.history)
    lab.run("24h")
    assert len(lab.history) == before


def test_a_place_that_is_not_there_is_refused() -> None:
    with pytest.raises(LabError, match='neither a node nor a zone "d"'):
        running().cut("d")


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["fail", "cut", "recover"]), st.integers(1, 2)), max_size=5))
def test_no_pod_is_lost_for_good_while_most_of_the_zone_is_well(happenings: list[tuple[str, int]]) -> None:
    lab = running(nodes=5, zones="")
    for what, number in happenings:
        getattr(lab, what)(f"node-{number}").run("100s")
    lab.run("10m")
    assert ready(lab) == 6
    assert ready(lab.recover().run("2m")) == 6
    assert gone(lab) == []


def test_a_zone_of_which_most_is_gone_is_not_emptied_any_further() -> None:
    lab = running(nodes=5, zones="")
    for node in ("node-1", "node-2", "node-3"):
        lab.fail(node).run("100s")
    assert taints(lab.run("20m"), "node-2")[-1] == ("unreachable", "NoExecute")
    assert taints(lab, "node-3") == [("unreachable", "NoSchedule")]


def test_pods_of_a_machine_that_returns_get_a_new_sandbox() -> None:
    lab = Lab.kubernetes(nodes=1, seed=1)
    init = {"name": "prepare", "image": "init:1"}
    spec = {"initContainers": [init], "containers": [{"name": "main", "image": "nginx"}]}
    lab.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec})
    before = lab.run("30s").get("pods", "web")["status"]
    lab.fail("node-1").run("20s").recover().run("1s")
    half = lab.get("pods", "web")["status"]
    assert half["phase"] == "Running"
    lab.run("30s")
    after = lab.get("pods", "web")["status"]
    assert after["podIP"] not in ("", before["podIP"])
    assert [one["restartCount"] for one in (*after["initContainerStatuses"], *after["containerStatuses"])] == [1, 1]
    assert after["initContainerStatuses"][0]["state"]["terminated"]["reason"] == "Completed"
    assert after["containerStatuses"][0]["lastState"]["terminated"]["reason"] == "Unknown"
    assert {one["type"]: one["status"] for one in after["conditions"]}["Ready"] == "True"
    started = [after[f"{kind}Statuses"][0]["state"] for kind in ("initContainer", "container")]
    assert started[1]["running"]["startedAt"] >= started[0]["terminated"]["finishedAt"]


def test_pods_of_a_node_that_was_cut_off_keep_their_sandbox() -> None:
    lab = running()
    before = [pod["status"]["podIP"] for pod in on(lab, "node-1")]
    lab.cut("node-1").run("30s").recover().run("30s")
    assert [pod["status"]["podIP"] for pod in on(lab, "node-1")] == before
    assert not any(one["restartCount"] for pod in lab.get("pods") for one in pod["status"]["containerStatuses"])


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["fail", "cut", "recover"]), st.integers(1, 3), st.integers(0, 400))))
def test_no_two_pods_share_an_address_whatever_fails_and_returns(steps: list[tuple[str, int, int]]) -> None:
    lab = running()
    for what, node, seconds in steps:
        getattr(lab, what)(f"node-{node}").run(seconds)
        live = [pod for pod in lab.get("pods") if pod["status"].get("phase") == "Running"]
        addresses = [pod["status"]["podIP"] for pod in live]
        assert len(set(addresses)) == len(addresses)
    lab.recover().run("10m")
    assert ready(lab) == 6

"""Tests of labkit.autoscaling.clusterautoscaler at work."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import Lab
from labkit.autoscaling.clusterautoscaler import planned
from labkit.autoscaling.clusterautoscaler.options import Options, parse
from labkit.autoscaling.clusterautoscaler.scaledown import DOOMED, UNNEEDED, taint
from labkit.errors import FieldError, LabError


def web(replicas: int, cpu: str = "900m", **spec: Any) -> dict[str, Any]:
    container = {"name": "web", "image": "nginx", "resources": {"requests": {"cpu": cpu, "memory": "1Gi"}}}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container], **spec}}
    wanted = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": wanted}


def lab_of(*objects: Any, least: int = 1, most: int = 6, desired: int = 1, **flags: Any) -> Lab:
    bounds = {"min": least, "max": most, "desired": max(least, desired)}
    lab = Lab.kubernetes(nodes=0).node_group("workers", "m5.xlarge", zones="a", **bounds)
    lab.cluster_autoscaler(**flags).run("2m")
    for obj in objects:
        lab.apply(obj)
    return lab


def nodes(lab: Lab) -> list[str]:
    return [node["metadata"]["name"] for node in lab.get("nodes")]


def events(lab: Lab, reason: str) -> list[str]:
    return [event["message"] for event in lab.get("events", namespace=None) if event["reason"] == reason]


def test_the_ninth_pod_gets_a_whole_node() -> None:
    lab = lab_of(web(9), least=2).run("5m")
    assert nodes(lab) == ["workers-1", "workers-2", "workers-3"]
    assert events(lab, "TriggeredScaleUp") == ["pod triggered scale-up: [{workers 2->3 (max: 6)}]"]
    assert all(pod["status"]["phase"] == "Running" for pod in lab.get("pods"))


def test_a_new_pod_is_pending_until_its_machine_is_up() -> None:
    lab = lab_of(web(5)).run("60s")
    assert [pod["status"]["phase"] for pod in lab.get("pods")].count("Pending") == 1
    lab.run("60s")
    assert [pod["status"]["phase"] for pod in lab.get("pods")].count("Pending") == 0


def test_machines_on_their_way_are_counted_once() -> None:
    lab = lab_of(web(20)).run("5m")
    assert len(nodes(lab)) == 5


def test_no_group_grows_above_its_maximum() -> None:
    lab = lab_of(web(20), most=2).run("5m")
    assert len(nodes(lab)) == 2
    assert "pod didn't trigger scale-up: 1 max node group size reached" in events(lab, "NotTriggerScaleUp")


def test_a_pod_that_no_machine_could_hold_is_told_why() -> None:
    lab = lab_of(web(1, cpu="5")).run("2m")
    assert set(events(lab, "NotTriggerScaleUp")) == {"pod didn't trigger scale-up: 1 Insufficient cpu"}
    assert len(nodes(lab)) == 1


def test_daemons_take_their_part_of_a_new_machine() -> None:
    daemon = web(1, cpu="1") | {"kind": "DaemonSet", "metadata": {"name": "agent"}}
    del daemon["spec"]["replicas"]
    lab = lab_of(daemon)
    lab.run("30s").apply(web(6))
    assert len(nodes(lab.run("5m"))) == 2
    lab.apply(web(7))
    assert len(nodes(lab.run("5m"))) == 3


def test_an_idle_node_goes_after_ten_minutes() -> None:
    lab = lab_of(web(8)).run("5m")
    lab.kubectl("scale deploy web --replicas=1")
    lab.run("9m")
    assert len(nodes(lab)) == 2
    lab.run("4m")
    assert len(nodes(lab)) == 1
    assert all(pod["status"]["phase"] == "Running" for pod in lab.get("pods"))


def test_a_busy_node_is_emptied_through_evictions_that_respect_budgets() -> None:
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}}
    budget["spec"] = {"minAvailable": "100%", "selector": {"matchLabels": {"app": "web"}}}
    lab = lab_of(web(4), budget, desired=2).run("40m")
    assert len(nodes(lab)) == 2
    assert "NotEnoughPdb" in lab.why_node("workers-2").words
    lab.kubectl("delete pdb web")
    lab.run("15m")
    assert len(nodes(lab)) == 1


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"volumes": [{"name": "tmp", "emptyDir": {}}]}, "LocalStorageRequested"),
        ({}, "NotSafeToEvictAnnotation"),
    ],
)
def test_pods_that_block_a_removal_are_named(spec: dict[str, Any], reason: str) -> None:
    pod = web(1, cpu="100m", **spec)
    if reason == "NotSafeToEvictAnnotation":
        notes = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
        pod["spec"]["template"]["metadata"]["annotations"] = notes
    lab = lab_of(pod, least=0).run("2m")
    answer = lab.why_node("workers-1")
    assert (answer.goes, answer.reason) == (False, "BlockedByPod")
    assert reason in answer.words


def test_a_bare_pod_blocks_a_removal() -> None:
    lab = lab_of(least=0)
    container = {"name": "c", "image": "nginx"}
    lab.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"}, "spec": {"containers": [container]}})
    lab.run("3m")
    assert "has no controller" in lab.why_node("workers-1").words


def test_a_node_may_be_kept_by_hand() -> None:
    lab = lab_of(web(8)).run("5m")
    lab.kubectl("annotate node workers-2 cluster-autoscaler.kubernetes.io/scale-down-disabled=true")
    lab.kubectl("annotate node workers-1 cluster-autoscaler.kubernetes.io/scale-down-disabled=true")
    lab.kubectl("scale deploy web --replicas=1")
    lab.run("30m")
    assert len(nodes(lab)) == 2
    assert lab.why_node("workers-2").reason == "ScaleDownDisabledAnnotation"


def test_unneeded_nodes_are_marked_with_the_moment() -> None:
    lab = lab_of(web(8), scale_down_unneeded_time="30m").run("5m")
    lab.kubectl("scale deploy web --replicas=1")
    lab.run("12m")
    marked = [node for node in lab.get("nodes") if taint(node, UNNEEDED) is not None]
    assert len(marked) >= 1
    assert all(taint(node, DOOMED) is None for node in lab.get("nodes"))
    assert "unneeded for" in lab.why_node(marked[0]["metadata"]["name"]).words


def test_two_runs_and_a_fork_come_to_the_same() -> None:
    one, other = (lab_of(web(11)).run("3m") for _ in range(2))
    twin = one.fork().run("30m")
    assert one.run("30m").kubectl("get pods -o wide") == other.run("30m").kubectl("get pods -o wide")
    assert twin.kubectl("get nodes") == one.kubectl("get nodes")


def test_the_plan_shows_what_could_be_done() -> None:
    lab = Lab.kubernetes(nodes=0).node_group("small", "m5.large").node_group("large", "m5.4xlarge")
    lab.cluster_autoscaler(expander="least-waste", scan_interval="1h").run("1m")
    lab.apply(web(3))
    lab.run("5s")
    plan = planned(lab.cluster, Options())
    assert {one.group.name: one.nodes for one in plan.expansions} == {"small": 2, "large": 1}
    assert plan.chosen is not None
    assert plan.chosen.group.name == "small"


def test_flags_are_those_of_the_real_one() -> None:
    assert parse({"scale-down-unneeded-time": "5m", "expander": "most-pods,least-waste"}).expanders[0] == "most-pods"
    with pytest.raises(FieldError, match="unknown flag: --scale-up-fast"):
        parse({"scale_up_fast": True})
    with pytest.raises(FieldError, match='invalid argument "soon" for "--scan-interval" flag'):
        parse({"scan-interval": "soon"})
    with pytest.raises(FieldError, match="Expander cheapest not supported"):
        parse({"expander": "cheapest"})


def test_without_an_autoscaler_there_is_no_answer() -> None:
    lab = Lab.kubernetes(nodes=1)
    with pytest.raises(LabError, match="no Cluster Autoscaler"):
        lab.why_node("node-1")

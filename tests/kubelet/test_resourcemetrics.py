"""PodMetrics and NodeMetrics."""

from __future__ import annotations

import pytest

from labkit.kinds import Key
from labkit.kubelet.resourcemetrics import node_metrics, pod_metrics
from labkit.lab import Lab

WEB = Key("Pod", "default", "web")
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "labels": {"app": "web"}}}
POD |= {"spec": {"containers": [{"name": "web", "image": "nginx"}]}}


@pytest.fixture
def lab() -> Lab:
    made = Lab.kubernetes(nodes=2)
    made.behave("app=web", cpu="50m", memory="64Mi").apply(POD)
    return made


def test_a_pod_has_metrics_from_the_first_scrape_on_that_found_it_ten_seconds_old(lab):
    lab.run(until=lambda lab: lab.get("pod", "web").get("status", {}).get("phase") == "Running")
    assert pod_metrics(lab.cluster, WEB) is None
    lab.run("30s")
    found = pod_metrics(lab.cluster, WEB)
    assert (found.cpu, found.memory, found.window) == (50, 64 * 2**20, 15)
    assert found.timestamp % 15 == 0


def test_a_node_uses_what_its_pods_use(lab):
    lab.run("1m")
    home = lab.get("pod", "web")["spec"]["nodeName"]
    used = {name: node_metrics(lab.cluster, Key("Node", "", name)).cpu for name in ("node-1", "node-2")}
    assert used == {"node-1": 0, "node-2": 0} | {home: 50}


def test_a_silent_node_and_its_pods_have_none(lab):
    lab.run("1m")
    home = lab.get("pod", "web")["spec"]["nodeName"]
    lab.cut(home).run("20s")
    assert pod_metrics(lab.cluster, WEB) is None
    assert node_metrics(lab.cluster, Key("Node", "", home)) is None

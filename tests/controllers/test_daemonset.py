from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from labkit.controllers.daemons import daemon_tolerations, limits, verdict
from labkit.kinds.node import Node
from labkit.kinds.pod import PodSpec, Toleration
from labkit.kinds.workloads import RollingUpdate, Strategy

GOLDEN = Path(__file__).parents[1] / "conformance" / "functions" / "daemonset.json"
ROWS = json.loads(GOLDEN.read_text())


def should_run(row: dict[str, Any]) -> dict[str, bool]:
    node = msgspec.convert({"metadata": row["node"], "spec": {"taints": row.get("taints", [])}}, Node)
    fields = ("nodeName", "affinity", "nodeSelector", "hostNetwork")
    spec = msgspec.convert({field: row[field] for field in fields if field in row}, PodSpec)
    added = daemon_tolerations(row.get("tolerations", []), row.get("hostNetwork", False))
    said = verdict(node, spec, msgspec.convert(added, list[Toleration]))
    return {"should_continue_running": said.stays, "should_run": said.runs}


def rounded(row: dict[str, Any]) -> dict[str, int]:
    value = int(row["value"]) if row["value"].isdigit() else row["value"]
    surge = limits(Strategy(rolling_update=RollingUpdate(max_surge=value, max_unavailable=1)), row["nodes"])[0]
    unavailable = limits(Strategy(rolling_update=RollingUpdate(max_surge=1, max_unavailable=value)), row["nodes"])[1]
    return {"maxSurge": surge, "maxUnavailable": unavailable}


FUNCTIONS = {
    "NodeShouldRunDaemonPod": should_run,
    "AddOrUpdateDaemonPodTolerations": lambda row: daemon_tolerations([], row["hostNetwork"]),
    "UnavailableCount_SurgeCount": rounded,
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_row_of_the_golden_table_agrees(row: dict[str, Any]) -> None:
    assert FUNCTIONS[row["fn"]](row["in"]) == row["out"]


def agent(world: Any, **spec: Any) -> None:
    template = {
        "metadata": {"labels": {"app": "agent"}},
        "spec": {"containers": [{"name": "c", "image": "a:1"}], **spec},
    }
    update = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}}
    world.create("apps/v1", "DaemonSet", "agent", spec={
        "selector": {"matchLabels": {"app": "agent"}}, "template": template, "updateStrategy": update,
    })  # fmt: skip


def nodes(world: Any) -> list[str]:
    return sorted(pod["spec"]["nodeName"] for pod in world.cluster.list("Pod"))


def test_every_node_gets_one_pod_a_new_node_too(world: Any) -> None:
    agent(world)
    assert nodes(world.run(20)) == ["n1", "n2", "n3"]
    world.create("v1", "Node", "n4", status={"allocatable": {"cpu": "1", "memory": "1Gi", "pods": "10"}})
    assert nodes(world.run(20)) == ["n1", "n2", "n3", "n4"]


def test_a_node_that_fits_no_more_loses_its_pod(world: Any) -> None:
    for name in ("n1", "n2"):
        world.change("Node", name, {"metadata": {"labels": {"disk": "ssd"}}}, "")
    agent(world, nodeSelector={"disk": "ssd"})
    assert nodes(world.run(20)) == ["n1", "n2"]
    world.change("Node", "n1", {"metadata": {"labels": {"disk": None}}}, "")
    assert nodes(world.run(20)) == ["n2"]


def test_an_update_goes_node_by_node(world: Any) -> None:
    agent(world)
    world.run(20).change("DaemonSet", "agent", {"spec": {"template": {"metadata": {"labels": {"v": "2"}}}}})
    begun = len(world.cluster.history)
    world.run(60)
    for index in range(begun, len(world.cluster.history), 5):
        assert sum(one.is_ready for one in world.cluster.as_of(index).items("Pod")) >= 2
    assert [one["metadata"]["labels"]["v"] for one in world.cluster.list("Pod")] == ["2"] * 3


def test_an_update_with_max_surge_never_leaves_a_node_without_a_ready_pod(world: Any) -> None:
    agent(world)
    world.run(20)
    update = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    change = {"template": {"metadata": {"labels": {"v": "2"}}}, "updateStrategy": update}
    world.change("DaemonSet", "agent", {"spec": change})
    begun = len(world.cluster.history)
    world.run(60)
    for index in range(begun, len(world.cluster.history), 3):
        pods = world.cluster.as_of(index).items("Pod")
        assert {one.spec.node_name for one in pods if one.is_ready} == {"n1", "n2", "n3"}
        assert len([one for one in pods if one.metadata.deletion_timestamp is None]) <= 4
    assert [one["metadata"]["labels"]["v"] for one in world.cluster.list("Pod")] == ["2"] * 3


def test_pods_that_fail_again_and_again_are_replaced_ever_later(world: Any) -> None:
    agent(world)
    fails = {"annotations": {"labkit.dev/exits-after": "1s", "labkit.dev/exit-code": "1"}}
    world.change("DaemonSet", "agent", {"spec": {"template": {"metadata": fails, "spec": {"restartPolicy": "Never"}}}})
    world.run(1800)
    gone = [one for one in world.cluster.history if one.verb == "delete" and one.key.kind == "Pod"]
    first = [one.time for one in gone if one.old["spec"]["nodeName"] == "n1"][1:]
    pauses = [later - earlier for earlier, later in pairwise(first)]
    assert 8 <= len(pauses) < 16
    assert pauses[-1] > 256

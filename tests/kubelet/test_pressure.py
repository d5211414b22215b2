"""A node short of memory evicts pods, one a look, and says so for five minutes."""

from __future__ import annotations

from typing import Any

from labkit import Lab

WEB = """
apiVersion: v1
kind: Pod
metadata: {name: NAME, labels: {app: NAME}}
spec:
  restartPolicy: Always
  containers:
  - {name: main, image: "web:1", resources: {requests: {memory: ASKED}}}
"""


def crowd() -> Lab:
    lab = Lab.kubernetes(nodes=1, memory="1Gi")
    for name, asked in (("modest", "400Mi"), ("greedy", "100Mi"), ("small", "10Mi")):
        lab.apply(WEB.replace("NAME", name).replace("ASKED", asked))
    lab.behave("app=modest", memory="350Mi").behave("app=small", memory="20Mi")
    return lab.run("20s")


def pressure(lab: Lab) -> str:
    return next(
        one["status"] for one in lab.get("nodes", "node-1")["status"]["conditions"] if one["type"] == "MemoryPressure"
    )


def phases(lab: Lab) -> dict[str, Any]:
    return {pod["metadata"]["name"]: pod["status"]["phase"] for pod in lab.get("pods")}


def test_the_pod_furthest_above_its_request_goes_and_is_told_why() -> None:
    lab = crowd().behave("app=greedy", memory="600Mi").run("1s")
    assert phases(lab) == {"modest": "Running", "greedy": "Failed", "small": "Running"}
    status = lab.get("pods", "greedy")["status"]
    assert status["reason"] == "Evicted"
    assert status["message"] == (
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 54Mi. Container main was using "
        "600Mi, request is 100Mi, has larger consumption of memory. "
    )


def test_the_condition_and_its_taint_stay_for_five_minutes() -> None:
    lab = crowd().behave("app=greedy", memory="600Mi").run("280s")
    assert pressure(lab) == "True"
    assert [one["key"] for one in lab.get("nodes", "node-1")["spec"]["taints"]] == [
        "node.kubernetes.io/memory-pressure"
    ]
    assert pressure(lab.run("60s")) == "False"
    assert "taints" not in lab.run("1s").get("nodes", "node-1")["spec"]
    assert phases(lab)["modest"] == "Running"


def test_enough_memory_leaves_everyone_alone() -> None:
    lab = crowd().behave("app=greedy", memory="500Mi").run("60s")
    assert set(phases(lab).values()) == {"Running"}
    assert pressure(lab) == "False"

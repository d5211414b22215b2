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


def condition(lab: Lab, name: str) -> tuple[str, str]:
    held = {one["type"]: one for one in lab.get("nodes", "node-1")["status"]["conditions"]}[name]
    return held["status"], held["reason"]


def test_an_evicted_pod_is_shown_as_evicted() -> None:
    lab = crowd().behave("app=greedy", memory="600Mi").run("1s")
    (line,) = [line for line in str(lab.kubectl("get pods")).splitlines() if line.startswith("greedy")]
    assert line.split()[1:4] == ["0/1", "Evicted", "0"]
    conditions = {one["type"]: one for one in lab.get("pods", "greedy")["status"]["conditions"]}
    assert conditions["DisruptionTarget"]["reason"] == "TerminationByKubelet"
    assert conditions["Ready"]["status"] == "False"


def test_a_full_disk_evicts_who_wrote_most_beyond_their_request_and_keeps_pods_out() -> None:
    lab = crowd().behave("app=small", disk="60Gi").behave("app=modest", disk="35Gi").run("1s")
    assert condition(lab, "DiskPressure") == ("True", "KubeletHasDiskPressure")
    assert phases(lab) == {"modest": "Running", "greedy": "Running", "small": "Failed"}
    assert lab.get("pods", "small")["status"]["message"] == (
        "The node was low on resource: ephemeral-storage. Threshold quantity: 10737418400, available: 5Gi. Container "
        "main was using 60Gi, request is 0, has larger consumption of ephemeral-storage. "
    )
    assert [one["key"] for one in lab.get("nodes", "node-1")["spec"]["taints"]] == ["node.kubernetes.io/disk-pressure"]
    direct = WEB.replace("NAME", "late").replace("ASKED", "1Mi").replace("spec:", "spec:\n  nodeName: node-1", 1)
    lab.apply(direct)
    late = lab.run("1s").get("pods", "late")["status"]
    assert (late["reason"], late["message"]) == (
        "Evicted", "Pod was rejected: The node had condition: [DiskPressure]. "
    )  # fmt: skip
    assert condition(lab.run("10m"), "DiskPressure") == ("False", "KubeletHasNoDiskPressure")


def test_processes_can_run_out_too() -> None:
    lab = crowd().behave("app=greedy", processes=29_000).behave("app=small", processes=2_000).run("1s")
    assert condition(lab, "PIDPressure")[0] == "True"
    message = lab.get("pods", "greedy")["status"]["message"]
    assert message == "The node was low on resource: pids. Threshold quantity: 3276, available: 1768. "


def test_a_pod_that_writes_more_than_its_limit_goes_whatever_room_there_is() -> None:
    lab = Lab.kubernetes(nodes=1)
    limited = WEB.replace("NAME", "full").replace("{memory: ASKED}", "{memory: 1Mi}, limits: {ephemeral-storage: 2Gi}")
    lab.apply(limited)
    lab.behave("app=full", disk="1Gi").run("30s")
    assert phases(lab) == {"full": "Running"}
    lab.behave("app=full", disk="3Gi").run("1s")
    status = lab.get("pods", "full")["status"]
    assert status["reason"] == "Evicted"
    assert status["message"] == "Pod ephemeral local storage usage exceeds the total limit of containers 2Gi. "
    assert condition(lab, "DiskPressure")[0] == "False"


def test_one_container_can_be_over_its_limit_where_the_pod_is_not() -> None:
    lab = Lab.kubernetes(nodes=1)
    limits = [{"ephemeral-storage": "1Gi"}, {"ephemeral-storage": "4Gi"}]
    containers = [{"name": f"c{at}", "image": "web:1", "resources": {"limits": one}} for at, one in enumerate(limits)]
    meta = {"name": "two", "labels": {"app": "two"}}
    lab.apply({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": containers}})
    lab.behave("app=two", container="c0", disk="2Gi").run("30s")
    why = 'Container c0 exceeded its local ephemeral storage limit "1Gi". '
    assert lab.get("pods", "two")["status"]["message"] == why

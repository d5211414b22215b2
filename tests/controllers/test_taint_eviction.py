from __future__ import annotations

from typing import Any

TAINT = {"key": "out", "value": "1", "effect": "NoExecute"}


def toleration(seconds: int | None = None) -> dict[str, Any]:
    limit = {} if seconds is None else {"tolerationSeconds": seconds}
    return {"key": "out", "operator": "Exists", "effect": "NoExecute"} | limit


def tainted(world: Any) -> Any:
    world.pod("none", nodeName="n1")
    world.pod("three", nodeName="n1", tolerations=[toleration(3)])
    world.pod("ever", nodeName="n1", tolerations=[toleration()])
    world.run(20).change("Node", "n1", {"spec": {"taints": [TAINT]}}, "")
    return world


def test_untolerated_pods_go_at_once_tolerated_ones_when_their_time_is_up(world: Any) -> None:
    assert tainted(world).run(1).names("Pod") == ["three", "ever"]
    assert world.run(3).names("Pod") == ["ever"]
    assert world.run(600).names("Pod") == ["ever"]
    assert world.events("none", "TaintManagerEviction") == ["Marking for deletion Pod default/none"]


def test_the_evicted_pod_says_why(world: Any) -> None:
    tainted(world).run(0)
    reasons = [
        one["reason"] for one in world.get("Pod", "none")["status"]["conditions"] if one["type"] == "DisruptionTarget"
    ]
    assert reasons == ["DeletionByTaintManager"]


def test_a_taint_that_goes_in_time_calls_the_eviction_off(world: Any) -> None:
    tainted(world).run(1).change("Node", "n1", {"spec": {"taints": None}}, "")
    assert world.run(60).names("Pod") == ["three", "ever"]
    assert "Cancelling deletion of Pod default/three" in world.events("three")


def test_cordoning_taints_the_node_and_uncordoning_takes_the_taint_away(world: Any) -> None:
    world.change("Node", "n1", {"spec": {"unschedulable": True}}, "")
    (taint,) = world.run(0).get("Node", "n1", "")["spec"]["taints"]
    assert taint == {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    world.change("Node", "n1", {"spec": {"unschedulable": False}}, "")
    assert "taints" not in world.run(0).get("Node", "n1", "")["spec"]


def test_a_node_that_is_not_ready_loses_pods_after_their_toleration(world: Any) -> None:
    world.pod("a", nodeName="n1")
    status = world.run(20).get("Node", "n1", "")["status"]
    conditions = [one | {"status": "False"} if one["type"] == "Ready" else one for one in status["conditions"]]
    node = next(key for key in world.cluster.keys("Node") if key.name == "n1")
    world.cluster.set_status(node, {**status, "conditions": conditions})
    effects = {taint["effect"] for taint in world.run(1).get("Node", "n1", "")["spec"]["taints"]}
    assert effects == {"NoSchedule", "NoExecute"}
    assert world.run(290).names("Pod") == ["a"]
    assert world.run(15).names("Pod") == []

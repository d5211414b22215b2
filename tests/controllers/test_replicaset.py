from __future__ import annotations

from typing import Any

from labkit import Lab
from labkit.kinds import Key


def replica_set(world: Any, replicas: int) -> Any:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "shop/web:1"}]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return world.create("apps/v1", "ReplicaSet", "web", spec=spec)


def test_matching_orphans_are_adopted_before_pods_are_made(world: Any) -> None:
    for name in ("a", "b"):
        world.pod(name, {"labels": {"app": "web"}})
    world.pod("c", {"labels": {"app": "other"}})
    world.run(10)
    replica_set(world, 3)
    world.run(10)
    assert len(world.names("Pod")) == 4
    assert [
        one["metadata"]["ownerReferences"][0]["name"]
        for one in world.cluster.list("Pod")
        if one["metadata"]["labels"]["app"] == "web"
    ] == ["web"] * 3
    assert len(world.events("web", "SuccessfulCreate")) == 1


def test_a_pod_whose_label_changes_is_released_and_replaced_and_adopted_again(world: Any) -> None:
    replica_set(world, 2)
    first = world.run(10).names("Pod")[0]
    world.change("Pod", first, {"metadata": {"labels": {"app": "debug"}}})
    world.run(10)
    assert "ownerReferences" not in world.get("Pod", first)["metadata"]
    assert len(world.names("Pod")) == 3
    world.change("Pod", first, {"metadata": {"labels": {"app": "web"}}})
    world.run(10)
    assert len(world.names("Pod")) == 2
    assert len(world.events("web", "SuccessfulDelete")) == 1


def test_the_cheapest_pod_goes_first(world: Any) -> None:
    replica_set(world, 3)
    names = world.run(10).names("Pod")
    cost = {"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": "-5"}}}
    world.change("Pod", names[1], cost)
    world.change("ReplicaSet", "web", {"spec": {"replicas": 2}})
    assert world.run(10).names("Pod") == [names[0], names[2]]
    assert world.events("web", "SuccessfulDelete") == [f"Deleted pod: {names[1]}"]


def test_the_status_shows_what_the_last_sync_left(world: Any) -> None:
    replica_set(world, 2)
    assert world.run(0).get("ReplicaSet", "web")["status"] == {
        "replicas": 2, "fullyLabeledReplicas": 2, "terminatingReplicas": 0, "observedGeneration": 1,
    }  # fmt: skip


def test_a_refused_pod_is_a_condition_and_an_event_and_is_tried_again(world: Any) -> None:
    world.create("v1", "ResourceQuota", "q", spec={"hard": {"pods": "1"}}, status={"hard": {"pods": "1"}, "used": {}})
    replica_set(world, 2)
    world.run(10)
    failure = world.get("ReplicaSet", "web")["status"]["conditions"][0]
    assert (failure["type"], failure["reason"]) == ("ReplicaFailure", "FailedCreate")
    assert "exceeded quota: q" in failure["message"]
    world.delete("ResourceQuota", "q")
    assert len(world.run(60).names("Pod")) == 2
    assert "conditions" not in world.get("ReplicaSet", "web")["status"]


def test_pods_that_never_found_a_node_go_at_once_when_fewer_are_wanted() -> None:
    lab = Lab.kubernetes(nodes=0)
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "shop/web:1"}]}}
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    lab.apply({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web"}, "spec": spec})
    assert len(lab.run("1s").get("pods")) == 3
    lab.cluster.patch(Key("ReplicaSet", "default", "web"), {"spec": {"replicas": 1}})
    assert len(lab.run("1s").get("pods")) == 1


def test_a_refused_pod_is_tried_less_and_less_often() -> None:
    lab = Lab.kubernetes(nodes=1)
    lab.kubectl("create quota none --hard=pods=0")
    lab.kubectl("create deployment web --image=web")

    def tries() -> int:
        return sum(event["count"] for event in lab.get("events") if event["reason"] == "FailedCreate")

    lab.run("10s")
    early = tries()
    assert early == 11  # after 0, 5, 15, … 5115 ms
    lab.run("1h")
    assert early < tries() < early + 12

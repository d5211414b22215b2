"""What ResourceQuotas say of their namespaces."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from labkit.kinds import Key

CPU = {"resources": {"requests": {"cpu": "500m"}}}


def quota(world: Any, **hard: str) -> None:
    hard = {name.replace("_", "."): amount for name, amount in hard.items()}
    world.create("v1", "ResourceQuota", "most", spec={"hard": hard})
    world.run(0)


def used(world: Any) -> dict[str, str]:
    status = world.get("ResourceQuota", "most")["status"]
    assert status["hard"] == world.get("ResourceQuota", "most")["spec"]["hard"]
    return dict(status["used"])


def pod(world: Any, name: str) -> None:
    world.pod(name, containers=[{"name": "c", "image": "app:1", **CPU}])


def test_what_is_there_already_is_counted_when_the_quota_comes(world: Any) -> None:
    pod(world, "a")
    world.create("v1", "ConfigMap", "prices")
    quota(world, pods="3", requests_cpu="2", configmaps="9")
    assert used(world) == {"pods": "1", "requests.cpu": "500m", "configmaps": "2"}  # one has every namespace


def test_it_counts_anew_when_objects_come_and_go_and_pods_end(world: Any) -> None:
    quota(world, pods="3")
    for name in ("a", "b"):
        pod(world, name)
    assert used(world.run(20)) == {"pods": "2"}
    world.cluster.set_status(Key("Pod", "default", "a"), {"phase": "Succeeded"})
    assert used(world.run(0)) == {"pods": "1"}
    world.cluster.delete(Key("Pod", "default", "b"), grace=0)
    assert used(world.run(0)) == {"pods": "0"}


def test_other_limits_are_taken_up_at_once(world: Any) -> None:
    quota(world, pods="3")
    world.cluster.patch(Key("ResourceQuota", "default", "most"), {"spec": {"hard": {"pods": None, "services": "1"}}})
    assert used(world.run(0)) == {"services": "0"}


def test_another_namespace_does_not_count(world: Any) -> None:
    quota(world, pods="3")
    world.pod("there", {"namespace": "shop"})
    assert used(world.run(0)) == {"pods": "0"}


def test_what_changes_nothing_of_the_use_writes_nothing(world: Any) -> None:
    quota(world, pods="3")
    pod(world, "a")
    world.run(60)
    before = world.get("ResourceQuota", "most")["metadata"]["resourceVersion"]
    world.cluster.patch(Key("Pod", "default", "a"), {"metadata": {"labels": {"tier": "front"}}})
    world.run(10)
    assert world.get("ResourceQuota", "most")["metadata"]["resourceVersion"] == before


@given(replicas=st.lists(st.integers(0, 6), min_size=1, max_size=4), most=st.integers(0, 4))
def test_no_deployment_outgrows_a_quota(worlds: Any, replicas: list[int], most: int) -> None:
    world = worlds()
    quota(world, pods=str(most))
    world.deployment(replicas=replicas[0])
    for size in replicas:
        world.change("Deployment", "web", {"spec": {"replicas": size}})
        world.run(120)
        assert len(world.names("Pod")) == int(used(world)["pods"]) == min(size, most)

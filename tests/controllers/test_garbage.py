from __future__ import annotations

from typing import Any


def test_background_deletion_takes_the_owner_first_then_what_it_owned(world: Any) -> None:
    world.deployment(replicas=2)
    world.run(30).delete("Deployment", "web")
    assert world.names("Deployment") == []
    assert world.run(0).names("ReplicaSet") == []
    assert world.run(5).names("Pod") == []


def test_foreground_deletion_keeps_the_owner_until_its_dependents_are_gone(world: Any) -> None:
    world.deployment(replicas=2)
    world.run(30).delete("Deployment", "web", propagation="Foreground")
    world.run(0.2)
    assert world.get("Deployment", "web")["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert len(world.names("Pod")) == 2
    world.run(5)
    assert world.names("Deployment") == world.names("ReplicaSet") == world.names("Pod") == []


def test_orphan_deletion_leaves_the_dependents_without_an_owner(world: Any) -> None:
    world.deployment(replicas=2)
    world.run(30).delete("Deployment", "web", propagation="Orphan")
    world.run(5)
    assert world.names("Deployment") == []
    assert "ownerReferences" not in world.only("ReplicaSet")["metadata"]
    assert len(world.ready()) == 2


def test_one_of_two_owners_going_only_loses_its_reference(world: Any) -> None:
    a, b = (world.create("v1", "ConfigMap", name) for name in ("a", "b"))
    owners = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": one["metadata"]["name"], "uid": one["metadata"]["uid"]}
        for one in (a, b)
    ]
    world.create("v1", "Secret", "s", {"ownerReferences": owners})
    world.run(0).delete("ConfigMap", "a")
    world.run(0)
    assert world.get("Secret", "s")["metadata"]["ownerReferences"] == owners[1:]
    world.delete("ConfigMap", "b")
    assert world.run(0).names("Secret") == []


def test_an_owner_of_another_uid_is_no_owner(world: Any) -> None:
    world.create("v1", "ConfigMap", "a")
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": "of-an-earlier-one"}
    world.create("v1", "Secret", "s", {"ownerReferences": [owner]})
    assert world.run(0).names("Secret") == []

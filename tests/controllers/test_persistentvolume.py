from __future__ import annotations

from typing import Any

from labkit.controllers.persistentvolume import waiting
from labkit.kinds import Key


def claim(world: Any, name: str = "data", **spec: Any) -> None:
    asked = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    world.create("v1", "PersistentVolumeClaim", name, spec={**asked, **spec})


def volume(world: Any, name: str, storage: str, **spec: Any) -> None:
    given = {"capacity": {"storage": storage}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}
    world.create("v1", "PersistentVolume", name, spec={**given, "storageClassName": "", **spec})


def storage_class(world: Any, name: str, mode: str = "Immediate", **fields: Any) -> None:
    world.create(
        "storage.k8s.io/v1", "StorageClass", name, provisioner="example.com/disk", volumeBindingMode=mode, **fields
    )


def test_the_smallest_volume_that_fits_is_bound(world: Any) -> None:
    for name, size in (("big", "10Gi"), ("small", "500Mi"), ("right", "2Gi")):
        volume(world, name, size)
    claim(world, storageClassName="")
    bound = world.run(0).get("PersistentVolumeClaim", "data")
    assert bound["spec"]["volumeName"] == "right"
    assert bound["status"] == {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "2Gi"}}
    assert world.get("PersistentVolume", "right", "")["spec"]["claimRef"]["name"] == "data"


def test_an_immediate_class_provisions_at_once(world: Any) -> None:
    storage_class(world, "fast")
    claim(world, storageClassName="fast")
    world.run(5)
    made = world.only("PersistentVolume", "")
    uid = world.get("PersistentVolumeClaim", "data")["metadata"]["uid"]
    assert made["metadata"]["name"] == f"pvc-{uid}"
    assert f"Successfully provisioned volume pvc-{uid}" in world.events("data")


def test_a_waiting_class_provisions_for_the_first_pod(world: Any) -> None:
    storage_class(world, "late", "WaitForFirstConsumer")
    claim(world, storageClassName="late")
    assert world.run(60).names("PersistentVolume") == []
    assert "waiting for first consumer to be created before binding" in world.events("data")
    world.pod("a", volumes=[{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}])
    assert world.run(20).ready() == ["a"]


def test_the_default_class_serves_claims_that_name_none(world: Any) -> None:
    storage_class(world, "std", meta={"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}})
    claim(world)
    assert world.run(5).get("PersistentVolumeClaim", "data")["status"]["phase"] == "Bound"


def test_a_claim_that_nobody_can_serve_says_so(world: Any) -> None:
    claim(world, storageClassName="")
    claim(world, "lost", storageClassName="nowhere")
    world.run(5)
    assert world.events("data") == ["no persistent volumes available for this claim and no storage class is set"]
    assert world.events("lost") == ['storageclass.storage.k8s.io "nowhere" not found']


def test_the_reclaim_policy_decides_what_becomes_of_the_volume(world: Any) -> None:
    volume(world, "kept", "1Gi", persistentVolumeReclaimPolicy="Retain")
    claim(world, storageClassName="")
    world.run(0).delete("PersistentVolumeClaim", "data")
    assert world.run(0).get("PersistentVolume", "kept", "")["status"]["phase"] == "Released"


def test_a_claim_that_waits_says_for_what(world: Any) -> None:
    storage_class(world, "local", "WaitForFirstConsumer")
    claim(world, storageClassName="local")
    world.run(0)
    assert "waiting for first consumer to be created before binding" in world.events("data")
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    world.pod("web", volumes=volumes, nodeSelector={"there": "is none"})
    key = Key("PersistentVolumeClaim", "default", "data")
    assert waiting([pod.name for pod in world.cluster.into(key, "mounts")])[1] == "waiting for pod web to be scheduled"
    assert waiting(["a", "b"]) == ("WaitForPodScheduled", "waiting for pods a,b to be scheduled")

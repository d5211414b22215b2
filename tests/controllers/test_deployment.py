from __future__ import annotations

from typing import Any

Dict = dict[str, Any]


def conditions(obj: Dict) -> Dict:
    return {one["type"]: f"{one['status']} {one['reason']}" for one in obj["status"]["conditions"]}


def sizes(world: Any) -> Dict:
    return {
        one["spec"]["template"]["spec"]["containers"][0]["image"]: one["spec"]["replicas"]
        for one in world.cluster.list("ReplicaSet")
    }


def test_a_deployment_makes_one_replicaset_named_after_its_template(world: Any) -> None:
    world.deployment()
    made = world.run(30).only("ReplicaSet")
    hashed = made["metadata"]["labels"]["pod-template-hash"]
    assert made["metadata"]["name"] == f"web-{hashed}"
    assert set(hashed) <= set("bcdfghjklmnpqrstvwxz2456789")
    assert made["spec"]["selector"]["matchLabels"] == {"app": "web", "pod-template-hash": hashed}
    notes = made["metadata"]["annotations"]
    assert notes == {
        "deployment.kubernetes.io/desired-replicas": "3",
        "deployment.kubernetes.io/max-replicas": "4",
        "deployment.kubernetes.io/revision": "1",
    }


def test_its_status_is_that_of_the_real_controller_once_every_pod_is_ready(world: Any) -> None:
    world.deployment()
    status = world.run(30).get("Deployment", "web")["status"]
    numbers = {name: status.get(name) for name in status if name != "conditions"}
    assert numbers == {
        "observedGeneration": 1, "replicas": 3, "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3,
        "terminatingReplicas": 0,
    }  # fmt: skip
    assert conditions(world.get("Deployment", "web")) == {
        "Available": "True MinimumReplicasAvailable", "Progressing": "True NewReplicaSetAvailable",
    }  # fmt: skip


def test_scaling_is_told_in_the_words_of_1_36(world: Any) -> None:
    world.deployment()
    world.run(30).change("Deployment", "web", {"spec": {"replicas": 6}})
    world.run(30).change("Deployment", "web", {"spec": {"replicas": 2}})
    (made,) = world.run(30).names("ReplicaSet")
    assert world.events("web", "ScalingReplicaSet") == [
        f"Scaled up replica set {made} from 0 to 3",
        f"Scaled up replica set {made} from 3 to 6",
        f"Scaled down replica set {made} from 6 to 2",
    ]
    assert len(world.ready()) == 2


def test_a_new_template_is_rolled_out_within_the_limits(world: Any) -> None:
    world.deployment(replicas=4)
    world.run(30)
    spec = world.get("Deployment", "web")["spec"]["template"]["spec"]
    changed = {**spec, "containers": [{**spec["containers"][0], "image": "shop/web:2"}]}
    world.change("Deployment", "web", {"spec": {"template": {"spec": changed}}})
    begun = len(world.cluster.history)
    world.run(60)
    assert sizes(world) == {"shop/web:1": 0, "shop/web:2": 4}
    assert world.get("Deployment", "web")["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"
    for index in range(begun, len(world.cluster.history), 7):
        past = world.cluster.as_of(index)
        pods = [one for one in past.items("Pod") if one.metadata.deletion_timestamp is None]
        assert sum(one.spec.replicas for one in past.items("ReplicaSet")) <= 5
        assert sum(one.is_ready for one in pods) >= 3


def test_a_rollout_without_progress_runs_into_its_deadline(world: Any) -> None:
    world.deployment(replicas=1, progressDeadlineSeconds=60)
    world.run(30)
    broken = {"metadata": {"annotations": {"labkit.dev/image-error": "not found"}}}
    world.change("Deployment", "web", {"spec": {"template": broken}})
    world.run(120)
    assert conditions(world.get("Deployment", "web"))["Progressing"] == "False ProgressDeadlineExceeded"
    assert len(world.ready()) == 1


def test_recreate_waits_until_the_old_pods_are_gone(world: Any) -> None:
    world.deployment(replicas=2, strategy={"type": "Recreate"})
    world.run(30).change("Deployment", "web", {"spec": {"template": {"metadata": {"labels": {"v": "2"}}}}})
    begun = len(world.cluster.history)
    world.run(30)
    for index in range(begun, len(world.cluster.history)):
        labels = {one.metadata.labels.get("v") for one in world.cluster.as_of(index).items("Pod")}
        assert len(labels) <= 1
    assert len(world.ready()) == 2


def test_a_paused_deployment_scales_but_rolls_nothing_out(world: Any) -> None:
    world.deployment(replicas=2)
    world.run(30).change("Deployment", "web", {"spec": {"paused": True}})
    world.run(1).change(
        "Deployment", "web", {"spec": {"replicas": 3, "template": {"metadata": {"labels": {"v": "2"}}}}}
    )
    world.run(30)
    assert sizes(world) == {"shop/web:1": 3}
    assert conditions(world.get("Deployment", "web"))["Progressing"] == "Unknown DeploymentPaused"


def test_a_rollback_uses_the_old_replicaset_again_with_a_new_revision(world: Any) -> None:
    world.deployment(replicas=2)
    world.run(30).change("Deployment", "web", {"spec": {"template": {"metadata": {"labels": {"v": "2"}}}}})
    world.run(60).change("Deployment", "web", {"spec": {"template": {"metadata": {"labels": {"v": None}}}}})
    world.run(60)
    notes = [one["metadata"]["annotations"] for one in world.cluster.list("ReplicaSet")]
    assert [one["deployment.kubernetes.io/revision"] for one in notes] == ["3", "2"]
    assert notes[0]["deployment.kubernetes.io/revision-history"] == "1"


def test_old_replicasets_beyond_the_history_limit_are_deleted(world: Any) -> None:
    world.deployment(replicas=1, revisionHistoryLimit=1)
    for version in ("2", "3", "4"):
        world.run(60).change("Deployment", "web", {"spec": {"template": {"metadata": {"labels": {"v": version}}}}})
    assert len(world.run(60).names("ReplicaSet")) == 2

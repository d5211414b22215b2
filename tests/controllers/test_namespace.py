from __future__ import annotations

from typing import Any

import pytest

from labkit.errors import ApiError


def test_each_namespace_has_a_service_account_and_the_root_certificate(world: Any) -> None:
    assert world.names("ServiceAccount") == ["default", "default"]
    assert world.names("ConfigMap") == ["kube-root-ca.crt"] * 2
    world.delete("ServiceAccount", "default", "shop")
    assert len(world.run(0).names("ServiceAccount")) == 2


def test_a_deleted_namespace_keeps_its_content_for_five_seconds_then_pods_go_first(world: Any) -> None:
    world.deployment(replicas=2)
    world.create("v1", "ConfigMap", "cfg")
    world.run(30).delete("Namespace", "default", "")
    assert world.run(4.9).get("Namespace", "default", "")["status"]["phase"] == "Terminating"
    assert len(world.ready()) == 2
    world.run(0.2)
    assert all("deletionTimestamp" in pod["metadata"] for pod in world.cluster.list("Pod"))
    reasons = {one["type"]: one["reason"] for one in world.get("Namespace", "default", "")["status"]["conditions"]}
    assert reasons["NamespaceDeletionContentFailure"] == "ContentDeletionFailed"
    assert world.names("Deployment") == ["web"]
    world.run(6)
    assert "default" not in world.names("Namespace")
    assert not [key for key in world.cluster.objects() if key.namespace == "default"]


def test_nothing_can_be_made_in_it_meanwhile(world: Any) -> None:
    world.run(1).delete("Namespace", "default", "")
    with pytest.raises(ApiError, match="because it is being terminated"):
        world.pod("late")

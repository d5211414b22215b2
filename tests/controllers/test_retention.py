"""Who owns the claims of a StatefulSet's pods."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.controllers.ownership import controller_ref
from labkit.controllers.retention import owners

POD: dict[str, Any] = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-1", "uid": "p"}}
OTHER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "o"}


def stateful_set(scaled: str, deleted: str) -> dict[str, Any]:
    policy = {"whenScaled": scaled, "whenDeleted": deleted}
    meta = {"name": "web", "uid": "s"}
    spec = {"persistentVolumeClaimRetentionPolicy": policy}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": meta, "spec": spec}


@pytest.mark.parametrize(
    ("scaled", "deleted", "is_surplus", "expected"),
    [
        ("Retain", "Retain", False, []),
        ("Retain", "Retain", True, []),
        ("Retain", "Delete", True, ["StatefulSet"]),
        ("Delete", "Retain", False, []),
        ("Delete", "Retain", True, ["Pod"]),
        ("Delete", "Delete", False, ["StatefulSet"]),
        ("Delete", "Delete", True, ["Pod"]),
    ],
)
def test_a_claim_belongs_to_whom_the_policy_says(
    scaled: str, deleted: str, is_surplus: bool, expected: list[str]
) -> None:
    owner = stateful_set(scaled, deleted)
    for held in ([], [controller_ref(owner)], [controller_ref(POD)]):
        assert [one["kind"] for one in owners(held, owner, POD, is_surplus)] == expected


def test_owners_of_other_families_stay() -> None:
    assert owners([OTHER], stateful_set("Retain", "Retain"), POD, False) == [OTHER]


def test_a_claim_that_something_else_controls_is_left_to_it() -> None:
    held = [{**OTHER, "controller": True}]
    assert owners(held, stateful_set("Delete", "Delete"), POD, False) == held


def test_a_changed_policy_reaches_claims_that_are_there(world: Any) -> None:
    template = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    spec = {
        "replicas": 1,
        "serviceName": "web",
        "selector": {"matchLabels": {"app": "web"}},
        "volumeClaimTemplates": [template],
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "app:1"}]}},
    }
    world.create("apps/v1", "StatefulSet", "web", spec=spec)
    world.run(60)
    claim = world.get("PersistentVolumeClaim", "data-web-0")
    assert "ownerReferences" not in claim["metadata"]
    obj = world.get("StatefulSet", "web")
    policy = {"whenScaled": "Retain", "whenDeleted": "Delete"}
    world.cluster.update({**obj, "spec": {**obj["spec"], "persistentVolumeClaimRetentionPolicy": policy}})
    world.run(1)
    [owner] = world.get("PersistentVolumeClaim", "data-web-0")["metadata"]["ownerReferences"]
    assert owner["kind"] == "StatefulSet"

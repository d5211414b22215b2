"""The official schemas, and what labkit doesn't simulate of them."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.kinds import KINDS
from labkit.manifests import schema


def test_every_kind_has_a_schema() -> None:
    assert [name for name in KINDS if schema.name_of(name) is None] == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("spec", "PodSpec"), ("spec.containers", "[]Container"), ("spec.containers.image", "string"),
        ("spec.containers.resources.limits", "map[string]Quantity"), ("spec.hostNetwork", "boolean"),
        ("spec.terminationGracePeriodSeconds", "integer"), ("metadata.creationTimestamp", "string"),
        ("spec.containers.livenessProbe.httpGet.port", "IntOrString"), ("metadata.labels", "map[string]string"),
    ],
)  # fmt: skip
def test_a_field_is_found_by_its_path_with_its_type_in_words(path: str, words: str) -> None:
    found = schema.field("Pod", path)
    assert (found.type, found.name) == (words, path.rpartition(".")[2])
    assert found.description


def test_a_field_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="imge"):
        schema.field("Pod", "spec.containers.imge")
    with pytest.raises(KeyError, match="x"):
        schema.field("Pod", "spec.nodeName.x")


def test_fields_that_no_struct_names_are_reported_once_without_indices() -> None:
    containers = [{"name": name, "image": "x", "securityContext": {}} for name in "ab"]
    spec: dict[str, Any] = {"containers": containers, "shareProcessNamespace": True, "nodeSelector": {"a": "b"}}
    obj = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": spec, "status": {}}
    assert schema.unsimulated(obj) == ["spec.containers.securityContext", "spec.shareProcessNamespace"]


def test_a_kind_without_struct_is_wholly_unsimulated() -> None:
    obj = {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {}, "spec": {"controller": "x"}}
    assert schema.unsimulated(obj) == ["spec"]
    assert schema.unsimulated({"kind": "Unheard"}) == []

"""Bodies are decoded as strictly as Go decodes them."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.errors import ApiError
from labkit.manifests import jsontext
from labkit.manifests.decode import decode


def pod(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}


def why(obj: dict[str, Any], version: str = "v1") -> str:
    with pytest.raises(ApiError) as caught:
        decode(obj, obj["kind"], version)
    assert caught.value.code == 400
    return caught.value.message.partition("cannot be handled as a Pod: ")[2]


def test_a_clean_object_is_shared_not_copied() -> None:
    obj = pod(containers=[{"name": "web", "image": "x", "ports": [{"containerPort": 80}]}])
    assert decode(obj, "Pod", "v1").obj is obj


def test_unknown_fields_are_found_dropped_and_named_with_their_path() -> None:
    obj = pod(containers=[{"name": "web", "imge": 1, "ports": [{"port": 1}]}], contaners=[])
    decoded = decode(obj, "Pod", "v1")
    assert decoded.strict == [
        'unknown field "spec.containers[0].imge"',
        'unknown field "spec.containers[0].ports[0].port"',
        'unknown field "spec.contaners"',
    ]
    assert decoded.obj["spec"] == {"containers": [{"name": "web", "ports": [{}]}]}


def test_doubled_fields_keep_the_last_value_and_are_named() -> None:
    decoded = decode(jsontext.load('{"kind": "Pod", "metadata": {"name": "a", "name": "b"}}'), "Pod", "v1")
    assert decoded.strict == ['duplicate field "metadata.name"']
    assert decoded.obj["metadata"] == {"name": "b"}


@pytest.mark.parametrize(
    ("field", "value", "word", "go"),
    [
        ("containers", {}, "object", "[]v1.Container"),
        ("nodeName", 5, "number", "string"),
        ("hostNetwork", "no", "string", "bool"),
        ("priority", 2**31, "number 2147483648", "int32"),
        ("activeDeadlineSeconds", True, "bool", "int64"),
        ("restartPolicy", 1, "number", "v1.RestartPolicy"),
        ("securityContext", [], "array", "v1.PodSecurityContext"),
        ("nodeSelector", "a", "string", "map[string]string"),
    ],
)
def test_wrong_types_are_told_in_gos_words(field: str, value: Any, word: str, go: str) -> None:
    told = f"json: cannot unmarshal {word} into Go struct field PodSpec.spec.{field} of type {go}"
    assert why(pod(**{field: value})) == told


def test_a_bad_quantity_is_told_without_its_place() -> None:
    regex = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
    assert why(pod(overhead={"cpu": "1 core"})) == f"quantities must match the regular expression '{regex}'"


def test_only_the_first_wrong_value_is_told() -> None:
    assert "hostname" in why(pod(hostname=1, subdomain=2))


def test_nulls_and_empty_values_that_mean_nothing_are_dropped() -> None:
    obj = pod(containers=[], nodeName="", affinity=None, volumes=[], securityContext={}, hostNetwork=False, priority=0)
    assert decode(obj, "Pod", "v1").obj["spec"] == {"containers": [], "securityContext": {}, "priority": 0}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": {"storageClassName": "", "volumeName": ""}}
    assert decode(claim, "PersistentVolumeClaim", "v1").obj["spec"] == {"storageClassName": ""}


def test_quantities_are_stored_in_canonical_form() -> None:
    limits = {"cpu": 0.5, "memory": "1024Mi", "example.com/x": 1000}
    obj = pod(containers=[{"name": "a", "resources": {"limits": limits}}])
    stored = decode(obj, "Pod", "v1").obj["spec"]["containers"][0]["resources"]["limits"]
    assert stored == {"cpu": "500m", "memory": "1Gi", "example.com/x": "1k"}


def test_a_kind_without_a_schema_is_taken_as_it_is() -> None:
    obj = {"apiVersion": "example.com/v1", "kind": "Thing", "spec": {"x": None}}
    assert decode(obj, "Thing", "example.com/v1").obj is obj

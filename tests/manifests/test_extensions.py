"""Tests of labkit.manifests.extensions: kinds that come with their definitions."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import Lab
from labkit.errors import ApiError, LabError, ManifestError
from labkit.kinds import EXTENSIONS
from labkit.manifests import extensions

POOL = {
    "apiVersion": "karpenter.sh/v1",
    "kind": "NodePool",
    "metadata": {"name": "general"},
    "spec": {
        "template": {
            "spec": {
                "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}],
                "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
            }
        }
    },
}


def pool(**spec: Any) -> dict[str, Any]:
    return {**POOL, "spec": {**POOL["spec"], **spec}}


def karpenter() -> Lab:
    return Lab.kubernetes(nodes=0).install("karpenter")


def test_every_extension_kind_has_the_names_that_its_definition_says() -> None:
    for row in EXTENSIONS:
        spec = extensions.by_kind()[row.name]["spec"]
        names = spec["names"]
        assert (names["plural"], names["singular"], spec["group"]) == (row.plural, row.singular, row.group)
        assert tuple(names.get("shortNames", ())) == row.short
        assert (spec["scope"] == "Namespaced") == row.namespaced


def test_a_kind_is_refused_until_its_definition_is_there() -> None:
    lab = Lab.kubernetes(nodes=0)
    with pytest.raises(ManifestError, match='no matches for kind "NodePool" in version "karpenter.sh/v1"'):
        lab.apply(POOL)
    assert "the server doesn't have a resource type" in str(lab.kubectl("get nodepools"))
    lab.install("karpenter")
    lab.apply(POOL)
    assert "general" in str(lab.kubectl("get nodepools"))


def test_defaults_are_those_of_the_schema() -> None:
    lab = karpenter()
    lab.apply(POOL)
    spec = lab.get("nodepools", "general")["spec"]
    policy = {"consolidateAfter": "0s", "consolidationPolicy": "WhenEmptyOrUnderutilized"}
    assert spec["disruption"] == {**policy, "budgets": [{"nodes": "10%"}]}
    assert spec["template"]["spec"]["expireAfter"] == "720h"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"weight": 200}, "spec.weight: Invalid value: 200: spec.weight in body should be less than or equal to 100"),
        ({"weight": 0}, "spec.weight in body should be greater than or equal to 1"),
        ({"weight": "a"}, 'Invalid value: "string": spec.weight in body must be of type integer: "string"'),
        ({"limits": []}, 'spec.limits in body must be of type object: "array"'),
        ({"limits": {"cpu": {}}}, 'spec.limits.cpu in body must be of type integer,string: "object"'),
        ({"template": {}}, "spec.template.spec: Required value"),
        (
            {"disruption": {"consolidateAfter": "0s", "budgets": [{"nodes": "x"}]}},
            "spec.disruption.budgets[0].nodes in body should match",
        ),
        (
            {"disruption": {"consolidateAfter": "0s", "consolidationPolicy": "Never"}},
            'Unsupported value: "Never": supported values: "WhenEmpty", "WhenEmptyOrUnderutilized"',
        ),
    ],
)
def test_what_the_schema_refuses_is_said_in_the_servers_words(spec: dict[str, Any], words: str) -> None:
    with pytest.raises(ApiError) as refusal:
        karpenter().apply(pool(**spec))
    assert words in refusal.value.message


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ApiError, match='unknown field "spec.wieght"'):
        karpenter().apply(pool(wieght=1))


def test_an_unknown_extension_is_named() -> None:
    with pytest.raises(LabError, match='labkit has no extension "istio"'):
        Lab.kubernetes(nodes=0).install("istio")


def test_installing_twice_changes_nothing() -> None:
    lab = karpenter()
    before = len(lab.history)
    lab.install("karpenter")
    assert len(lab.history) == before


def test_explain_and_api_resources_know_the_kinds() -> None:
    lab = Lab.kubernetes(nodes=0)
    assert "nodepools" not in str(lab.kubectl("api-resources"))
    lab.install("vpa")
    assert "verticalpodautoscalers" in str(lab.kubectl("api-resources"))
    assert "autoscaling.k8s.io/v1\n" in str(lab.kubectl("api-versions"))
    assert "updateMode" in str(lab.kubectl("explain vpa.spec.updatePolicy"))

"""Defaults are filled in once, and complete parts are shared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labkit.manifests.default_pod import pull_policy
from labkit.manifests.defaults import defaulted

ERRORS = Path(__file__).parents[1] / "conformance" / "errors"


def bodies() -> list[dict[str, Any]]:
    cases = (json.loads(path.read_text()) for path in sorted(ERRORS.glob("*.json")))
    accepted = (case["request"].get("body") for case in cases if case["answer"]["code"] == 201)
    return [body for body in accepted if body and "spec" in body and "kind" in body]


@pytest.mark.parametrize("obj", bodies(), ids=lambda obj: obj["kind"])
def test_defaulting_twice_changes_nothing(obj: dict[str, Any]) -> None:
    before = json.dumps(obj)
    once = defaulted(obj)
    assert defaulted(once) is once or defaulted(once) == once
    assert json.dumps(obj) == before


def test_a_deployment_gets_what_the_server_fills_in() -> None:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}
    obj = {"kind": "Deployment", "metadata": {}, "spec": {"template": template}}
    spec = defaulted(obj)["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
    assert (spec["replicas"], spec["revisionHistoryLimit"], spec["progressDeadlineSeconds"]) == (1, 10, 600)
    pod = spec["template"]["spec"]
    assert (pod["restartPolicy"], pod["dnsPolicy"], pod["schedulerName"]) == (
        "Always",
        "ClusterFirst",
        "default-scheduler",
    )
    assert "enableServiceLinks" not in pod
    assert spec["template"]["metadata"] is template["metadata"]


def test_a_pods_requests_follow_from_its_limits() -> None:
    container = {
        "name": "a",
        "image": "a:1",
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "0.0001"}},
    }
    stored = defaulted({"kind": "Pod", "metadata": {}, "spec": {"containers": [container]}})["spec"]["containers"][0]
    assert stored["resources"]["requests"] == {"cpu": "1m", "memory": "1Gi"}


def test_pods_of_one_template_share_its_filled_spec() -> None:
    spec = {"containers": [{"name": "a", "image": "a"}]}
    one, other = (defaulted({"kind": "Pod", "metadata": {"name": name}, "spec": spec}) for name in "ab")
    assert one["spec"] is other["spec"]


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("web", "Always"), ("web:latest", "Always"), ("web:1", "IfNotPresent"), ("reg:5000/web", "Always"),
        ("reg:5000/web:2", "IfNotPresent"), ("web@sha256:abc", "IfNotPresent"), ("", "Always"),
    ],
)  # fmt: skip
def test_the_pull_policy_follows_from_the_tag(image: str, policy: str) -> None:
    assert pull_policy(image) == policy


def test_a_secrets_text_becomes_base64() -> None:
    obj = {"kind": "Secret", "metadata": {}, "stringData": {"a": "1"}, "data": {"b": "Mg=="}}
    assert defaulted(obj) == {"kind": "Secret", "metadata": {}, "type": "Opaque", "data": {"b": "Mg==", "a": "MQ=="}}


def test_a_namespace_is_labelled_with_its_name() -> None:
    stored = defaulted({"kind": "Namespace", "metadata": {"name": "shop", "labels": {"a": "b"}}})
    assert stored["metadata"]["labels"] == {"a": "b", "kubernetes.io/metadata.name": "shop"}
    assert stored["spec"] == {"finalizers": ["kubernetes"]}


def test_a_stateful_sets_template_has_the_fields_that_are_always_written() -> None:
    template = {"spec": {"containers": [{"env": [{"value": "x"}], "ports": [{}]}], "volumes": [{}]}}
    pod = defaulted({"kind": "StatefulSet", "metadata": {}, "spec": {"template": template}})["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert (container["name"], container["env"][0]["name"], container["ports"][0]["containerPort"]) == ("", "", 0)
    assert pod["volumes"][0]["name"] == ""
    assert defaulted({"kind": "StatefulSet", "metadata": {}})["spec"]["template"]["spec"]["containers"] == []


def test_a_kind_that_has_a_spec_always_has_one() -> None:
    assert defaulted({"kind": "ResourceQuota", "metadata": {}})["spec"] == {}
    assert "spec" not in defaulted({"kind": "ConfigMap", "metadata": {}})

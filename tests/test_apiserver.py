"""The API server's answers, replayed: tests/conformance/errors, one case each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from labkit import apiserver
from labkit.apiserver.requests import Response, handle
from labkit.cluster import Cluster
from labkit.errors import ApiError
from labkit.kinds import Key

ERRORS = Path(__file__).parent / "conformance" / "errors"
CASES = sorted(path.stem for path in ERRORS.glob("*.json"))
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_cluster() -> Cluster:
    """A cluster as it was before every recorded request: two namespaces with what their controllers make."""
    cluster = Cluster()
    for namespace in ("default", "shop"):
        apiserver.create(cluster, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        for kind, name in (("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")):
            meta = {"name": name, "namespace": namespace}
            apiserver.create(cluster, {"apiVersion": "v1", "kind": kind, "metadata": meta})
    return cluster


def body_of(request: dict[str, Any]) -> Any:
    if "note" in (request.get("body") or {}) and "metadata" not in request["body"]:
        data = {"a": "x" * 1048577}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cfg", "namespace": "shop"}, "data": data}
    return request.get("body", request.get("text"))


def replay(case: dict[str, Any]) -> Response:
    cluster = new_cluster()
    for obj in case.get("before", []):
        apiserver.create(cluster, obj)
    request = case["request"]
    path, query = request["path"], request.get("query", {})
    return handle(cluster, request["method"], path, query, body_of(request), request.get("contentType", ""))


def shown(response: Response) -> dict[str, Any]:
    """The response in the form of the recording."""
    if isinstance(response.body, str):
        return {"code": response.code, "text": response.body}
    if response.code >= 400:
        fields = ("reason", "message", "details")
        told = {key: response.body[key] for key in fields if response.body.get(key) or key == "details"}
        return json.loads(_UID.sub("<uid>", json.dumps({"code": response.code, **told})))
    return {"code": response.code} | ({"warnings": list(response.warnings)} if response.warnings else {})


def expected(answer: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in answer.items() if key != "accepted"}
    return found if found["code"] < 400 or "text" in found else {"details": {}, **found}


def at(obj: Any, path: str) -> Any:
    """The value at a recorded path; a segment of digits is an index."""
    if path in obj:
        return obj[path]
    for part in path.split("."):
        obj = obj[int(part)] if isinstance(obj, list) else obj[part]
    return obj


def includes(whole: Any, part: Any) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and includes(whole[key], value) for key, value in part.items())
    if isinstance(part, str) and part.endswith("<x5>"):
        return whole.startswith(part[:-4]) and len(whole) == len(part) + 1
    return whole == part


@pytest.mark.parametrize("name", CASES)
def test_a_recorded_request_gets_the_recorded_answer(name: str) -> None:
    case = json.loads((ERRORS / f"{name}.json").read_text())
    response = replay(case)
    answers = [expected(answer) for answer in (case["answer"], *case.get("other_answers", []))]
    assert shown(response) in answers, f"{shown(response)} is not {answers[0]}"
    accepted = case["answer"].get("accepted")
    if isinstance(accepted, dict):
        for path, value in accepted.items():
            assert includes(at(response.body, path), value)


DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "web:1"}]},
        },
    },
}
WEB = Key("Deployment", "default", "web")


def with_spec(**changes: Any) -> dict[str, Any]:
    return {**DEPLOYMENT, "spec": {**DEPLOYMENT["spec"], **changes}}


def test_apply_creates_then_changes_nothing_then_configures() -> None:
    cluster = new_cluster()
    verbs = [apiserver.apply(cluster, obj).verb for obj in (DEPLOYMENT, DEPLOYMENT, with_spec(replicas=3))]
    assert verbs == ["created", "unchanged", "configured"]
    assert cluster.require(WEB)["metadata"]["generation"] == 2


def test_apply_keeps_what_was_scaled_when_it_says_nothing_about_it() -> None:
    cluster = new_cluster()
    silent = {key: value for key, value in DEPLOYMENT["spec"].items() if key != "replicas"}
    apiserver.apply(cluster, {**DEPLOYMENT, "spec": silent})
    apiserver.patch(cluster, WEB, {"spec": {"replicas": 7}}, "merge")
    apiserver.apply(cluster, {**DEPLOYMENT, "spec": {**silent, "minReadySeconds": 5}})
    spec = cluster.require(WEB)["spec"]
    assert (spec["replicas"], spec["minReadySeconds"]) == (7, 5)
    apiserver.apply(cluster, {**DEPLOYMENT, "spec": silent})
    assert "minReadySeconds" not in cluster.require(WEB)["spec"]


def test_apply_says_when_nothing_was_applied_before() -> None:
    cluster = new_cluster()
    apiserver.create(cluster, DEPLOYMENT)
    answer = apiserver.apply(cluster, DEPLOYMENT)
    assert answer.verb == "configured"
    assert answer.warnings[0].startswith("resource deployments/web is missing the kubectl.kubernetes.io/last-applied")


@pytest.mark.parametrize("verb", [apiserver.create, apiserver.apply])
def test_a_dry_run_stores_nothing(verb: Any) -> None:
    cluster = new_cluster()
    before = cluster.version
    assert verb(cluster, DEPLOYMENT, dry_run=True).obj["metadata"]["uid"]
    assert cluster.version == before
    assert cluster.get(WEB) is None


def test_a_refused_change_leaves_the_cluster_as_it_was() -> None:
    cluster = new_cluster()
    apiserver.create(cluster, DEPLOYMENT)
    before = (cluster.version, len(cluster.history), cluster.rng.getstate())
    for change in ({"spec": {"replicas": -1}}, {"spec": {"selector": {"matchLabels": {"app": "x"}}}}):
        with pytest.raises(ApiError) as caught:
            apiserver.patch(cluster, WEB, change)
        assert caught.value.code == 422
    assert (cluster.version, len(cluster.history), cluster.rng.getstate()) == before


def test_an_unknown_field_in_a_patch_is_blamed_on_the_patch() -> None:
    cluster = new_cluster()
    apiserver.create(cluster, DEPLOYMENT)
    with pytest.raises(ApiError, match='patch: Invalid value: .*strict decoding error: unknown field "spec.replica"'):
        apiserver.patch(cluster, WEB, {"spec": {"replica": 1}}, "merge")


def test_an_old_version_of_a_kind_is_stored_as_the_new_one() -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"maxReplicas": 3, "scaleTargetRef": target, "targetCPUUtilizationPercentage": 50}
    meta = {"name": "web", "namespace": "shop"}
    obj = {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": meta, "spec": spec}
    path = "/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers"
    stored = handle(new_cluster(), "POST", path, {}, obj).body
    assert stored["apiVersion"] == "autoscaling/v2"
    assert stored["spec"]["metrics"][0]["resource"]["target"] == {"averageUtilization": 50, "type": "Utilization"}


def test_subresources_scale_bind_and_evict() -> None:
    cluster = new_cluster()
    apiserver.create(cluster, DEPLOYMENT)
    path = "/apis/apps/v1/namespaces/default/deployments/web/scale"
    handle(cluster, "PATCH", path, {}, {"spec": {"replicas": 5}}, "application/merge-patch+json")
    assert cluster.require(WEB)["spec"]["replicas"] == 5
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a"},
        "spec": {"containers": [{"name": "a", "image": "a"}]},
    }
    apiserver.create(cluster, pod)
    place = "/api/v1/namespaces/default/pods/a"
    assert handle(cluster, "POST", f"{place}/binding", {}, {"target": {"name": "node-1"}}).code == 201
    assert handle(cluster, "GET", place).body["spec"]["nodeName"] == "node-1"
    assert handle(cluster, "POST", f"{place}/eviction", {}, {}).code == 201


def test_a_budget_without_room_blocks_an_eviction() -> None:
    cluster = new_cluster()
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "labels": {"app": "a"}},
        "spec": {"containers": [{"name": "a", "image": "a"}]},
    }
    apiserver.create(cluster, pod)
    cluster.set_status(Key("Pod", "default", "a"), {"phase": "Running"})
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "b"}}
    apiserver.create(cluster, {**budget, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "a"}}}})
    answer = handle(cluster, "POST", "/api/v1/namespaces/default/pods/a/eviction", {}, {})
    assert (answer.code, answer.body["reason"]) == (429, "TooManyRequests")
    assert answer.body["message"] == "Cannot evict pod as it would violate the pod's disruption budget."

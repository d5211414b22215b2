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

"""Answers of the API server to bad and odd requests: code, reason, message, details and causes, literally."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from labkit import apiserver
from labkit.apiserver import requests
from labkit.apiserver.requests import Response
from labkit.cluster import Cluster
from labkit.conformance.comparing import attempted, differences, same
from labkit.conformance.forms import Recording
from labkit.conformance.placeholders import SHAPES
from labkit.conformance.report import Outcome

Object = dict[str, Any]

NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease", "shop")
_PLACEHOLDER = re.compile(f"<({'|'.join(SHAPES)})>")


def replay(recording: Recording) -> Iterator[Outcome]:
    """Send the recorded request to a cluster with the objects that existed."""
    case = recording.content
    name = case.get("name", recording.path.stem)
    body = case["request"].get("body")
    if isinstance(body, dict) and body.keys() == {"note"}:
        yield Outcome.skipped("errors", name, "its body is only told in words")
    else:
        yield Outcome.compared("errors", name, attempted(case_differences(case)))


def case_differences(case: Object) -> Iterator[str]:
    """What labkit answers otherwise; one of the recorded orders of causes must be right."""
    response = answer(case)
    found = [list(answer_differences(one, response)) for one in [case["answer"], *case.get("other_answers", [])]]
    yield from min(found, key=len)


def answer(case: Object) -> Response:
    """labkit's answer to the case's request."""
    cluster = Cluster()
    given = {obj["metadata"]["name"] for obj in case["before"] if obj["kind"] == "Namespace"}
    for name in NAMESPACES:
        if name not in given:
            add_namespace(cluster, name)
    for obj in case["before"]:
        apiserver.create(cluster, obj)
    request = case["request"]
    body = request.get("text", request.get("body"))
    return requests.handle(
        cluster, request["method"], request["path"], request.get("query", {}), body, request["contentType"]
    )


def add_namespace(cluster: Cluster, name: str) -> None:
    """A namespace with what its controllers make in it."""
    apiserver.create(cluster, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    for kind, made in (("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")):
        meta = {"name": made, "namespace": name}
        apiserver.create(cluster, {"apiVersion": "v1", "kind": kind, "metadata": meta})


def answer_differences(recorded: Object, response: Response) -> Iterator[str]:
    """What differs in one answer."""
    yield from differences(recorded["code"], response.code, "code")
    if "text" in recorded:
        yield from differences(recorded["text"], response.body, "text")
    elif "accepted" in recorded:
        yield from _accepted_differences(recorded["accepted"], response.body)
    else:
        got = response.body if isinstance(response.body, dict) else {}
        for name in ("reason", "message"):
            yield from differences(recorded.get(name), got.get(name), name, alike)
        yield from differences(recorded.get("details") or {}, got.get("details") or {}, "details", alike)
    yield from differences(recorded.get("warnings", []), list(response.warnings), "warnings")


def _accepted_differences(accepted: Any, body: Any) -> Iterator[str]:
    if accepted is True:
        return
    for path, value in accepted.items():
        yield from differences(value, field(body, path), path, alike)


def field(obj: Any, path: str) -> Any:
    """The value at a path such as `spec.containers.0.resources`; None where there is none."""
    for step in path.split("."):
        if isinstance(obj, list):
            obj = obj[int(step)] if int(step) < len(obj) else None
        else:
            obj = obj.get(step) if isinstance(obj, dict) else None
    return obj


def alike(recorded: Any, got: Any) -> bool:
    """Equal, where a placeholder in a text stands for anything of its shape."""
    if not (isinstance(recorded, str) and isinstance(got, str)):
        return same(recorded, got)
    parts = _PLACEHOLDER.split(recorded)
    shape = "".join(SHAPES[part] if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.fullmatch(shape, got, re.DOTALL) is not None

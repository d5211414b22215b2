"""REST requests: methods and paths to verbs, refusals to Status objects.

Source: apiserver pkg/endpoints/installer.go and handlers/{create,get,patch,delete,rest}.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from labkit.apiserver import subresources, verbs
from labkit.apiserver.body import body_of, delete_options, patch_of
from labkit.apiserver.warnings import DEPRECATED
from labkit.cluster import Cluster
from labkit.errors import ApiError, FieldError
from labkit.fields import selectors
from labkit.kinds import RESOURCES, Key, Kind
from labkit.manifests.causes import required

Object = dict[str, Any]
_PATCHES = {
    "application/strategic-merge-patch+json": "strategic",
    "application/merge-patch+json": "merge",
    "application/json-patch+json": "json",
}
_APPLY = ("application/apply-patch+yaml", "application/apply-patch+cbor")
_READ_ONLY = ("ComponentStatus",)


class Response(NamedTuple):
    """Code, body (an object, a Status, or plain text) and Warning headers."""

    code: int
    body: Any
    warnings: tuple[str, ...] = ()


class Request(NamedTuple):
    """A request whose path was understood."""

    method: str
    row: Kind
    key: Key
    subresource: str
    query: dict[str, str]
    body: Any
    content_type: str

    @property
    def options(self) -> Object:
        """What every writing verb takes from the query."""
        return {"validation": self.query.get("fieldValidation", "Warn"), "dry_run": self.query.get("dryRun") == "All"}


class _NoSuchPathError(Exception):
    """A path of no API group: the server answers with plain text."""


def handle(
    cluster: Cluster,
    method: str,
    path: str,
    query: dict[str, str] | None = None,
    body: Any = None,
    content_type: str = "application/json",
) -> Response:
    """Answer one request; `body` is an object, a list of patch operations, or raw text. Never raises ApiError."""
    try:
        request = parse(method, path, query or {}, body, content_type)
        return _METHODS[request.method](cluster, request)
    except _NoSuchPathError:
        return Response(404, "404 page not found\n")
    except ApiError as error:
        return Response(error.code, status(error))


def status(error: ApiError) -> Object:
    """The Status object of a refusal."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": error.message,
        "reason": error.reason,
        "details": error.details,
        "code": error.code,
    }


def parse(method: str, path: str, query: dict[str, str], body: Any, content_type: str) -> Request:
    """What a path means: `/api/v1/namespaces/shop/pods/web/eviction`."""
    parts = path.strip("/").split("/")
    if parts[0] == "api":
        version, rest = "/".join(parts[1:2]), parts[2:]
    elif parts[0] == "apis" and len(parts) > 2:
        version, rest = "/".join(parts[1:3]), parts[3:]
    else:
        raise _NoSuchPathError(path)
    group = version.rpartition("/")[0]
    if group not in {row.group for row in RESOURCES}:
        raise _NoSuchPathError(path)
    namespace = ""
    if len(rest) > 2 and rest[0] == "namespaces" and _row(version, rest[2]):
        namespace, rest = rest[1], rest[2:]
    row = _row(version, rest[0]) if rest else None
    if row is None:
        raise ApiError(404, "NotFound", "the server could not find the requested resource")
    name, subresource = (*rest[1:3], "", "")[:2]
    return Request(method, row, Key(row.name, namespace, name), subresource, query, body, content_type)


def _row(version: str, plural: str) -> Kind | None:
    return next((row for row in RESOURCES if row.plural == plural and row.serves(version)), None)


def _get(cluster: Cluster, request: Request) -> Response:
    warnings = (DEPRECATED[request.row.name],) if request.row.name in DEPRECATED else ()
    if request.key.name:
        found = cluster.get(request.key)
        if found is None:
            raise ApiError.not_found(request.row.plural, request.key.name, request.row.group)
        return Response(200, found, warnings)
    return Response(200, _listed(cluster, request), warnings)


def _listed(cluster: Cluster, request: Request) -> Object:
    try:
        by_label = selectors.parse(request.query.get("labelSelector", ""))
        by_field = selectors.parse_fields(request.row.name, request.query.get("fieldSelector", ""))
    except FieldError as error:
        raise ApiError.bad_request(error.message) from None
    items = [
        obj
        for obj in cluster.list(request.row.name, request.key.namespace or None)
        if by_label.matches(obj["metadata"].get("labels") or {}) and by_field.matches(obj)
    ]
    listed = {"kind": f"{request.row.name}List", "apiVersion": request.row.api_version, "metadata": {}}
    return {**listed, "items": items}


def _post(cluster: Cluster, request: Request) -> Response:
    if request.subresource:
        return Response(201, subresources.post(cluster, request.key, request.subresource, body_of(request)))
    _refuse_read_only(request)
    answer = verbs.create(cluster, body_of(request), **request.options)
    return Response(201, answer.obj, answer.warnings)


def _put(cluster: Cluster, request: Request) -> Response:
    if request.subresource:
        return Response(200, subresources.put(cluster, request.key, request.subresource, body_of(request)))
    _refuse_read_only(request)
    obj = body_of(request)
    name = (obj.get("metadata") or {}).get("name", "")
    if name != request.key.name:
        why = f"the name of the object ({name}) does not match the name on the URL ({request.key.name})"
        raise ApiError.bad_request(why)
    answer = verbs.replace(cluster, obj, **request.options)
    return Response(200, answer.obj, answer.warnings)


def _patch(cluster: Cluster, request: Request) -> Response:
    _refuse_read_only(request)
    if request.content_type in _APPLY:
        return _server_side_apply(cluster, request)
    if request.content_type not in _PATCHES:
        known = ", ".join((*_PATCHES, *_APPLY))
        why = f"the body of the request was in an unknown format - accepted media types include: {known}"
        raise ApiError(415, "UnsupportedMediaType", why)
    body, kind = patch_of(request), _PATCHES[request.content_type]
    if request.subresource:
        return Response(200, subresources.patch(cluster, request.key, request.subresource, body))
    answer = verbs.patch(cluster, request.key, body, kind, **request.options)
    return Response(200, answer.obj, answer.warnings)


def _server_side_apply(cluster: Cluster, request: Request) -> Response:
    """Server-side apply without field ownership: what is sent is set, nothing is taken away."""
    if not request.query.get("fieldManager"):
        cause = required("fieldManager", "is required for apply patch")
        raise ApiError.invalid("PatchOptions", "meta.k8s.io", "", [cause])
    obj = body_of(request)
    if cluster.get(request.key) is None:
        answer = verbs.create(cluster, obj, **request.options)
        return Response(201, answer.obj, answer.warnings)
    answer = verbs.patch(cluster, request.key, obj, "strategic", **request.options)
    return Response(200, answer.obj, answer.warnings)


def _delete(cluster: Cluster, request: Request) -> Response:
    _refuse_read_only(request)
    options = delete_options(request)
    answer = verbs.delete(cluster, request.key, options, dry_run=request.options["dry_run"])
    return Response(200, answer.obj, answer.warnings)


def _refuse_read_only(request: Request) -> None:
    if request.row.name in _READ_ONLY:
        why = "the server does not allow this method on the requested resource"
        raise ApiError(405, "MethodNotAllowed", why)


_METHODS: dict[str, Callable[[Cluster, Request], Response]] = {
    "GET": _get, "POST": _post, "PUT": _put, "PATCH": _patch, "DELETE": _delete,
}  # fmt: skip

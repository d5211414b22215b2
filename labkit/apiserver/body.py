"""Bodies of requests: text to objects, and whether they fit their path.

Source: apimachinery pkg/runtime/serializer/{json/json,recognizer/recognizer}.go, apiserver
pkg/endpoints/handlers/{create,rest}.go, v1.36.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.errors import ApiError
from labkit.kinds import KINDS, Kind
from labkit.manifests import jsontext, yamltext
from labkit.manifests.decode import handled_as

if TYPE_CHECKING:
    from labkit.apiserver.requests import Request

Object = dict[str, Any]
_SHOWN_BYTES = 30


def body_of(request: Request) -> Object:
    """The object that was sent, with kind, version and namespace of the path where it doesn't say them."""
    obj = _parsed(request, request.row.name)
    if not isinstance(obj, dict):
        why = "couldn't get version/kind; json parse error: not an object"
        raise _unrecognized(request.row.name, request.body, why)
    if request.subresource:
        return obj
    obj = {"apiVersion": request.row.api_version, "kind": request.row.name, **obj}
    _check_kind(obj, request.row)
    return _in_namespace(obj, request)


def patch_of(request: Request) -> Any:
    """The patch that was sent: an object, or a list of operations."""
    return _parsed(request, request.row.name)


def delete_options(request: Request) -> Object:
    """The DeleteOptions of the body and the query."""
    options = dict(_parsed(request, "DeleteOptions")) if request.body else {}
    if "gracePeriodSeconds" in request.query:
        options["gracePeriodSeconds"] = int(request.query["gracePeriodSeconds"])
    if "propagationPolicy" in request.query:
        options["propagationPolicy"] = request.query["propagationPolicy"]
    return options


def _parsed(request: Request, kind: str) -> Any:
    text = request.body
    if not isinstance(text, str):
        return text if text is not None else {}
    if len(text.encode()) > yamltext.LARGEST:
        why = f"Request entity too large: limit is {yamltext.LARGEST}"
        raise ApiError(413, "RequestEntityTooLarge", why)
    try:
        return yamltext.load(text) if "yaml" in request.content_type else jsontext.load(text)
    except yamltext.YamlError as error:
        raise _unrecognized(kind, text, str(error)) from None
    except jsontext.JsonError as error:
        raise _unrecognized(kind, text, f"couldn't get version/kind; json parse error: {error}") from None


def _unrecognized(kind: str, text: Any, why: str) -> ApiError:
    raw = text.encode() if isinstance(text, str) else b""
    shown = raw[:_SHOWN_BYTES].hex() + (" ..." if len(raw) > _SHOWN_BYTES else "") if raw else "<empty>"
    return ApiError.bad_request(f"the object provided is unrecognized (must be of type {kind}): {why} ({shown})")


def _check_kind(obj: Object, row: Kind) -> None:
    given, version = str(obj["kind"]), str(obj["apiVersion"])
    if given == row.name:
        if not row.serves(version):
            why = f"the API version in the data ({version}) does not match the expected API version ({row.api_version})"
            raise ApiError.bad_request(why)
        return
    short = version.rpartition("/")[2]
    if given not in KINDS:
        scheme = "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"
        why = f'no kind "{given}" is registered for version "{version}" in scheme "{scheme}"'
        raise handled_as(given, version, row.name, why)
    why = f"converting ({short}.{given}) to ({row.group.split('.')[0] or 'core'}.{row.name}): unknown conversion"
    raise handled_as(given, version, row.name, why)


def _in_namespace(obj: Object, request: Request) -> Object:
    meta = obj.get("metadata")
    if not request.key.namespace or not (meta is None or isinstance(meta, dict)):
        return obj
    given = (meta or {}).get("namespace") or request.key.namespace
    if given != request.key.namespace:
        why = "the namespace of the provided object does not match the namespace sent on the request"
        raise ApiError.bad_request(why)
    return {**obj, "metadata": {**(meta or {}), "namespace": given}}

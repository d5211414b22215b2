"""A request's object on its way in: identified, decoded, cleaned of what only the server sets.

Source: apiserver pkg/endpoints/handlers/{create,update}.go, pkg/registry/rest/create.go, v1.36.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.errors import ApiError
from labkit.kinds import EXTENSIONS, Key, Kind
from labkit.manifests.decode import decode, handled_as
from labkit.manifests.identify import identify, unserved
from labkit.manifests.versions import stored

Object = dict[str, Any]
_SERVERS = (
    "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink",
    "managedFields",
)  # fmt: skip
_KEEPS_STATUS = ("Node", "Event", "Endpoints")
"""Kinds whose status a client may send along with the object."""


class Incoming(NamedTuple):
    """A decoded object, its kind, and the warnings that decoding gave."""

    obj: Object
    row: Kind
    warnings: tuple[str, ...]


def read(obj: Object, validation: str = "Strict") -> Incoming:
    """Decode a client's object; `validation` is Strict (an unknown field is an error), Warn or Ignore."""
    row = identify(obj)
    decoded = decode(obj, row.name, obj["apiVersion"])
    if decoded.strict and validation == "Strict":
        raise handled_as(row.name, obj["apiVersion"], row.name, "strict decoding error: " + ", ".join(decoded.strict))
    warnings = tuple(decoded.strict) if validation == "Warn" else ()
    return Incoming(_placed(stored(decoded.obj), row), row, warnings)


def is_served(cluster: Cluster, row: Kind) -> bool:
    """Whether the server knows a kind: an extension's only once its definition is there."""
    return row not in EXTENSIONS or cluster.get(Key("CustomResourceDefinition", "", row.qualified)) is not None


def check_served(cluster: Cluster, incoming: Incoming) -> None:
    """ManifestError for an object of a kind that isn't served."""
    if not is_served(cluster, incoming.row):
        raise unserved(incoming.obj)


def _placed(obj: Object, row: Kind) -> Object:
    """In a namespace if its kind has them, in none if not."""
    meta = {key: value for key, value in (obj.get("metadata") or {}).items() if key not in _SERVERS}
    if row.namespaced:
        meta["namespace"] = meta.get("namespace") or "default"
    else:
        meta.pop("namespace", None)
    return {**obj, "metadata": meta}


def fresh(incoming: Incoming) -> Object:
    """The object of a create: without a version, without a status."""
    obj = incoming.obj
    if "resourceVersion" in obj["metadata"]:
        raise ApiError(500, "", "resourceVersion should not be set on objects to be created")
    if "status" in obj and incoming.row.name not in _KEEPS_STATUS:
        obj = {key: value for key, value in obj.items() if key != "status"}
    return obj

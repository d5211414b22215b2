"""Subresources: a pod's binding and eviction, the scale of a workload, statuses.

Source: pkg/registry/core/pod/storage/storage.go, apiserver pkg/registry/generic/registry/store.go, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.apiserver import verbs
from labkit.apiserver.eviction import evict
from labkit.cluster import Cluster
from labkit.errors import ApiError
from labkit.kinds import KINDS, Key
from labkit.manifests.causes import NOT_NEGATIVE, invalid

Object = dict[str, Any]


def post(cluster: Cluster, key: Key, subresource: str, body: Object) -> Object:
    """Bind or evict a pod."""
    pod = _existing(cluster, key)
    if subresource == "binding":
        return _bind(cluster, key, pod, body)
    if subresource == "eviction":
        return evict(cluster, key, pod, body.get("deleteOptions") or {})
    raise _unknown()


def put(cluster: Cluster, key: Key, subresource: str, body: Object) -> Object:
    """Replace a scale or a status."""
    _existing(cluster, key)
    if subresource == "status":
        return cluster.set_status(key, body.get("status") or {})
    if subresource == "scale":
        return _scale(cluster, key, body)
    raise _unknown()


def patch(cluster: Cluster, key: Key, subresource: str, body: Object) -> Object:
    """Merge into a scale or a status."""
    _existing(cluster, key)
    if subresource == "status":
        return cluster.patch(key, body, status=True)
    if subresource == "scale":
        return _scale(cluster, key, body)
    raise _unknown()


def _bind(cluster: Cluster, key: Key, pod: Object, body: Object) -> Object:
    node = pod["spec"].get("nodeName")
    if node:
        raise ApiError.conflict("pods/binding", key.name, f'pod {key.name} is already assigned to node "{node}"')
    return cluster.bind(key, body["target"]["name"])


def _scale(cluster: Cluster, key: Key, body: Object) -> Object:
    replicas = (body.get("spec") or {}).get("replicas", 0)
    if replicas < 0:
        raise ApiError.invalid("Scale", "autoscaling", key.name, [invalid("spec.replicas", replicas, NOT_NEGATIVE)])
    return verbs.patch(cluster, key, {"spec": {"replicas": replicas}}, "merge").obj


def _existing(cluster: Cluster, key: Key) -> Object:
    found = cluster.get(key)
    if found is None:
        raise ApiError.not_found(KINDS[key.kind].plural, key.name, KINDS[key.kind].group)
    return found


def _unknown() -> ApiError:
    return ApiError(404, "NotFound", "the server could not find the requested resource")

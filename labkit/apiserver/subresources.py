"""Subresources: a pod's binding and eviction, the scale of a workload, statuses.

Source: pkg/registry/core/pod/storage/{storage,eviction}.go, apiserver pkg/registry/generic/registry/store.go, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.apiserver import verbs
from labkit.cluster import Cluster
from labkit.errors import ApiError
from labkit.fields import selectors
from labkit.kinds import KINDS, Key
from labkit.manifests.causes import NOT_NEGATIVE, invalid

Object = dict[str, Any]
_BLOCKED = "Cannot evict pod as it would violate the pod's disruption budget."
_SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."


def post(cluster: Cluster, key: Key, subresource: str, body: Object) -> Object:
    """Bind or evict a pod."""
    pod = _existing(cluster, key)
    if subresource == "binding":
        return _bind(cluster, key, pod, body)
    if subresource == "eviction":
        return _evict(cluster, key, pod, body.get("deleteOptions") or {})
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


def _evict(cluster: Cluster, key: Key, pod: Object, options: Object) -> Object:
    """Delete a pod if its disruption budget allows it; a pod that never ran or has ended needs no permission."""
    budgets = [] if _is_free(pod) else _budgets(cluster, key, pod)
    if len(budgets) > 1:
        raise ApiError(500, "InternalError", _SEVERAL)
    for budget in budgets:
        _take(cluster, budget)
    verbs.delete(cluster, key, options)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def _is_free(pod: Object) -> bool:
    phase = (pod.get("status") or {}).get("phase")
    return phase in ("Succeeded", "Failed", "Pending") or "deletionTimestamp" in pod["metadata"]


def _budgets(cluster: Cluster, key: Key, pod: Object) -> list[Object]:
    labels = pod["metadata"].get("labels") or {}
    found = cluster.list("PodDisruptionBudget", key.namespace)
    return [one for one in found if selectors.matches(one["spec"].get("selector"), labels)]


def _take(cluster: Cluster, budget: Object) -> None:
    """Use one of the disruptions a budget allows; 429 if none is left."""
    name, state = budget["metadata"]["name"], budget.get("status") or {}
    allowed = state.get("disruptionsAllowed", 0)
    if allowed <= 0:
        why = (
            f"The disruption budget {name} needs {state.get('desiredHealthy', 0)} healthy pods and has "
            f"{state.get('currentHealthy', 0)} currently"
        )
        causes = [{"reason": "DisruptionBudget", "message": why}]
        raise ApiError(429, "TooManyRequests", _BLOCKED, {"causes": causes})
    key = Key("PodDisruptionBudget", budget["metadata"]["namespace"], name)
    cluster.set_status(key, {**state, "disruptionsAllowed": allowed - 1})


def _existing(cluster: Cluster, key: Key) -> Object:
    found = cluster.get(key)
    if found is None:
        raise ApiError.not_found(KINDS[key.kind].plural, key.name, KINDS[key.kind].group)
    return found


def _unknown() -> ApiError:
    return ApiError(404, "NotFound", "the server could not find the requested resource")

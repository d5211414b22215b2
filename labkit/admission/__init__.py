"""What happens to an object between a request and the store.

`admit` is what every write goes through: defaults, then the admission plugins that change objects (`mutate`), then
those that only refuse (`check`), then addresses and ports are handed out. The API server validates a client's object
between the two, so it calls the stages itself.
Source: kube-apiserver's default plugins and their order, pkg/kubeapiserver/options/plugins.go, v1.36.
"""

from __future__ import annotations

from labkit.admission import addresses, limits, pods, prepare, quota, recommended
from labkit.admission.world import Object, World
from labkit.errors import ApiError
from labkit.kinds import KINDS, Key
from labkit.manifests.defaults import defaulted

__all__ = ["admit", "charges", "check", "mutate"]


def admit(cluster: World, obj: Object, old: Object | None = None) -> Object:
    """The object as it is stored; `old` is what it replaces, None when it is new.

    Raises ApiError: NotFound for a missing namespace, Forbidden from a plugin, Invalid for an address that is taken.
    """
    obj = mutate(cluster, obj, old)
    check(cluster, obj, old)
    return addresses.allocated(cluster, obj, old)


def mutate(cluster: World, obj: Object, old: Object | None = None) -> Object:
    """Defaults, and what the plugins and the kind's own preparation add."""
    if old is None:
        _check_namespace(cluster, obj)
    obj = defaulted(obj)
    if old is not None:
        return addresses.kept(prepare.updated(obj, old), old)
    if obj["kind"] == "Pod":
        obj = limits.with_defaults(cluster, obj)
        obj = pods.admitted(cluster, recommended.with_recommendation(cluster, obj))
    return prepare.created(cluster, obj)


def check(cluster: World, obj: Object, old: Object | None = None) -> None:
    """What refuses an object that is well formed: limit ranges, quotas, a second default PriorityClass."""
    if obj["kind"] == "PriorityClass":
        pods.check_default_class(cluster, obj)
    if old is None and cluster.keys("LimitRange"):
        limits.check(cluster, obj)
    if cluster.keys("ResourceQuota"):
        quota.check(cluster, obj, old)


def charges(cluster: World, obj: Object, old: Object | None = None) -> list[tuple[Key, Object]]:
    """The ResourceQuotas that an admitted object is charged to, each with its new status."""
    return list(quota.charges(cluster, obj, old)) if cluster.keys("ResourceQuota") else []


def _check_namespace(cluster: World, obj: Object) -> None:
    row = KINDS.get(obj["kind"])
    if row is None or not row.namespaced:
        return
    name = obj["metadata"].get("namespace") or "default"
    namespace = cluster.get(Key("Namespace", "", name))
    if namespace is None:
        raise ApiError.not_found("namespaces", name)
    if "deletionTimestamp" in namespace["metadata"]:
        why = f"unable to create new content in namespace {name} because it is being terminated"
        raise _ending(ApiError.forbidden(row.plural, obj["metadata"].get("name", ""), why, row.group), name)


def _ending(error: ApiError, namespace: str) -> ApiError:
    """The refusal with the cause by which controllers know it."""
    why = f"namespace {namespace} is being terminated"
    cause = {"reason": "NamespaceTerminating", "message": why, "field": "metadata.namespace"}
    return ApiError(error.code, error.reason, error.message, {**error.details, "causes": [cause]})

"""The verbs: create, replace, patch, delete, and kubectl's apply.

Source: apiserver pkg/endpoints/handlers/*.go, pkg/registry/generic/registry/store.go; kubectl pkg/cmd/apply, v1.36.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from labkit import admission
from labkit.admission import nodes
from labkit.apiserver import incoming
from labkit.apiserver.warnings import warnings_of
from labkit.cluster import Cluster
from labkit.errors import ApiError
from labkit.kinds import Key, key_of
from labkit.lifecycle import named
from labkit.manifests import jsonpatch, merge, schema, validate
from labkit.manifests.causes import invalid, unsupported

Object = dict[str, Any]
_IMMORTAL = ("default", "kube-system", "kube-public")
_VERSIONED = {"PodDisruptionBudget", "Lease", "CSINode", "APIService", "RuntimeClass", "CustomResourceDefinition"}
"""Kinds that can't be replaced without saying which version."""
_POLICIES = ("Foreground", "Background", "Orphan")
_MISSING_NOTE = (
    "resource {}/{} is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by "
    "kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create "
    "--save-config or kubectl apply. The missing annotation will be patched automatically."
)


class Answer(NamedTuple):
    """What the server answers: the object as stored, what happened to it, the Warning headers."""

    obj: Object
    verb: str = "created"
    warnings: tuple[str, ...] = ()


def create(cluster: Cluster, obj: Object, *, validation: str = "Strict", dry_run: bool = False) -> Answer:
    """Create an object; with `dry_run` everything is checked and nothing stored."""
    given = incoming.read(obj, validation)
    incoming.check_served(cluster, given)
    with _untouched(cluster):
        new = named(incoming.fresh(given), cluster.rng)
        new = admission.mutate(cluster, new)
        if new["kind"] == "Node" and cluster.clock.now > 0:  # those of the first moment have long been up
            new = nodes.tainted(new)
        validate.check(new)
        stored = (cluster.fork() if dry_run else cluster).create(new)
    return Answer(stored, "created", given.warnings + tuple(warnings_of(new)))


def replace(cluster: Cluster, obj: Object, *, validation: str = "Strict", dry_run: bool = False) -> Answer:
    """Replace an object that exists; its status stays."""
    given = incoming.read(obj, validation)
    key = key_of(given.obj)
    old = cluster.require(key)
    if given.row.name in _VERSIONED and not given.obj["metadata"].get("resourceVersion"):
        cause = invalid("metadata.resourceVersion", 0, "must be specified for an update")
        raise ApiError.invalid(given.row.plural, given.row.group, key.name, [cause])
    return _update(cluster, given, old, dry_run)


def patch(
    cluster: Cluster,
    key: Key,
    body: Any,
    type: str = "strategic",
    *,
    validation: str = "Strict",
    dry_run: bool = False,
) -> Answer:
    """Patch an object; `type` is strategic, merge (RFC 7386) or json (RFC 6902)."""
    old = cluster.require(key)
    patched = _PATCHES[type](old, body)
    _check_name(key, patched)
    try:
        given = incoming.read({**patched, "kind": old["kind"], "apiVersion": old["apiVersion"]}, validation)
    except ApiError as error:
        raise _as_patch_error(error, body) from None
    return _update(cluster, given, old, dry_run)


def apply(
    cluster: Cluster, obj: Object, *, validation: str = "Strict", dry_run: bool = False, force: bool = False
) -> Answer:
    """What `kubectl apply` does: create, or merge what was applied last, what is there and what is wanted.

    The answer's verb is created, configured or unchanged.
    """
    given = incoming.read(obj, validation)
    if not given.obj["metadata"].get("name"):
        return create(cluster, obj, validation=validation, dry_run=dry_run)
    key = key_of(given.obj)
    placed = {**obj, "metadata": {**(obj.get("metadata") or {}), **_namespace(given.obj)}}
    wanted = merge.with_last_applied(placed)
    old = cluster.get(key)
    if old is None:
        return create(cluster, wanted, validation=validation, dry_run=dry_run)
    notes = () if merge.last_applied(old) else (_MISSING_NOTE.format(given.row.plural, key.name),)
    merged = merge.three_way(merge.last_applied(old), old, _plain(wanted), schema.name_of(key.kind))
    if merged == old:
        return Answer(old, "unchanged", given.warnings + notes)
    again = incoming.read({**merged, "metadata": {**merged["metadata"]}}, "Ignore")
    answer = _update(cluster, again._replace(warnings=given.warnings), old, dry_run)
    # Whoever asks for something else than is there has configured it, even where the server keeps what it had.
    return answer._replace(verb="configured", warnings=answer.warnings + notes)


def delete(cluster: Cluster, key: Key, options: Object | None = None, *, dry_run: bool = False) -> Answer:
    """Delete an object; `options` is a DeleteOptions: gracePeriodSeconds, propagationPolicy, preconditions."""
    options = options or {}
    policy = options.get("propagationPolicy") or "Background"
    if policy not in _POLICIES:
        cause = unsupported("propagationPolicy", policy, (*_POLICIES, "nil"))
        raise ApiError.invalid("DeleteOptions", "meta.k8s.io", "", [cause])
    old = cluster.require(key)
    if key.kind == "Namespace" and key.name in _IMMORTAL:
        raise ApiError.forbidden("namespaces", key.name, "this namespace may not be deleted")
    target = cluster.fork() if dry_run else cluster
    target.delete(key, options.get("gracePeriodSeconds"), policy, options.get("preconditions"))
    return Answer(old, "deleted")


def _update(cluster: Cluster, given: incoming.Incoming, old: Object, dry_run: bool) -> Answer:
    with _untouched(cluster):
        new = {**given.obj, **({"status": old["status"]} if "status" in old else {})}
        new = admission.mutate(cluster, new, old)
        validate.check(new, old)
        stored = (cluster.fork() if dry_run else cluster).update(new)
    verb = "unchanged" if stored is old else "configured"
    return Answer(stored, verb, given.warnings + tuple(warnings_of(new)))


@contextmanager
def _untouched(cluster: Cluster) -> Iterator[None]:
    """A refused request draws no random numbers either."""
    state = cluster.rng.getstate()
    try:
        yield
    except ApiError:
        cluster.rng.setstate(state)
        raise


def _check_name(key: Key, patched: Object) -> None:
    """A patch can't move an object."""
    meta = patched.get("metadata") or {}
    for what, given, asked, place in (
        ("name", meta.get("name", ""), key.name, "URL"),
        ("namespace", meta.get("namespace", ""), key.namespace, "request"),
    ):
        if given != asked:
            why = f"the {what} of the object ({given}) does not match the {what} on the {place} ({asked})"
            raise ApiError.bad_request(why)


def _namespace(obj: Object) -> Object:
    return {"namespace": obj["metadata"]["namespace"]} if "namespace" in obj["metadata"] else {}


def _plain(obj: Object) -> Object:
    """An applied object without the parts that only the server writes."""
    return {key: value for key, value in obj.items() if key != "status"}


def _strategic(old: Object, body: Object) -> Object:
    return merge.strategic_patch(old, body, schema.name_of(old["kind"]))


def _json(old: Object, body: Any) -> Object:
    try:
        patched: Object = jsonpatch.apply(old, body)
        return patched
    except jsonpatch.PatchError:
        raise ApiError(422, "Invalid", "the server rejected our request due to an error in our request") from None


_PATCHES: dict[str, Callable[[Object, Any], Object]] = {
    "strategic": _strategic, "merge": merge.merge_patch, "json": _json,
}  # fmt: skip


def _as_patch_error(error: ApiError, body: Any) -> ApiError:
    """An unknown field that a patch brings is blamed on the patch."""
    _, found, why = error.message.partition("strict decoding error: ")
    if not found:
        return error
    return ApiError.invalid("", "", "", [invalid("patch", merge.compact(body).strip(), found + why)])

"""Who owns what: owner references, claiming and releasing by selector, pods made from a template.

Source: pkg/controller/controller_ref_manager.go, controller_utils.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from labkit.cluster import Cluster
from labkit.fields import selectors
from labkit.kinds.registry import Key

Dict = dict[str, Any]


def controller_ref(obj: Dict) -> Dict:
    """The reference that makes `obj` the controller of a dependent."""
    meta = obj["metadata"]
    named = {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "name": meta["name"], "uid": meta["uid"]}
    return named | {"controller": True, "blockOwnerDeletion": True}


def controller_uid(obj: Dict) -> str:
    """The uid of the object's controller, "" for an orphan."""
    owners = obj["metadata"].get("ownerReferences") or ()
    return next((str(owner.get("uid", "")) for owner in owners if owner.get("controller")), "")


def controlled(cluster: Cluster, key: Key, kind: str) -> list[Key]:
    """The objects of `kind` whose controller `key` is, in order of creation."""
    uid = cluster.require(key)["metadata"]["uid"]
    return [one for one in cluster.out(key, "owns") if one.kind == kind and controller_uid(cluster.require(one)) == uid]


def claimed(cluster: Cluster, key: Key, kind: str, counts: Callable[[Dict], bool] = lambda obj: True) -> list[Key]:
    """The controller's objects of `kind`, after adopting orphans that match its selector and releasing what doesn't.

    Only objects for which `counts` holds are looked at. A controller that is being deleted claims nothing new.
    """
    owner = cluster.require(key)
    chosen = selectors.compile(owner["spec"].get("selector"))
    leaving = "deletionTimestamp" in owner["metadata"]
    mine = [one for one in controlled(cluster, key, kind) if counts(cluster.require(one))]
    kept = [one for one in mine if chosen.matches(_labels(cluster.require(one)))]
    if leaving:
        return kept
    for one in mine:
        if one not in kept:
            release(cluster, one, owner)
    adopted = [
        one
        for one in _orphans(cluster, kind, key.namespace)
        if counts(cluster.require(one)) and chosen.matches(_labels(cluster.require(one)))
    ]
    for one in adopted:
        adopt(cluster, one, owner)
    return kept + adopted


def _orphans(cluster: Cluster, kind: str, namespace: str) -> Iterator[Key]:
    for key in cluster.keys(kind, namespace):
        obj = cluster.require(key)
        if "deletionTimestamp" not in obj["metadata"] and not controller_uid(obj):
            yield key


def adopt(cluster: Cluster, key: Key, owner: Dict) -> None:
    """Make `owner` the controller of an orphan."""
    owners = cluster.require(key)["metadata"].get("ownerReferences") or []
    cluster.patch(key, {"metadata": {"ownerReferences": [*owners, controller_ref(owner)]}})


def release(cluster: Cluster, key: Key, owner: Dict) -> None:
    """Let go of an object that no longer matches."""
    owners = cluster.require(key)["metadata"].get("ownerReferences") or []
    left = [one for one in owners if one.get("uid") != owner["metadata"]["uid"]]
    cluster.patch(key, {"metadata": {"ownerReferences": left or None}})


def pod_from(template: Dict, owner: Dict) -> Dict:
    """A pod of the owner's template, still to be named: labels, annotations, finalizers, spec and the reference."""
    meta = template.get("metadata") or {}
    kept = {field: meta[field] for field in ("labels", "annotations", "finalizers") if meta.get(field)}
    name = owner["metadata"]["name"]
    made = {"generateName": f"{name}-", "namespace": owner["metadata"]["namespace"]}
    made["ownerReferences"] = [controller_ref(owner)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": made | kept, "spec": template.get("spec") or {}}


def is_active(pod: Dict) -> bool:
    """Whether a pod has not ended and is not being deleted."""
    return not has_ended(pod) and "deletionTimestamp" not in pod["metadata"]


def has_ended(pod: Dict) -> bool:
    """Whether a pod is Succeeded or Failed."""
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def is_available(cluster: Cluster, key: Key, min_ready: int) -> bool:
    """Whether a pod has been ready for `min_ready` seconds."""
    ready = cluster.read(key).status.condition("Ready")
    if ready is None or ready.status != "True":
        return False
    return not min_ready or cluster.clock.seconds(ready.last_transition_time) + min_ready <= cluster.clock.now


def available_in(cluster: Cluster, keys: list[Key], min_ready: int) -> float | None:
    """Seconds until the next ready pod counts as available; None if none is waiting."""
    waits = []
    for key in keys:
        ready = cluster.read(key).status.condition("Ready")
        if min_ready and ready is not None and ready.status == "True":
            left = cluster.clock.seconds(ready.last_transition_time) + min_ready - cluster.clock.now
            waits += [left] if left > 0 else []
    return min(waits, default=None)


def _labels(obj: Dict) -> Dict:
    return obj["metadata"].get("labels") or {}

"""Who owns what: owner references, claiming and releasing by selector, pods made from a template.

Source: pkg/controller/controller_ref_manager.go, controller_utils.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.fields import Selector, selectors
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
    """The controller's objects of `kind`, after releasing what its selector doesn't match and adopting what it does.

    Only objects for which `counts` holds are looked at. A controller that is being deleted claims nothing new. All
    orphans are looked through only while the controller's status lags behind its spec; later ones announce themselves
    (see `Adoption`), so that a sync doesn't cost as much as the namespace has pods.
    """
    owner = cluster.require(key)
    chosen = chosen_by(owner)
    mine = [one for one in controlled(cluster, key, kind) if counts(cluster.require(one))]
    kept = [one for one in mine if chosen.matches(_labels(cluster.require(one)))]
    if "deletionTimestamp" in owner["metadata"]:
        return kept
    for one in mine:
        if one not in kept:
            release(cluster, one, owner)
    orphans = [] if _is_observed(owner) else list(_orphans(cluster, kind, key.namespace))
    return kept + [one for one in orphans if adopt(cluster, Adoption(key, one), counts)]


def chosen_by(owner: Dict) -> Selector:
    """What a controller selects; a ReplicationController does so by plain labels."""
    wanted = owner["spec"].get("selector")
    return selectors.compile({"matchLabels": wanted} if owner["kind"] == "ReplicationController" else wanted)


def _is_observed(owner: Dict) -> bool:
    generation = owner["metadata"].get("generation")
    return bool((owner.get("status") or {}).get("observedGeneration") == generation)


class Adoption(NamedTuple):
    """What a controller is woken with when an orphan turns up that its selector may match."""

    owner: Key
    orphan: Key


def adopt(cluster: Cluster, pair: Adoption, counts: Callable[[Dict], bool] = lambda obj: True) -> bool:
    """Make the owner the controller of the orphan, if it still is one and the selector matches; whether it did."""
    owner, orphan = cluster.get(pair.owner), cluster.get(pair.orphan)
    if owner is None or orphan is None or controller_uid(orphan) or not counts(orphan):
        return False
    if "deletionTimestamp" in owner["metadata"] or "deletionTimestamp" in orphan["metadata"]:
        return False
    if not chosen_by(owner).matches(_labels(orphan)):
        return False
    owners = orphan["metadata"].get("ownerReferences") or []
    cluster.patch(pair.orphan, {"metadata": {"ownerReferences": [*owners, controller_ref(owner)]}})
    return True


def _orphans(cluster: Cluster, kind: str, namespace: str) -> Iterator[Key]:
    for key in cluster.keys(kind, namespace):
        obj = cluster.require(key)
        if "deletionTimestamp" not in obj["metadata"] and not controller_uid(obj):
            yield key


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
    """Seconds until the next ready pod counts as available; None if none is waiting. Pods that are gone don't count."""
    waits = []
    for pod in filter(None, map(cluster.read, keys)):
        ready = pod.status.condition("Ready")
        if min_ready and ready is not None and ready.status == "True":
            left = cluster.clock.seconds(ready.last_transition_time) + min_ready - cluster.clock.now
            waits += [left] if left > 0 else []
    return min(waits, default=None)


def _labels(obj: Dict) -> Dict:
    return obj["metadata"].get("labels") or {}

"""Garbage collection: what becomes of dependents when their owner goes."""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.controllers.watching import owner_key
from labkit.history import Entry
from labkit.kinds.registry import KINDS, Key

Dict = dict[str, Any]

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
ORPHANING = 0.01
"""Seconds that it takes to let the dependents of an orphaning owner go."""


def kin(cluster: Cluster, entry: Entry) -> list[Key]:
    """Whom a change concerns: dependents of what goes, owners that wait for what went, and an object that leaves.

    Only deletions and changes of owners or finalizers can matter, which keeps this out of the way of all the rest.
    """
    key, old, new = entry.key, entry.old, entry.new
    if new is None:
        dependents = cluster.out(key, "owns")
        return [*dependents, *(one for one in _owners(old or {}, key.namespace) if _waits(cluster, one))]
    woken = [key] if _is_leaving(new) or (old is None and new["metadata"].get("ownerReferences")) else []
    changed = old is not None and old["metadata"].get("ownerReferences") != new["metadata"].get("ownerReferences")
    if changed:
        woken += [key, *(one for one in _owners(old or {}, key.namespace) if _waits(cluster, one))]
    return list(dict.fromkeys(woken))


class GarbageCollector:
    """Deletes dependents whose owners are all gone, and carries out foreground and orphan deletion.

    Does: background: a dependent without a living owner is deleted; foreground: an owner marked foregroundDeletion
    first sees its dependents deleted, and goes when none is left that blocks it; orphan: the references to the
    owner are taken out of the dependents.
    Reads: metadata of every kind. Writes: deletions, ownerReferences, finalizers.
    Runs again: when something with owners or dependents is deleted, marked, or changes owners.
    Source: pkg/controller/garbagecollector/garbagecollector.go, v1.36. Left out: owners of other clusters' kinds.
    """

    name = "garbage-collector-controller"
    kind = "*"
    awaits_its_writes = True

    def __init__(self) -> None:
        self.watches = {kind: kin for kind in KINDS if kind != "Event"}

    def reconcile(self, cluster: Cluster, key: Key) -> float | None:
        """One sync of one object: as an owner that is leaving, then as a dependent. Seconds until it goes on."""
        obj = cluster.get(key)
        if obj is None:
            return None
        if _is_leaving(obj):
            return self._leave(cluster, key, obj)
        owners = obj["metadata"].get("ownerReferences") or []
        if owners:
            self._attend(cluster, key, obj, owners)
        return None

    def _leave(self, cluster: Cluster, key: Key, obj: Dict) -> float | None:
        finalizers = obj["metadata"].get("finalizers") or []
        if ORPHAN in finalizers:
            left = dependents(cluster, key)
            for one in left:
                _disown(cluster, one, obj["metadata"]["uid"])
            if left:  # the owner's controller sees it alone before it goes
                return ORPHANING
            _unmark(cluster, key, ORPHAN)
        elif FOREGROUND in finalizers:
            self._leave_last(cluster, key, obj)
        return None

    def _leave_last(self, cluster: Cluster, key: Key, obj: Dict) -> None:
        held = dependents(cluster, key)
        blocked = any(_blocks(cluster.require(one), obj["metadata"]["uid"]) for one in held)
        for one in held:
            dependent = cluster.get(one)
            if dependent and not _is_leaving(dependent) and not _other_owner_lives(cluster, one, dependent, key):
                cluster.delete(one, propagation=_propagation(cluster, one))
        if not blocked:  # dependents that go wake their owner once more; its controller has seen it then
            _unmark(cluster, key, FOREGROUND)

    def _attend(self, cluster: Cluster, key: Key, obj: Dict, owners: list[Dict]) -> None:
        standing = [owner for owner in owners if _lives(cluster, owner, key.namespace)]
        if not standing:
            cluster.delete(key, propagation=_propagation_of_finalizers(obj))
        elif len(standing) < len(owners):
            cluster.patch(key, {"metadata": {"ownerReferences": standing}})


def dependents(cluster: Cluster, key: Key) -> list[Key]:
    """What names this very object (by uid) as an owner."""
    uid = cluster.require(key)["metadata"]["uid"]
    found = []
    for one in cluster.out(key, "owns"):
        owners = (cluster.get(one) or {"metadata": {}})["metadata"].get("ownerReferences") or ()
        found += [one] if any(owner.get("uid") == uid for owner in owners) else []
    return found


def _is_leaving(obj: Dict) -> bool:
    return "deletionTimestamp" in obj["metadata"]


def _owners(obj: Dict, namespace: str) -> list[Key]:
    return [owner_key(owner, namespace) for owner in obj.get("metadata", {}).get("ownerReferences") or ()]


def _waits(cluster: Cluster, key: Key) -> bool:
    obj = cluster.get(key)
    return obj is not None and FOREGROUND in (obj["metadata"].get("finalizers") or ())


def _lives(cluster: Cluster, owner: Dict, namespace: str) -> bool:
    obj = cluster.get(owner_key(owner, namespace))
    return obj is not None and obj["metadata"]["uid"] == owner.get("uid")


def _other_owner_lives(cluster: Cluster, key: Key, obj: Dict, leaving: Key) -> bool:
    owners = obj["metadata"].get("ownerReferences") or ()
    others = [owner for owner in owners if owner_key(owner, key.namespace) != leaving]
    return any(_lives(cluster, owner, key.namespace) for owner in others)


def _blocks(obj: Dict, uid: str) -> bool:
    owners = obj["metadata"].get("ownerReferences") or ()
    return any(owner.get("uid") == uid and owner.get("blockOwnerDeletion") for owner in owners)


def _propagation(cluster: Cluster, key: Key) -> str:
    """Dependents with dependents of their own are deleted in the foreground too."""
    return "Foreground" if dependents(cluster, key) else "Background"


def _propagation_of_finalizers(obj: Dict) -> str:
    finalizers = obj["metadata"].get("finalizers") or ()
    return "Orphan" if ORPHAN in finalizers else "Foreground" if FOREGROUND in finalizers else "Background"


def _disown(cluster: Cluster, key: Key, uid: str) -> None:
    owners = cluster.require(key)["metadata"].get("ownerReferences") or []
    left = [owner for owner in owners if owner.get("uid") != uid]
    cluster.patch(key, {"metadata": {"ownerReferences": left or None}})


def _unmark(cluster: Cluster, key: Key, finalizer: str) -> None:
    finalizers = [name for name in cluster.require(key)["metadata"].get("finalizers") or () if name != finalizer]
    cluster.patch(key, {"metadata": {"finalizers": finalizers or None}})

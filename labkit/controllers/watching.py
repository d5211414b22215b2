"""Whom a change wakes: functions (cluster, entry) -> the keys to reconcile.

A controller's `watches` maps kinds to these. What they give back is a set of keys, never the event itself:
the controller looks at the world as it is when its turn comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from labkit.cluster import Cluster
from labkit.controllers.ownership import Adoption, chosen_by, controller_uid
from labkit.fields import selectors
from labkit.history import Entry
from labkit.kinds.registry import KINDS, Key

Dict = dict[str, Any]
Mapper = Callable[[Cluster, Entry], Iterable[Key]]


def itself(cluster: Cluster, entry: Entry) -> Iterable[Key]:
    """The object that changed."""
    return (entry.key,)


def alive(cluster: Cluster, entry: Entry) -> Iterable[Key]:
    """The object that changed, unless it is gone."""
    return (entry.key,) if entry.new is not None else ()


def versions(entry: Entry) -> Iterator[Dict]:
    """The object as it is and as it was, whichever there are."""
    yield from (obj for obj in (entry.new, entry.old) if obj is not None)


def controller_of(kind: str) -> Mapper:
    """The object of `kind` that controls what changed, now or before."""

    def woken(cluster: Cluster, entry: Entry) -> Iterable[Key]:
        return dict.fromkeys(
            owner_key(owner, entry.key.namespace)
            for obj in versions(entry)
            for owner in obj["metadata"].get("ownerReferences", ())
            if owner.get("controller") and owner["kind"] == kind
        )

    return woken


def owner_key(owner: Dict, namespace: str) -> Key:
    """The key an owner reference names; owners of namespaced kinds live in the dependent's namespace."""
    row = KINDS.get(owner["kind"])
    return Key(owner["kind"], "" if row is not None and not row.namespaced else namespace, owner["name"])


def claimant_of(kind: str) -> Callable[[Cluster, Entry], Iterable[Key | Adoption]]:
    """The controller of `kind`; for an object without any, an `Adoption` for each whose selector matches it."""
    controlled = controller_of(kind)

    def woken(cluster: Cluster, entry: Entry) -> Iterable[Key | Adoption]:
        found: list[Key | Adoption] = list(controlled(cluster, entry))
        if entry.new is not None and not controller_uid(entry.new):
            found += [Adoption(owner, entry.key) for owner in matching(cluster, kind, entry)]
        return found

    return woken


def matching(cluster: Cluster, kind: str, entry: Entry) -> Iterator[Key]:
    """The objects of `kind` in the namespace whose label selector matches what changed, as it is."""
    labels = (entry.new or {}).get("metadata", {}).get("labels") or {}
    for key in cluster.keys(kind, entry.key.namespace):
        if chosen_by(cluster.require(key)).matches(labels):
            yield key


def selecting(kind: str) -> Mapper:
    """The objects of `kind` that select the pod that changed, by its labels now or before."""

    def woken(cluster: Cluster, entry: Entry) -> Iterable[Key]:
        now = [key for key in cluster.into(entry.key, "selects") if key.kind == kind]
        labels = [obj["metadata"].get("labels") or {} for obj in versions(entry)]
        if entry.new is not None and (len(labels) == 1 or labels[0] == labels[1]):
            return now
        return dict.fromkeys([*now, *_selecting_by(cluster, kind, entry.key.namespace, labels[-1])])

    return woken


def _selecting_by(cluster: Cluster, kind: str, namespace: str, labels: Dict) -> Iterator[Key]:
    for key in cluster.keys(kind, namespace):
        wanted = cluster.require(key)["spec"].get("selector")
        plain = {"matchLabels": wanted} if kind == "Service" else wanted
        if wanted and selectors.compile(plain).matches(labels):
            yield key


def all_of(kind: str) -> Mapper:
    """Every object of `kind`: for changes that may concern them all, like a node that comes."""

    def woken(cluster: Cluster, entry: Entry) -> Iterable[Key]:
        return cluster.keys(kind)

    return woken


def in_namespace(kind: str) -> Mapper:
    """Every object of `kind` in the namespace of what changed."""

    def woken(cluster: Cluster, entry: Entry) -> Iterable[Key]:
        return cluster.keys(kind, entry.key.namespace)

    return woken


def labelled(kind: str, label: str) -> Mapper:
    """The object of `kind` whose name a label of what changed gives."""

    def woken(cluster: Cluster, entry: Entry) -> Iterable[Key]:
        names = (obj["metadata"].get("labels", {}).get(label) for obj in versions(entry))
        return dict.fromkeys(Key(kind, entry.key.namespace, name) for name in names if name)

    return woken


def pods_on(cluster: Cluster, entry: Entry) -> Iterable[Key]:
    """The pods that run on the node that changed."""
    return [key for key in cluster.into(entry.key, "runs-on") if key.kind == "Pod"]

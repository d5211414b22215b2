"""Namespaces: what each is given when it comes, and how it goes."""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.controllers.watching import itself
from labkit.errors import ApiError
from labkit.history import Entry
from labkit.kinds.conditions import condition, in_place
from labkit.kinds.registry import KINDS, Key

Dict = dict[str, Any]

CONTENT_AFTER = 5.0
"""Seconds between a namespace's deletion and the removal of its content (namespaceDeletionGracePeriod)."""

_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nlabkit has no certificates\n-----END CERTIFICATE-----\n"


def namespace_of(cluster: Cluster, entry: Entry) -> list[Key]:
    """The namespace of what changed."""
    return [Key("Namespace", "", entry.key.namespace)] if entry.key.namespace else []


class ServiceAccountController:
    """Gives each namespace its ServiceAccount `default` and its ConfigMap kube-root-ca.crt.

    Reads: Namespace. Writes: ServiceAccount, ConfigMap.
    Runs again: when a namespace or one of the two objects changes; what is deleted comes back.
    Source: pkg/controller/serviceaccount/serviceaccounts_controller.go,
    pkg/controller/certificates/rootcacertpublisher/publisher.go, v1.36. Left out: real certificates.
    """

    name = "service-account-controller"
    kind = "Namespace"

    def __init__(self) -> None:
        self.watches = {"Namespace": itself, "ServiceAccount": namespace_of, "ConfigMap": namespace_of}

    def reconcile(self, cluster: Cluster, key: Key) -> None:
        """One sync."""
        namespace = cluster.get(key)
        if namespace is None or "deletionTimestamp" in namespace["metadata"]:
            return
        for obj in (_account(key.name), _root_certificate(key.name)):
            if cluster.get(Key(obj["kind"], key.name, obj["metadata"]["name"])) is None:
                cluster.create(obj)


def _account(namespace: str) -> Dict:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": namespace}}


def _root_certificate(namespace: str) -> Dict:
    note = {"kubernetes.io/description": "Contains a CA bundle that can be used to verify the kube-apiserver."}
    meta = {"name": "kube-root-ca.crt", "namespace": namespace, "annotations": note}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"ca.crt": _CERTIFICATE}}


class NamespaceController:
    """Takes a deleted namespace's content away, then the namespace.

    Does: nothing for 5 s, then deletes the pods; once they are gone everything else; then finalizes the namespace.
    Reads: Namespace and everything in it. Writes: deletions, status conditions, spec.finalizers.
    Runs again: when the namespace changes; every 5 s while content remains.
    Source: pkg/controller/namespace/deletion/namespaced_resources_deleter.go, v1.36 (pods first:
    OrderedNamespaceDeletion). Left out: errors of discovery.
    """

    name = "namespace-controller"
    kind = "Namespace"
    awaits_its_writes = True

    def __init__(self) -> None:
        self.watches = {"Namespace": itself}

    def reconcile(self, cluster: Cluster, key: Key) -> float | None:
        """One sync."""
        namespace = cluster.get(key)
        if namespace is None or "deletionTimestamp" not in namespace["metadata"]:
            return None
        wait = cluster.clock.seconds(namespace["metadata"]["deletionTimestamp"]) + CONTENT_AFTER - cluster.clock.now
        if wait > 0:
            return wait
        staying = [pod for pod in cluster.keys("Pod", key.name) if _stays(cluster, pod)]
        if len(staying) > 1:  # call by call, so that others see one pod go after the other
            _delete(cluster, staying[0])
            return 0.0
        left = _delete_content(cluster, key.name)
        self._report(cluster, key, left)
        if left:
            return CONTENT_AFTER
        _finalize(cluster, key)
        return None

    def _report(self, cluster: Cluster, key: Key, left: list[Key]) -> None:
        status = cluster.require(key).get("status") or {}
        conditions = status.get("conditions") or []
        for new in _conditions(cluster, left):
            conditions = in_place(conditions, new)
        cluster.set_status(key, {**status, "conditions": conditions})


def content(cluster: Cluster, namespace: str) -> list[Key]:
    """Everything in a namespace but events, which hold nobody up."""
    kinds = [name for name, row in KINDS.items() if row.namespaced and name != "Event"]
    return [key for kind in kinds for key in cluster.keys(kind, namespace)]


def _stays(cluster: Cluster, key: Key) -> bool:
    return "deletionTimestamp" not in cluster.require(key)["metadata"]


def _delete_content(cluster: Cluster, namespace: str) -> list[Key]:
    """Delete the pods or, when there are none, all the rest; returns what is left."""
    pods = cluster.keys("Pod", namespace)
    for key in pods or [*content(cluster, namespace), *cluster.keys("Event", namespace)]:
        if cluster.get(key) is not None and _stays(cluster, key):
            _delete(cluster, key)
    return cluster.keys("Pod", namespace) if pods else content(cluster, namespace)


def _delete(cluster: Cluster, key: Key) -> None:
    try:
        cluster.delete(key)
    except ApiError as error:
        if error.reason != "NotFound":
            raise


def _finalize(cluster: Cluster, key: Key) -> None:
    namespace = cluster.require(key)
    spec = {field: value for field, value in (namespace.get("spec") or {}).items() if field != "finalizers"}
    if spec != namespace.get("spec"):
        cluster.update({**namespace, "spec": spec})
    if cluster.get(key) is not None:
        cluster.remove(key)


def _conditions(cluster: Cluster, left: list[Key]) -> list[Dict]:
    stamp = cluster.clock.stamp()
    waiting = [key for key in left if key.kind != "Pod" and cluster.require(key)["metadata"].get("finalizers")]
    return [
        condition("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered",
                  "All resources successfully discovered", stamp),
        condition("NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions",
                  "All legacy kube types successfully parsed", stamp),
        _deleted(cluster, left, stamp),
        _remaining(cluster, left, stamp),
        _finalizers_remaining(cluster, waiting, stamp),
    ]  # fmt: skip


def _deleted(cluster: Cluster, left: list[Key], stamp: str) -> Dict:
    kind, pods = "NamespaceDeletionContentFailure", [key for key in left if key.kind == "Pod"]
    if not pods:
        text = "All content successfully deleted, may be waiting on finalization"
        return condition(kind, "False", "ContentDeleted", text, stamp)
    where = f"unexpected items still remain in namespace: {pods[0].namespace} for gvr: /v1, Resource=pods"
    text = f"Failed to delete all resource types, 1 remaining: {where}"
    return condition(kind, "True", "ContentDeletionFailed", text, stamp)


def _remaining(cluster: Cluster, left: list[Key], stamp: str) -> Dict:
    kind = "NamespaceContentRemaining"
    if not left or left[0].kind == "Pod":
        return condition(kind, "False", "ContentRemoved", "All content successfully removed", stamp)
    counts = _counted([KINDS[key.kind].qualified for key in left])
    listed = ", ".join(f"{name} has {count} resource instances" for name, count in counts)
    return condition(kind, "True", "SomeResourcesRemain", f"Some resources are remaining: {listed}", stamp)


def _finalizers_remaining(cluster: Cluster, waiting: list[Key], stamp: str) -> Dict:
    kind = "NamespaceFinalizersRemaining"
    if not waiting:
        return condition(kind, "False", "ContentHasNoFinalizers", "All content-preserving finalizers finished", stamp)
    counts = _counted([name for key in waiting for name in cluster.require(key)["metadata"]["finalizers"]])
    listed = ", ".join(f"{name} in {count} resource instances" for name, count in counts)
    text = f"Some content in the namespace has finalizers remaining: {listed}"
    return condition(kind, "True", "SomeFinalizersRemain", text, stamp)


def _counted(names: list[str]) -> list[tuple[str, int]]:
    return [(name, names.count(name)) for name in sorted(set(names))]

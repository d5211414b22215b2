"""ResourceQuotas: what their namespaces use of what they may have."""

from __future__ import annotations

from collections.abc import Iterable

from labkit.admission import quota
from labkit.cluster import Cluster
from labkit.controllers.watching import alive, in_namespace
from labkit.history import Entry
from labkit.kinds.registry import KINDS, Key

_quotas = in_namespace("ResourceQuota")


def counted(cluster: Cluster, entry: Entry) -> Iterable[Key]:
    """The quotas of the namespace when something comes, goes, or asks for something else; a pod also when it ends."""
    old, new = entry.old, entry.new
    if old is not None and new is not None:
        ended = (old.get("status") or {}).get("phase") != (new.get("status") or {}).get("phase")
        if old.get("spec") == new.get("spec") and not (entry.key.kind == "Pod" and ended):
            return ()
    return _quotas(cluster, entry)


class ResourceQuotaController:
    """Keeps the status of ResourceQuotas.

    Does: copies the limits into status.hard and counts what is used of each into status.used.
    Reads: ResourceQuota and every kind in its namespace. Writes: status.
    Runs again: when the quota changes, or an object of its namespace comes, goes or changes what it asks for.
    Source: pkg/controller/resourcequota/resource_quota_controller.go, v1.36.
    Left out: the full count every five minutes; nothing is ever missed here.
    """

    name = "resourcequota-controller"
    kind = "ResourceQuota"

    def __init__(self) -> None:
        counts = {name: counted for name, row in KINDS.items() if row.namespaced and name != "Event"}
        self.watches = counts | {"ResourceQuota": alive}

    def reconcile(self, cluster: Cluster, key: Key) -> None:
        """Count anew."""
        obj = cluster.get(key)
        if obj is not None:
            hard = (obj.get("spec") or {}).get("hard") or {}
            cluster.set_status(key, {"hard": hard, "used": quota.total(cluster, obj)})

"""Claims and volumes that are in use are not taken away: their protection finalizers."""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.controllers.watching import alive
from labkit.history import Entry
from labkit.kinds.registry import Key

CLAIM = "kubernetes.io/pvc-protection"
VOLUME = "kubernetes.io/pv-protection"


def claims_released(cluster: Cluster, entry: Entry) -> list[Key]:
    """The claims of a pod that is gone or has ended."""
    pod = entry.old or {}
    over = entry.new is None or (entry.new.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    if not over:
        return []
    volumes = (pod.get("spec") or {}).get("volumes") or ()
    names = [one["persistentVolumeClaim"]["claimName"] for one in volumes if "persistentVolumeClaim" in one]
    return [Key("PersistentVolumeClaim", entry.key.namespace, name) for name in names]


class ProtectionController:
    """Lets a deleted claim go once no pod uses it, and a deleted volume once it is bound to none.

    Reads: PersistentVolumeClaim, PersistentVolume, Pod. Writes: their finalizers.
    Runs again: when a claim or volume changes, when a pod that uses a claim goes or ends.
    Source: pkg/controller/volume/{pvcprotection,pvprotection}, v1.36. The finalizers are set by admission.
    """

    name = "pvc-protection-controller"
    kind = "PersistentVolumeClaim"

    def __init__(self) -> None:
        self.watches = {"PersistentVolumeClaim": alive, "PersistentVolume": alive, "Pod": claims_released}

    def reconcile(self, cluster: Cluster, key: Key) -> None:
        """One sync."""
        obj = cluster.get(key)
        if obj is None or "deletionTimestamp" not in obj["metadata"]:
            return
        finalizers = obj["metadata"].get("finalizers") or []
        left = [name for name in finalizers if name not in (CLAIM, VOLUME)]
        if left != finalizers and not _in_use(cluster, key):
            cluster.patch(key, {"metadata": {"finalizers": left or None}})


def _in_use(cluster: Cluster, key: Key) -> bool:
    if key.kind == "PersistentVolume":
        return bool(cluster.read(key).status.phase == "Bound")
    users = [cluster.read(one) for one in cluster.into(key, "mounts") if one.kind == "Pod"]
    return any(not pod.is_terminal for pod in users)

"""Claims and volumes: finding a volume for a claim, and having one made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.controllers.watching import all_of, itself
from labkit.fields import quantity, selectors
from labkit.history import Entry
from labkit.kinds.registry import Key
from labkit.kinds.storage import PersistentVolume, PersistentVolumeClaim, StorageClass

Dict = dict[str, Any]

OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"
NO_PROVISIONER = "kubernetes.io/no-provisioner"

PROVISION_SECONDS = 1.0
"""How long an external provisioner takes to make a volume: about that of a local one; clouds take 5 to 20 s."""


class Provisioning(NamedTuple):
    """A timer: the volume for the claim of that uid is ready."""

    claim: Key
    uid: str


def claims_of_pod(cluster: Cluster, entry: Entry) -> list[Key]:
    """The claims of a pod that was bound, and of one that is gone."""
    before, after = ((obj or {}).get("spec", {}).get("nodeName") for obj in (entry.old, entry.new))
    if before == after:
        return []
    return [one for one in cluster.out(entry.key, "mounts") if one.kind == "PersistentVolumeClaim"]


class PersistentVolumeController:
    """Binds claims to volumes, and lets volumes be made for claims whose class can.

    Does: binds the smallest fitting free volume; else, for a class with a provisioner, provisions one: at once
    (Immediate) or when a pod that uses the claim has a node (WaitForFirstConsumer); releases or deletes the volume
    of a claim that is gone by its reclaim policy.
    Reads: PersistentVolumeClaim, PersistentVolume, StorageClass, Pod. Writes: both, with their status; events.
    Runs again: when a claim, a volume, a class or a pod that uses a claim changes.
    Source: pkg/controller/volume/persistentvolume/pv_controller.go, v1.36.
    Left out: topology of provisioned volumes, expansion, volume populators.
    """

    name = "persistentvolume-controller"
    kind = "PersistentVolumeClaim"

    def __init__(self) -> None:
        claims = all_of("PersistentVolumeClaim")
        self.watches = {
            "PersistentVolumeClaim": itself, "PersistentVolume": claims, "StorageClass": claims, "Pod": claims_of_pod,
        }  # fmt: skip

    def reconcile(self, cluster: Cluster, key: Key | Provisioning) -> None:
        """A claim to look at, or one whose volume has been made."""
        if isinstance(key, Provisioning):
            claim = cluster.read(key.claim)
            if claim is not None and claim.metadata.uid == key.uid and not claim.spec.volume_name:
                self._provision(cluster, key.claim)
            return
        claim = cluster.read(key)
        if claim is None:
            _reclaim(cluster, key)
        elif claim.spec.volume_name:
            _complete(cluster, key)
        elif claim.metadata.deletion_timestamp is None:
            self._find(cluster, key, claim)

    def _find(self, cluster: Cluster, key: Key, claim: PersistentVolumeClaim) -> None:
        if not cluster.require(key).get("status"):
            cluster.set_status(key, {"phase": "Pending"})
        name = class_name(cluster, claim)
        kind = cluster.read(Key("StorageClass", "", name)) if name else None
        if kind is not None and kind.volume_binding_mode == "WaitForFirstConsumer" and not _has_consumer(cluster, key):
            self._tell(cluster, key, "Normal", *waiting(sorted(one.name for one in _users(cluster, key))))
            return
        volume = best_volume(claim, name, cluster.items("PersistentVolume"))
        if volume is not None:
            _bind(cluster, key, Key("PersistentVolume", "", volume.metadata.name))
        elif not name:
            why = "no persistent volumes available for this claim and no storage class is set"
            self._tell(cluster, key, "Normal", "FailedBinding", why)
        elif kind is None:
            why = f'storageclass.storage.k8s.io "{name}" not found'
            self._tell(cluster, key, "Warning", "ProvisioningFailed", why)
        elif kind.provisioner != NO_PROVISIONER:
            self._ask(cluster, key, claim, kind)

    def _ask(self, cluster: Cluster, key: Key, claim: PersistentVolumeClaim, kind: StorageClass) -> None:
        call = (self.name, Provisioning(key, claim.metadata.uid))
        if cluster.clock.has(call):
            return
        waiting = (
            f"Waiting for a volume to be created either by the external provisioner '{kind.provisioner}' or manually "
            "by the system administrator. If volume creation is delayed, please verify that the provisioner is "
            "running and correctly registered."
        )
        self._tell(cluster, key, "Normal", "ExternalProvisioning", waiting)
        text = f'External provisioner is provisioning volume for claim "{key.namespace}/{key.name}"'
        cluster.record(key, "Normal", "Provisioning", text, kind.provisioner)
        cluster.clock.wake(call, PROVISION_SECONDS)

    def _provision(self, cluster: Cluster, key: Key) -> None:
        claim = cluster.read(key)
        name = class_name(cluster, claim)
        kind = cluster.read(Key("StorageClass", "", name))
        if kind is None:
            return
        made = cluster.create(provisioned(claim, name, kind))
        volume = made["metadata"]["name"]
        text = f"Successfully provisioned volume {volume}"
        cluster.record(key, "Normal", "ProvisioningSucceeded", text, kind.provisioner)
        _bind(cluster, key, Key("PersistentVolume", "", volume))

    def _tell(self, cluster: Cluster, key: Key, kind: str, reason: str, message: str) -> None:
        cluster.record(key, kind, reason, message, self.name)


def class_name(cluster: Cluster, claim: PersistentVolumeClaim) -> str:
    """The claim's storage class: the old annotation, the field, or the default class where neither says anything."""
    old = claim.metadata.annotations.get(OLD_CLASS)
    if old is not None:
        return old
    if claim.spec.storage_class_name is not None:
        return claim.spec.storage_class_name
    defaults = [one for one in cluster.items("StorageClass") if one.metadata.annotations.get(IS_DEFAULT) == "true"]
    return defaults[-1].metadata.name if defaults else ""


def best_volume(
    claim: PersistentVolumeClaim, class_name: str, volumes: Iterable[PersistentVolume]
) -> PersistentVolume | None:
    """The smallest free volume that satisfies the claim, or the one that was made for it."""
    asked = quantity.value(claim.spec.resources.requests.get("storage", 0))
    fitting = [one for one in volumes if _fits(one, claim, class_name) and size(one) >= asked]
    own = next((one for one in fitting if one.spec.claim_ref is not None), None)
    return own or min(fitting, key=lambda one: (size(one), one.metadata.name), default=None)


def size(volume: PersistentVolume) -> int:
    """A volume's capacity in bytes."""
    return int(quantity.value(volume.spec.capacity.get("storage", 0)))


def _fits(volume: PersistentVolume, claim: PersistentVolumeClaim, class_name: str) -> bool:
    held, spec = volume.spec.claim_ref, volume.spec
    mine = held is not None and (held.namespace, held.name) == (claim.metadata.namespace, claim.metadata.name)
    if held is not None and not (mine and held.uid in ("", claim.metadata.uid)):
        return False
    if volume.metadata.deletion_timestamp is not None or spec.storage_class_name != class_name:
        return False
    chosen = claim.spec.selector is None or selectors.matches(_plain(claim.spec.selector), volume.metadata.labels)
    return chosen and spec.volume_mode == claim.spec.volume_mode and _covers(spec.access_modes, claim.spec.access_modes)


def _plain(selector: Any) -> Dict:
    rows = [
        {"key": one.key, "operator": one.operator, "values": list(one.values)} for one in selector.match_expressions
    ]
    return {"matchLabels": selector.match_labels, "matchExpressions": rows}


def _covers(offered: Sequence[str], asked: Sequence[str]) -> bool:
    return set(asked) <= set(offered)


def _has_consumer(cluster: Cluster, key: Key) -> bool:
    if SELECTED_NODE in cluster.read(key).metadata.annotations:
        return True
    return any(cluster.read(one).spec.node_name for one in _users(cluster, key))


def _users(cluster: Cluster, key: Key) -> list[Key]:
    return [one for one in cluster.into(key, "mounts") if one.kind == "Pod"]


def waiting(pods: Sequence[str]) -> tuple[str, str]:
    """Why a claim isn't bound yet that waits for one of these pods to have a node: the event's reason and message."""
    if not pods:
        return "WaitForFirstConsumer", "waiting for first consumer to be created before binding"
    return "WaitForPodScheduled", f"waiting for pod{'s' * (len(pods) > 1)} {','.join(pods)} to be scheduled"


def _bind(cluster: Cluster, key: Key, volume: Key) -> None:
    claim = cluster.require(key)
    reference = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": key.namespace, "name": key.name}
    cluster.patch(volume, {"spec": {"claimRef": reference | {"uid": claim["metadata"]["uid"]}}})
    cluster.set_status(volume, {"phase": "Bound"})
    notes = {"pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes"}
    cluster.patch(key, {"metadata": {"annotations": notes}, "spec": {"volumeName": volume.name}})
    _complete(cluster, key)


def _complete(cluster: Cluster, key: Key) -> None:
    """Write Bound, with what the volume has to give, once claim and volume name each other."""
    claim = cluster.require(key)
    volume = cluster.get(Key("PersistentVolume", "", claim["spec"]["volumeName"]))
    if volume is None:
        if claim.get("status", {}).get("phase") == "Bound":
            cluster.set_status(key, {"phase": "Lost"})
        return
    reference = volume["spec"].get("claimRef")
    if reference is None:
        _bind(cluster, key, Key("PersistentVolume", "", volume["metadata"]["name"]))
        return
    if (reference.get("namespace"), reference.get("name")) == (key.namespace, key.name):
        given = {field: volume["spec"][field] for field in ("accessModes", "capacity") if field in volume["spec"]}
        cluster.set_status(key, {"phase": "Bound"} | given)


def provisioned(claim: PersistentVolumeClaim, class_name: str, kind: StorageClass) -> Dict:
    """The volume that a provisioner makes for a claim."""
    meta = claim.metadata
    name = f"pvc-{meta.uid}"
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": kind.provisioner}},
        "spec": {
            "capacity": {"storage": claim.spec.resources.requests.get("storage", "0")},
            "accessModes": list(claim.spec.access_modes),
            "storageClassName": class_name,
            "persistentVolumeReclaimPolicy": kind.reclaim_policy,
            "volumeMode": claim.spec.volume_mode,
            "csi": {"driver": kind.provisioner, "volumeHandle": name},
        },
    }


def _reclaim(cluster: Cluster, key: Key) -> None:
    """Release the volume of a claim that is gone, or delete it with its claim."""
    for volume in cluster.items("PersistentVolume"):
        held, target = volume.spec.claim_ref, Key("PersistentVolume", "", volume.metadata.name)
        if held is None or (held.namespace, held.name) != (key.namespace, key.name):
            continue
        if volume.spec.persistent_volume_reclaim_policy == "Delete":
            cluster.delete(target)
        else:
            cluster.set_status(target, {"phase": "Released"})

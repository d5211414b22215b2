"""The claims of a pod, and which volume would serve a claim on which node.

Source: component-helpers storage/volume/{helpers,pv_helpers}.go, plugins/volumebinding/binder.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from labkit.cluster import Cluster
from labkit.fields import quantity, selectors
from labkit.kinds.pod import Pod
from labkit.kinds.registry import Key
from labkit.kinds.storage import PersistentVolume, PersistentVolumeClaim, StorageClass
from labkit.scheduler.coded import Bools, Ints
from labkit.scheduler.columns import Columns
from labkit.scheduler.nodeterms import matches_any

CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
NO_PROVISIONER = "kubernetes.io/no-provisioner"
LATE = "WaitForFirstConsumer"
SPENT = ("Bound", "Released", "Failed")
"""Phases of volumes that serve no new claim; a new volume, Pending for a moment, does."""


class Named(NamedTuple):
    """A claim by its name, and whether it is made for an ephemeral volume of the pod."""

    key: Key
    ephemeral: bool


def claim_keys(key: Key, pod: Pod) -> Iterator[Named]:
    """The claims that the pod's volumes name, in order."""
    for volume in pod.spec.volumes:
        if volume.persistent_volume_claim is not None:
            name = volume.persistent_volume_claim.claim_name
            yield Named(Key("PersistentVolumeClaim", key.namespace, name), False)
        elif volume.ephemeral is not None:
            yield Named(Key("PersistentVolumeClaim", key.namespace, f"{key.name}-{volume.name}"), True)


def claims_of(world: Cluster, key: Key, pod: Pod) -> list[tuple[Key, PersistentVolumeClaim]]:
    """The pod's claims that exist."""
    found = [(named.key, world.read(named.key)) for named in claim_keys(key, pod)]
    return [(one, claim) for one, claim in found if claim is not None]


def problem(world: Cluster, key: Key, pod: Pod) -> str:
    """What is wrong with the pod's claims as such, in the scheduler's words; empty if nothing is."""
    for named in claim_keys(key, pod):
        claim: PersistentVolumeClaim | None = world.read(named.key)
        if claim is None:
            return _missing(named)
        if claim.status.phase == "Lost":
            lost = claim.spec.volume_name
            return f'persistentvolumeclaim "{named.key.name}" bound to non-existent persistentvolume "{lost}"'
        if claim.metadata.deletion_timestamp is not None:
            return f'persistentvolumeclaim "{named.key.name}" is being deleted'
    return ""


def _missing(named: Named) -> str:
    if named.ephemeral:
        return f'waiting for ephemeral volume controller to create the persistentvolumeclaim "{named.key.name}"'
    return f'persistentvolumeclaim "{named.key.name}" not found'


def is_bound(claim: PersistentVolumeClaim) -> bool:
    """Whether a claim has its volume for good."""
    return bool(claim.spec.volume_name) and claim.status.phase == "Bound"


def class_of(claim: PersistentVolumeClaim) -> str:
    """The name of the claim's storage class, empty if it has none."""
    return claim.metadata.annotations.get(CLASS_ANNOTATION) or claim.spec.storage_class_name or ""


def storage_class(world: Cluster, claim: PersistentVolumeClaim) -> StorageClass | None:
    """The claim's storage class, if there is one of that name."""
    name = class_of(claim)
    found: StorageClass | None = world.read(Key("StorageClass", "", name)) if name else None
    return found


def waits_for_pod(world: Cluster, claim: PersistentVolumeClaim) -> bool:
    """Whether the claim is bound only when a pod that uses it has a node."""
    found = storage_class(world, claim)
    return found is not None and found.volume_binding_mode == LATE and not claim.spec.volume_name


def requested(claim: PersistentVolumeClaim) -> int:
    """The bytes that a claim asks for."""
    return quantity.value(claim.spec.resources.requests.get("storage", 0))


def capacity(volume: PersistentVolume) -> int:
    """The bytes of a volume."""
    return quantity.value(volume.spec.capacity.get("storage", 0))


def reachable(columns: Columns, volume: PersistentVolume, rows: Ints) -> Bools:
    """From which of the rows a volume can be reached."""
    affinity = volume.spec.node_affinity
    if affinity is None or affinity.required is None:
        return np.ones(len(rows), np.bool_)
    return matches_any(columns, affinity.required.node_selector_terms, rows)


def belongs_to(volume: PersistentVolume, key: Key, claim: PersistentVolumeClaim) -> bool:
    """Whether a volume is reserved for this very claim."""
    reference = volume.spec.claim_ref
    if reference is None or (reference.namespace, reference.name) != (key.namespace, key.name):
        return False
    return not reference.uid or reference.uid == claim.metadata.uid


def could_serve(volume: PersistentVolume, key: Key, claim: PersistentVolumeClaim) -> bool:
    """Whether a volume fits a claim, wherever it is: large enough, of its mode, reserved for it or free and alike."""
    if capacity(volume) < requested(claim) or volume.spec.volume_mode != claim.spec.volume_mode:
        return False
    if volume.metadata.deletion_timestamp is not None:
        return False
    return belongs_to(volume, key, claim) or is_free_for(volume, claim)


def is_free_for(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    """Whether an unreserved volume has the class, labels and access modes that a claim asks for."""
    if volume.spec.claim_ref is not None or volume.status.phase in SPENT:
        return False
    if claim.spec.selector is not None and not selectors.matches(claim.spec.selector, volume.metadata.labels):
        return False
    alike = volume.spec.storage_class_name == class_of(claim)
    return alike and set(claim.spec.access_modes) <= set(volume.spec.access_modes)


Candidates = Sequence[tuple[str, int, bool]]
"""Volumes that could serve a claim: name, bytes, reserved for it."""


def candidates(world: Cluster, key: Key, claim: PersistentVolumeClaim) -> Candidates:
    """The volumes that could serve a claim on some node, the smallest first."""
    volumes: Iterable[PersistentVolume] = world.items("PersistentVolume")
    fitting = (one for one in volumes if could_serve(one, key, claim))
    listed = [(one.metadata.name, capacity(one), belongs_to(one, key, claim)) for one in fitting]
    return sorted(listed, key=lambda one: one[1])


def chosen(listed: Candidates, at_hand: frozenset[str], taken: Iterable[str]) -> str | None:
    """The volume that serves a claim on a node where those `at_hand` can be reached: its own, else the smallest."""
    own = next((name for name, _, reserved in listed if reserved and name not in taken), None)
    if own is not None:
        return own if own in at_hand else None
    return next((name for name, _, _ in listed if name in at_hand and name not in taken), None)

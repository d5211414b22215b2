"""Volumes and claims, as far as labkit acts on them.

Source: k8s.io/api core/v1/types.go, storage/v1/types.go, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.kinds.meta import LabelSelector, Meta, Struct
from labkit.kinds.pod import NodeSelector, Resources


class ClaimSpec(Struct):
    """What a claim asks for."""

    access_modes: tuple[str, ...] = ()
    resources: Resources = Resources()
    storage_class_name: str | None = None
    volume_name: str = ""
    volume_mode: str = "Filesystem"
    selector: LabelSelector | None = None


class ClaimStatus(Struct):
    """Whether a claim got its volume."""

    phase: str = ""
    capacity: dict[str, Any] = {}


class PersistentVolumeClaim(Struct):
    """A PersistentVolumeClaim."""

    metadata: Meta = Meta()
    spec: ClaimSpec = ClaimSpec()
    status: ClaimStatus = ClaimStatus()


class VolumeNodeAffinity(Struct):
    """From which nodes a volume can be reached."""

    required: NodeSelector | None = None


class ClaimReference(Struct):
    """The claim a volume belongs to."""

    name: str = ""
    namespace: str = ""
    uid: str = ""


class VolumeSpec(Struct):
    """What a volume is."""

    capacity: dict[str, Any] = {}
    access_modes: tuple[str, ...] = ()
    storage_class_name: str = ""
    volume_mode: str = "Filesystem"
    node_affinity: VolumeNodeAffinity | None = None
    claim_ref: ClaimReference | None = None
    persistent_volume_reclaim_policy: str = "Retain"
    csi: dict[str, Any] | None = None


class PersistentVolume(Struct):
    """A PersistentVolume."""

    metadata: Meta = Meta()
    spec: VolumeSpec = VolumeSpec()
    status: ClaimStatus = ClaimStatus()


class StorageClass(Struct):
    """A StorageClass."""

    metadata: Meta = Meta()
    provisioner: str = ""
    volume_binding_mode: str = "Immediate"
    reclaim_policy: str = "Delete"
    allow_volume_expansion: bool = False
    allowed_topologies: tuple[dict[str, Any], ...] = ()
    parameters: dict[str, str] = {}

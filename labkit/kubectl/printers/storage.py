"""Volumes, claims and their classes.

Source: pkg/printers/internalversion/printers.go, v1.36.
"""

from __future__ import annotations

from labkit.kubectl.printers.cells import UNSET, access_modes, amount, at, created, name
from labkit.kubectl.printers.registry import Cell, Object, View, printer

BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


@printer(
    "PersistentVolume",
    columns=(
        "Name", "Capacity", "Access Modes", "Reclaim Policy", "Status", "Claim", "StorageClass",
        "VolumeAttributesClass", "Reason", "Age", "+VolumeMode",
    ),
)  # fmt: skip
def persistentvolume(obj: Object, view: View) -> list[Cell]:
    """A PersistentVolume."""
    spec = obj.get("spec") or {}
    claim = spec.get("claimRef")
    held = f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else ""
    told = [name(obj), _storage(spec.get("capacity")), access_modes(spec.get("accessModes"))]
    reason = at(obj, "status", "reason") or ""
    return [
        *told, spec.get("persistentVolumeReclaimPolicy") or "Retain", _phase(obj), held, _class(obj),
        spec.get("volumeAttributesClassName") or UNSET, reason, created(obj, view.now),
        spec.get("volumeMode") or "Filesystem",
    ]  # fmt: skip


@printer(
    "PersistentVolumeClaim",
    columns=(
        "Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeAttributesClass", "Age",
        "+VolumeMode",
    ),
)  # fmt: skip
def persistentvolumeclaim(obj: Object, view: View) -> list[Cell]:
    """A PersistentVolumeClaim; capacity and modes are those of the volume it got."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    volume = spec.get("volumeName") or ""
    got = [_storage(status.get("capacity")), access_modes(status.get("accessModes"))] if volume else ["", ""]
    return [
        name(obj), _phase(obj), volume, *got, _class(obj), spec.get("volumeAttributesClassName") or UNSET,
        created(obj, view.now), spec.get("volumeMode") or "Filesystem",
    ]  # fmt: skip


def _phase(obj: Object) -> str:
    return "Terminating" if obj["metadata"].get("deletionTimestamp") else at(obj, "status", "phase") or "Pending"


def _class(obj: Object) -> str:
    annotations = obj["metadata"].get("annotations") or {}
    return str(annotations.get(BETA_CLASS) or at(obj, "spec", "storageClassName") or "")


def _storage(resources: Object | None) -> str:
    return amount((resources or {}).get("storage", "0"))


@printer(
    "StorageClass",
    columns=("Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age"),
)
def storageclass(obj: Object, view: View) -> list[Cell]:
    """A StorageClass; the default one says so after its name."""
    default = (obj["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true"
    return [
        name(obj) + " (default)" * default, obj.get("provisioner") or "", obj.get("reclaimPolicy") or "Delete",
        obj.get("volumeBindingMode") or "Immediate", str(bool(obj.get("allowVolumeExpansion"))).lower(),
        created(obj, view.now),
    ]  # fmt: skip


@printer("VolumeAttributesClass", columns=("Name", "DriverName", "Age"))
def volumeattributesclass(obj: Object, view: View) -> list[Cell]:
    """A VolumeAttributesClass."""
    return [name(obj), obj.get("driverName") or "", created(obj, view.now)]


@printer("VolumeAttachment", columns=("Name", "Attacher", "PV", "Node", "Attached", "Age"))
def volumeattachment(obj: Object, view: View) -> list[Cell]:
    """A VolumeAttachment."""
    volume = at(obj, "spec", "source", "persistentVolumeName") or ""
    told = [at(obj, "spec", "attacher") or "", volume, at(obj, "spec", "nodeName") or ""]
    return [name(obj), *told, str(bool(at(obj, "status", "attached"))).lower(), created(obj, view.now)]

"""The volumes of a pod, and claims, volumes and classes of storage.

Source: pkg/apis/core/validation/validation.go, pkg/apis/storage/validation/validation.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names, quantity
from labkit.manifests.causes import (
    duplicate,
    each,
    forbidden,
    invalid,
    named,
    one_of,
    required,
    unsupported,
)
from labkit.manifests.gotypes import changes
from labkit.manifests.validate_meta import label_selector
from labkit.manifests.validate_scheduling import node_selector

Object = dict[str, Any]
ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_SOURCES = (
    "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi",
    "glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI", "fc",
    "flexVolume", "configMap", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk",
    "storageos", "projected", "scaleIO", "csi", "ephemeral", "image",
)  # fmt: skip
_MUST_HAVE = {
    "hostPath": ("path",), "secret": ("secretName",), "configMap": ("name",), "persistentVolumeClaim": ("claimName",),
    "nfs": ("server", "path"), "csi": ("driver",), "awsElasticBlockStore": ("volumeID",),
    "gcePersistentDisk": ("pdName",), "local": ("path",),
}  # fmt: skip
_OF_VOLUMES = (
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte", "cephfs",
    "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume",
    "azureDisk", "scaleIO", "local", "storageos", "csi",
)  # fmt: skip
_CLAIM_FIXED = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
)


def volumes(given: Any, path: str) -> Iterator[Cause]:
    """The volumes of a pod: a name of their own and one source each."""
    seen: set[str] = set()
    for index, one in enumerate(given):
        at = f"{path}[{index}]"
        yield from _sources(one, at, _SOURCES)
        yield from named(one, at, "name", names.dns1123_label)
        if one.get("name") in seen:
            yield duplicate(f"{at}.name", one["name"])
        seen.add(one.get("name", ""))


def _sources(one: Object, path: str, known: tuple[str, ...]) -> Iterator[Cause]:
    given = [source for source in known if one.get(source) is not None]
    for index, source in enumerate(given):
        if index:
            yield forbidden(f"{path}.{source}", "may not specify more than 1 volume type")
            continue
        for key in _MUST_HAVE.get(source, ()):
            if not one[source].get(key):
                yield required(f"{path}.{source}.{key}")
        yield from _source_details(one[source], f"{path}.{source}")
    if not given:
        yield required(path, "must specify a volume type")


def _source_details(source: Object, path: str) -> Iterator[Cause]:
    """File modes, the files that are picked, and paths that would leave their folder."""
    if ".." in source.get("path", "").split("/"):
        yield invalid(f"{path}.path", source["path"], "must not contain '..'")
    yield from _mode(source, path, "defaultMode")
    for index, item in enumerate(source.get("items") or ()):
        at, place = f"{path}.items[{index}]", item.get("path", "")
        if "fieldRef" not in item and "resourceFieldRef" not in item and not item.get("key"):
            yield required(f"{at}.key")
        if not place:
            yield required(f"{at}.path")
        elif place.startswith("/"):
            yield invalid(f"{at}.path", place, "must be a relative path")
        elif ".." in place.split("/"):
            yield invalid(f"{at}.path", place, "must not contain '..'")
        yield from _mode(item, at, "mode")


def _mode(holder: Object, path: str, key: str) -> Iterator[Cause]:
    mode = holder.get(key)
    if mode is not None and not 0 <= mode <= 0o777:
        yield invalid(f"{path}.{key}", mode, "must be a number between 0 and 0777 (octal), both inclusive")


def claim(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A PersistentVolumeClaim."""
    spec = obj.get("spec") or {}
    yield from claim_spec(spec, "spec")
    if old is not None:
        yield from _claim_update(spec, old.get("spec") or {})


def _claim_update(spec: Object, before: Object) -> Iterator[Cause]:
    fixed = dict(spec)
    if before.get("volumeName") and _grows(before, spec):
        fixed["resources"] = before.get("resources", {})
    if not before.get("volumeName"):
        fixed["volumeName"] = before.get("volumeName")
    if difference := changes("PersistentVolumeClaimSpec", before, fixed):
        yield forbidden("spec", f"{_CLAIM_FIXED}\n{difference}")


def claim_spec(spec: Object, path: str) -> Iterator[Cause]:
    """A claim's spec, also where a StatefulSet has it as a template."""
    yield from label_selector(spec.get("selector"), f"{path}.selector")
    modes = spec.get("accessModes") or ()
    if not modes:
        yield required(f"{path}.accessModes", "at least 1 access mode is required")
    yield from access_modes(modes, f"{path}.accessModes")
    requests = (spec.get("resources") or {}).get("requests") or {}
    if "storage" not in requests:
        yield required(f"{path}.resources[storage]")
    elif quantity.milli(requests["storage"]) <= 0:
        yield invalid(f"{path}.resources[storage]", requests["storage"], "must be greater than zero")
    if spec.get("storageClassName"):
        name = spec["storageClassName"]
        yield from each(f"{path}.storageClassName", name, names.dns1123_subdomain(name))
    yield from one_of(spec, path, "volumeMode", ("Block", "Filesystem"))


def access_modes(modes: Any, path: str) -> Iterator[Cause]:
    """Known modes, and ReadWriteOncePod alone."""
    for mode in modes:
        if mode not in ACCESS_MODES:
            yield unsupported(path, mode, ACCESS_MODES)
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        yield forbidden(path, "may not use ReadWriteOncePod with other access modes")


def _grows(before: Object, after: Object) -> bool:
    """Whether a claim asks for at least what it asked for: a bound one may grow."""
    sizes = [((spec.get("resources") or {}).get("requests") or {}).get("storage", "0") for spec in (before, after)]
    return quantity.milli(sizes[1]) >= quantity.milli(sizes[0])


def volume(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A PersistentVolume."""
    spec = obj.get("spec") or {}
    if not spec.get("accessModes"):
        yield required("spec.accessModes")
    yield from access_modes(spec.get("accessModes") or (), "spec.accessModes")
    capacity = spec.get("capacity") or {}
    if not capacity:
        yield required("spec.capacity")
    if set(capacity) != {"storage"}:
        yield unsupported("spec.capacity", capacity or None, ("storage",))
    for name, value in capacity.items():
        if quantity.milli(value) <= 0:
            yield invalid(f"spec.capacity[{name}]", value, "must be greater than zero")
    policies = ("Delete", "Recycle", "Retain")
    yield from one_of(spec, "spec", "persistentVolumeReclaimPolicy", policies)
    yield from _sources(spec, "spec", _OF_VOLUMES)
    affinity = (spec.get("nodeAffinity") or {}).get("required")
    if affinity is not None:
        yield from node_selector(affinity, "spec.nodeAffinity.required")
    elif spec.get("local") is not None:
        yield required("spec.nodeAffinity", "Local volume requires node affinity")
    if old is not None:
        yield from _same_source(spec, old["spec"])


def _same_source(spec: Object, before: Object) -> Iterator[Cause]:
    if any(spec.get(source) != before.get(source) for source in _OF_VOLUMES):
        yield forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation")


def storage_class(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A StorageClass."""
    if not obj.get("provisioner"):
        yield required("provisioner")
    yield from one_of(obj, "", "reclaimPolicy", ("Delete", "Retain"))
    for cause in one_of(obj, "", "volumeBindingMode", ("Immediate", "WaitForFirstConsumer")):
        yield cause._replace(field="volumeBindingMode")
    for key in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"):
        if old is not None and obj.get(key) != old.get(key):
            yield forbidden(key, f"updates to {key} are forbidden.")

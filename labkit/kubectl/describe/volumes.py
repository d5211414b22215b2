"""Volumes: of a pod, of a template, and what a PersistentVolume is backed by.

Each source is a row of SOURCES: its field, what kubectl says of it, and the lines below. Sources that clouds retired
long ago print as `<unknown>`, as sources do that kubectl doesn't know.
Source: kubectl pkg/describe/describe.go describeVolumes and the print…VolumeSource functions, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from labkit.kubectl.describe.metadata import NONE, UNSET, Object, yes
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import amount

Lines = Iterable[tuple[str, Any]]

NIL = "<nil>"
"""How v1.32 shows that a projected source doesn't say whether it is optional."""


def volumes(w: Writer, found: Iterable[Object] | None, space: str = "") -> None:
    """The volumes of a pod (or, with `space`, of a template)."""
    listed = list(found or ())
    if not listed:
        w.line(f"{space}Volumes:", NONE)
        return
    w.line(f"{space}Volumes:")
    for volume in listed:
        w.line(f"{' ' if space else ''}{volume['name']}:", level=1)
        volume_source(w, volume)


def volume_source(w: Writer, volume: Object) -> None:
    """What a volume is backed by."""
    for field, (about, lines) in SOURCES.items():
        if volume.get(field) is not None:
            w.field("Type", about, level=2)
            if field == "downwardAPI":
                _items(w, volume[field])
            for name, value in lines(volume[field]):
                w.field(name, value, level=2)
            if field == "csi":
                _attributes(w, volume[field].get("volumeAttributes"))
            return
    w.line("<unknown>", level=1)


def _attributes(w: Writer, pairs: dict[str, str] | None) -> None:
    """A CSI driver's attributes; kubectl indents each part of the line anew."""
    if not pairs:
        w.field("VolumeAttributes", NONE, level=2)
    for at, key in enumerate(sorted(pairs or {})):
        line = f"{key}={(pairs or {})[key]}"
        shown = line if len(line) <= 140 else f"{line[:140]}..."
        w.line("    " if at else "VolumeAttributes:", f"    {shown}", level=2)


def _items(w: Writer, source: Object) -> None:
    w.heading("Items", level=2)
    for item in source.get("items") or ():
        what = item["fieldRef"]["fieldPath"] if "fieldRef" in item else item["resourceFieldRef"]["resource"]
        w.line(f"{what} -> {item['path']}", level=3)


def _empty_dir(source: Object) -> Lines:
    limit = source.get("sizeLimit")
    return [("Medium", source.get("medium", "")), ("SizeLimit", UNSET if limit is None else amount(limit))]


def _host_path(source: Object) -> Lines:
    kind = source.get("type")
    return [("Path", source["path"]), ("HostPathType", NONE if kind is None else kind)]


def _secret(source: Object) -> Lines:
    return [("SecretName", source.get("secretName", "")), ("Optional", yes(source.get("optional")))]


def _config_map(source: Object) -> Lines:
    return [("Name", source.get("name", "")), ("Optional", yes(source.get("optional")))]


def _projected(source: Object) -> Iterator[tuple[str, Any]]:
    for part in source.get("sources") or ():
        if "secret" in part:
            yield "SecretName", part["secret"].get("name", "")
            yield "SecretOptionalName", _optional(part["secret"])
        elif "downwardAPI" in part:
            yield "DownwardAPI", "true"
        elif "configMap" in part:
            yield "ConfigMapName", part["configMap"].get("name", "")
            yield "ConfigMapOptional", _optional(part["configMap"])
        elif "serviceAccountToken" in part:
            yield "TokenExpirationSeconds", part["serviceAccountToken"].get("expirationSeconds") or 3600


def _optional(source: Object) -> str:
    return NIL if source.get("optional") is None else yes(source["optional"])


def _claim(source: Object) -> Lines:
    return [("ClaimName", source["claimName"]), ("ReadOnly", yes(source.get("readOnly")))]


def _ephemeral(source: Object) -> Iterator[tuple[str, Any]]:
    """The claim that is made with the pod, as far as a claim that doesn't exist yet can be described."""
    template = source.get("volumeClaimTemplate") or {}
    spec, meta = template.get("spec") or {}, template.get("metadata") or {}
    yield "StorageClass", spec.get("storageClassName") or ""
    yield "Volume", spec.get("volumeName") or ""
    for title in ("Labels", "Annotations"):
        pairs = meta.get(title.lower()) or {}
        yield title, ",".join(f"{key}={value}" for key, value in sorted(pairs.items())) or NONE
    yield "Capacity", ""
    yield "Access Modes", ""
    if spec.get("volumeMode"):
        yield "VolumeMode", spec["volumeMode"]


def _nfs(source: Object) -> Lines:
    return [("Server", source["server"]), ("Path", source["path"]), ("ReadOnly", yes(source.get("readOnly")))]


def _csi(source: Object) -> Iterator[tuple[str, Any]]:
    yield "Driver", source["driver"]
    yield "FSType", source.get("fsType") or ""
    if "volumeHandle" in source:
        yield "VolumeHandle", source["volumeHandle"]
    yield "ReadOnly", yes(source.get("readOnly"))


def _image(source: Object) -> Lines:
    return [("Reference", source.get("reference", "")), ("PullPolicy", source.get("pullPolicy", ""))]


def _local(source: Object) -> Lines:
    return [("Path", source["path"])]


SOURCES: dict[str, tuple[str, Callable[[Object], Lines]]] = {
    "hostPath": ("HostPath (bare host directory volume)", _host_path),
    "emptyDir": ("EmptyDir (a temporary directory that shares a pod's lifetime)", _empty_dir),
    "secret": ("Secret (a volume populated by a Secret)", _secret),
    "configMap": ("ConfigMap (a volume populated by a ConfigMap)", _config_map),
    "nfs": ("NFS (an NFS mount that lasts the lifetime of a pod)", _nfs),
    "persistentVolumeClaim": (
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        _claim,
    ),
    "ephemeral": (
        "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
        _ephemeral,
    ),
    "downwardAPI": ("DownwardAPI (a volume populated by information about the pod)", lambda source: ()),
    "projected": ("Projected (a volume that contains injected data from multiple sources)", _projected),
    "csi": ("CSI (a Container Storage Interface (CSI) volume source)", _csi),
    "image": ("Image (a container image or OCI artifact)", _image),
    "local": ("LocalVolume (a persistent volume backed by local storage on a node)", _local),
}

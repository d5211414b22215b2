"""`kubectl describe` of claims, volumes and storage classes.

Source: kubectl pkg/describe/describe.go and pkg/util/storage/storage.go, v1.32.5.
"""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.kinds import key_of
from labkit.kubectl.describe.metadata import (
    NONE,
    UNSET,
    Object,
    date,
    go_list,
    labels_and_annotations,
    name_and_namespace,
    phase,
    plain,
)
from labkit.kubectl.describe.registry import describer
from labkit.kubectl.describe.volumes import volume_source
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import access_modes, amount

BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


def storage_class_of(obj: Object) -> str:
    """The storage class of a claim or volume, which an old annotation may name too."""
    annotated = (obj["metadata"].get("annotations") or {}).get(BETA_CLASS)
    return str(annotated or (obj.get("spec") or {}).get("storageClassName") or "")


@describer("PersistentVolumeClaim")
def claim(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A claim, the volume it has, and who uses it."""
    spec = obj.get("spec") or {}
    name_and_namespace(w, obj)
    w.field("StorageClass", storage_class_of(obj))
    phase(w, obj, cluster.clock.stamp())
    w.field("Volume", spec.get("volumeName", ""))
    labels_and_annotations(w, obj)
    w.field("Finalizers", go_list(obj["metadata"].get("finalizers")))
    _granted(w, obj)
    if spec.get("volumeMode"):
        w.field("VolumeMode", spec["volumeMode"])
    _data_source(w, spec.get("dataSource"))
    users = sorted(key.name for key in cluster.into(key_of(obj), "mounts") if key.kind == "Pod")
    w.listed("Used By", users)
    _conditions(w, (obj.get("status") or {}).get("conditions") or [])


def _granted(w: Writer, obj: Object) -> None:
    """Capacity and access modes: what the volume has, so nothing before there is one."""
    bound = bool((obj.get("spec") or {}).get("volumeName"))
    status = obj.get("status") or {}
    room = (status.get("capacity") or {}).get("storage", "0")
    w.field("Capacity", amount(room) if bound else "")
    w.field("Access Modes", access_modes(status.get("accessModes")) if bound else "")


def _data_source(w: Writer, source: Object | None) -> None:
    if not source:
        return
    w.heading("DataSource")
    if source.get("apiGroup"):
        w.field("APIGroup", source["apiGroup"], level=1)
    for title in ("Kind", "Name"):
        w.field(title, source.get(title.lower(), ""), level=1)


def _conditions(w: Writer, found: list[Object]) -> None:
    if found:
        w.heading("Conditions")
        w.line("Type", "Status", "LastProbeTime", "LastTransitionTime", "Reason", "Message", level=1)
        w.line("----", "------", "-----------------", "------------------", "------", "-------", level=1)
    for each in found:
        dates = [f"{date(each.get(field))} " for field in ("lastProbeTime", "lastTransitionTime")]
        reason = f"{each.get('reason', '')} "
        w.line(f"{each['type']} ", f"{each['status']} ", *dates, reason, each.get("message", ""), level=1)


@describer("PersistentVolume")
def volume(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A volume, who has claimed it, and where it can be reached."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    w.field("Name", obj["metadata"]["name"])
    labels_and_annotations(w, obj)
    w.field("Finalizers", go_list(obj["metadata"].get("finalizers")))
    w.field("StorageClass", storage_class_of(obj))
    phase(w, obj, cluster.clock.stamp())
    ref = spec.get("claimRef")
    w.field("Claim", f"{ref.get('namespace', '')}/{ref.get('name', '')}" if ref else "")
    w.field("Reclaim Policy", spec.get("persistentVolumeReclaimPolicy", ""))
    w.field("Access Modes", access_modes(spec.get("accessModes")))
    if spec.get("volumeMode"):
        w.field("VolumeMode", spec["volumeMode"])
    w.field("Capacity", amount((spec.get("capacity") or {}).get("storage", "0")))
    _node_affinity(w, (spec.get("nodeAffinity") or {}).get("required"))
    w.field("Message", status.get("message", ""))
    w.heading("Source")
    volume_source(w, spec)


def _node_affinity(w: Writer, required: Object | None) -> None:
    w.field("Node Affinity", NONE if required is None else "")
    if required is None:
        return
    terms = required.get("nodeSelectorTerms") or ()
    w.field("Required Terms", "" if terms else NONE, level=1)
    for at, term in enumerate(terms):
        told = [_requirement(each) for each in term.get("matchExpressions") or ()] or [NONE]
        w.field(f"Term {at}", told[0], level=2)
        for text in told[1:]:
            w.line("", text, level=2)


def _requirement(each: Object) -> str:
    text = f"{each['key']} {each['operator'].lower()}"
    return f"{text} [{', '.join(each['values'])}]" if each.get("values") else text


@describer("StorageClass")
def storage_class(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A storage class."""
    notes = obj["metadata"].get("annotations") or {}
    w.field("Name", obj["metadata"]["name"])
    w.field("IsDefaultClass", "Yes" if notes.get(DEFAULT_CLASS) == "true" else "No")
    w.field("Annotations", plain(notes))
    w.field("Provisioner", obj.get("provisioner", ""))
    w.field("Parameters", plain(obj.get("parameters")))
    grows = obj.get("allowVolumeExpansion")
    w.field("AllowVolumeExpansion", UNSET if grows is None else str(bool(grows)))
    options = obj.get("mountOptions") or ()
    w.line("MountOptions:", *(() if options else (NONE,)))
    for option in options:
        w.line(option, level=1)
    for title, field in (("ReclaimPolicy", "reclaimPolicy"), ("VolumeBindingMode", "volumeBindingMode")):
        if obj.get(field):
            w.field(title, obj[field])
    _topologies(w, obj.get("allowedTopologies"))


def _topologies(w: Writer, terms: list[Object] | None) -> None:
    if terms is None:
        return
    w.field("AllowedTopologies", "" if terms else NONE)
    for at, term in enumerate(terms):
        told = [f"{each['key']} in [{', '.join(each['values'])}]" for each in term.get("matchLabelExpressions") or ()]
        for number, text in enumerate(told or [NONE]):
            w.line("" if number else f"Term {at}:", text, level=1)

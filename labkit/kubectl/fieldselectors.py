"""Field selectors: which fields the server filters each kind by, and how it refuses others.

Sources: pkg/apis/{core,apps,batch,certificates}/v1/conversion.go and the strategies under pkg/registry, v1.36;
apimachinery pkg/runtime/conversion.go for kinds without fields of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from labkit.errors import FieldError

COMMON = ("metadata.name", "metadata.namespace")

FIELDS: dict[str, tuple[str, ...]] = {
    "Pod": (
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
        "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
    ),
    "Node": ("spec.unschedulable",),
    "Namespace": ("status.phase", "name"),
    "Secret": ("type",),
    "Service": ("spec.clusterIP", "spec.type"),
    "ReplicationController": ("status.replicas",),
    "ReplicaSet": ("status.replicas",),
    "Job": ("status.successful",),
    "CertificateSigningRequest": ("spec.signerName",),
    "Event": (
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
        "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
        "reportingComponent", "source", "type",
    ),
}  # fmt: skip

GO_TYPE = {
    "ReplicaSet": "appsv1.ReplicaSet", "Deployment": "appsv1.Deployment", "DaemonSet": "appsv1.DaemonSet",
    "StatefulSet": "appsv1.StatefulSet", "Job": "batchv1.Job",
}  # fmt: skip


class Term(NamedTuple):
    """One requirement: the field at `path` equals `value`, or doesn't."""

    path: str
    equal: bool
    value: str


def parse(kind: str, text: str) -> Callable[[dict[str, Any]], bool]:
    """A predicate on objects of `kind`; raises FieldError with the server's text."""
    terms = [_term(part, text) for part in text.split(",") if part]
    for term in terms:
        _check(kind, term.path)
    return lambda obj: all((value_of(kind, obj, term.path) == term.value) == term.equal for term in terms)


def _term(part: str, text: str) -> Term:
    for operator in ("!=", "==", "="):
        path, found, value = part.partition(operator)
        if found:
            return Term(path, operator != "!=", value)
    raise FieldError(f"invalid selector: '{text}'; can't understand '{part}'")


def _check(kind: str, path: str) -> None:
    if path in COMMON or path in FIELDS.get(kind, ()):
        return
    if kind in GO_TYPE:
        raise FieldError(f'field label "{path}" not supported for {GO_TYPE[kind]}')
    if kind in FIELDS:
        raise FieldError(f"field label not supported: {path}")
    raise FieldError(f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"')


def value_of(kind: str, obj: dict[str, Any], path: str) -> str:
    """The value the server compares: "" where the field isn't set, booleans as true and false."""
    special = _SPECIAL.get((kind, path))
    if special:
        return special(obj)
    value: Any = obj
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _flag(section: str, field: str) -> Callable[[dict[str, Any]], str]:
    return lambda obj: str(bool(obj.get(section, {}).get(field))).lower()


def _count(field: str) -> Callable[[dict[str, Any]], str]:
    return lambda obj: str(obj.get("status", {}).get(field) or 0)


def _source(obj: dict[str, Any]) -> str:
    return (obj.get("source") or {}).get("component") or obj.get("reportingComponent", "")


_SPECIAL: dict[tuple[str, str], Callable[[dict[str, Any]], str]] = {
    ("Pod", "spec.hostNetwork"): _flag("spec", "hostNetwork"),
    ("Pod", "status.podIPs"): lambda obj: obj.get("status", {}).get("podIP", ""),
    ("Node", "spec.unschedulable"): _flag("spec", "unschedulable"),
    ("ReplicaSet", "status.replicas"): _count("replicas"),
    ("ReplicationController", "status.replicas"): _count("replicas"),
    ("Job", "status.successful"): _count("succeeded"),
    ("Namespace", "name"): lambda obj: obj["metadata"]["name"],
    ("Event", "source"): _source,
}

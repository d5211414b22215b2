"""Field selectors on objects: the values the server compares, and how it refuses fields it doesn't know.

Sources: pkg/registry/{core,apps,batch} strategies, pkg/apis/{apps,batch}/v1/conversion.go and apimachinery
pkg/runtime/conversion.go (kinds without fields of their own), v1.36.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.errors import FieldError
from labkit.fields import fieldsyntax

Object = dict[str, Any]

OWN = {
    "Deployment": "appsv1.Deployment",
    "DaemonSet": "appsv1.DaemonSet",
    "ReplicaSet": "appsv1.ReplicaSet",
    "StatefulSet": "appsv1.StatefulSet",
    "Job": "batchv1.Job",
}
"""Kinds whose refusal names the Go type."""


def parse(kind: str, text: str) -> Callable[[Object], bool]:
    """A predicate on objects of `kind`; raises FieldError with the server's text."""
    selector = fieldsyntax.parse(text)
    terms = [term._replace(field=_supported(kind, term.field)) for term in selector.terms]
    return lambda obj: all((value(kind, obj, term.field) == term.value) != term.negated for term in terms)


def _supported(kind: str, field: str) -> str:
    if (kind, field) == ("ReplicaSet", "status.replicas"):
        return field
    try:
        return fieldsyntax.supported(kind, field)
    except FieldError:
        raise FieldError(_refusal(kind, field)) from None


def _refusal(kind: str, field: str) -> str:
    if kind in OWN:
        return f'field label "{field}" not supported for {OWN[kind]}'
    if kind in fieldsyntax.FIELDS:
        return f"field label not supported: {field}"
    return f'"{field}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def value(kind: str, obj: Object, path: str) -> str:
    """The value the server compares: "" where the field isn't set, booleans as true and false."""
    special = SPECIAL.get((kind, path))
    if special:
        return special(obj)
    found: Any = obj
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return "" if found is None else str(found)


def _flag(section: str, field: str) -> Callable[[Object], str]:
    return lambda obj: str(bool((obj.get(section) or {}).get(field))).lower()


def _count(field: str) -> Callable[[Object], str]:
    return lambda obj: str((obj.get("status") or {}).get(field) or 0)


def _source(obj: Object) -> str:
    return str((obj.get("source") or {}).get("component") or obj.get("reportingComponent") or "")


def _ips(obj: Object) -> str:
    status = obj.get("status") or {}
    return ",".join(each.get("ip", "") for each in status.get("podIPs") or ()) or status.get("podIP") or ""


SPECIAL: dict[tuple[str, str], Callable[[Object], str]] = {
    ("Pod", "spec.hostNetwork"): _flag("spec", "hostNetwork"),
    ("Pod", "status.podIPs"): _ips,
    ("Node", "spec.unschedulable"): _flag("spec", "unschedulable"),
    ("ReplicaSet", "status.replicas"): _count("replicas"),
    ("ReplicationController", "status.replicas"): _count("replicas"),
    ("Job", "status.successful"): _count("succeeded"),
    ("Event", "source"): _source,
}

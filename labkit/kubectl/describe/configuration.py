"""`kubectl describe` of ConfigMaps, Secrets, ServiceAccounts, PriorityClasses, PodDisruptionBudgets and bindings.

Source: kubectl pkg/describe/describe.go, v1.32.5.
"""

from __future__ import annotations

import base64

from labkit.cluster import Cluster
from labkit.fields import selectors
from labkit.kubectl.describe.metadata import (
    UNSET,
    Object,
    labels_and_annotations,
    name_and_namespace,
    plain,
    yes,
)
from labkit.kubectl.describe.registry import describer
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import count


@describer("ConfigMap")
def config_map(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A ConfigMap with all it holds."""
    name_and_namespace(w, obj)
    labels_and_annotations(w, obj)
    w.line("\nData\n====")
    for key, value in sorted((obj.get("data") or {}).items()):
        w.line(f"{key}:\n----\n{value}\n")
    w.line("\nBinaryData\n====")
    for key, value in sorted((obj.get("binaryData") or {}).items()):
        w.line(f"{key}: {_size(value)} bytes")
    w.line()


@describer("Secret", events=False)
def secret(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A Secret; of its values only the size is told."""
    name_and_namespace(w, obj)
    labels_and_annotations(w, obj)
    w.line()
    w.field("Type", obj.get("type", "Opaque"))
    w.line("\nData\n====")
    for key, value in sorted((obj.get("data") or {}).items()):
        shown = obj.get("type") == "kubernetes.io/service-account-token" and key == "token"
        w.field(key, base64.b64decode(value).decode() if shown else f"{_size(value)} bytes")


def _size(encoded: str) -> int:
    return len(base64.b64decode(encoded))


@describer("ServiceAccount")
def service_account(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A ServiceAccount. v1.32 also lists mountable secrets and tokens, which nobody makes any more."""
    name_and_namespace(w, obj)
    labels_and_annotations(w, obj)
    for title, field in (("Image pull secrets", "imagePullSecrets"), ("Mountable secrets", "secrets")):
        w.listed(title.ljust(18), (each["name"] for each in obj.get(field) or ()))
    w.listed("Tokens".ljust(18), ())


@describer("PriorityClass")
def priority_class(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A PriorityClass."""
    w.field("Name", obj["metadata"]["name"])
    w.field("Value", obj.get("value") or 0)
    w.field("GlobalDefault", yes(obj.get("globalDefault")))
    w.field("PreemptionPolicy", obj.get("preemptionPolicy") or "PreemptLowerPriority")
    w.field("Description", obj.get("description", ""))
    w.field("Annotations", plain(obj["metadata"].get("annotations")))


@describer("PodDisruptionBudget")
def pod_disruption_budget(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A PodDisruptionBudget and what it allows now."""
    spec = obj.get("spec") or {}
    name_and_namespace(w, obj)
    if spec.get("minAvailable") is not None:
        w.field("Min available", spec["minAvailable"])
    elif spec.get("maxUnavailable") is not None:
        w.field("Max unavailable", spec["maxUnavailable"])
    chosen = spec.get("selector")
    w.field("Selector", UNSET if chosen is None else selectors.format(chosen))
    w.heading("Status")
    for title, field in BUDGET:
        w.field(title, count(obj, "status", field), level=2)


BUDGET = (
    ("Allowed disruptions", "disruptionsAllowed"),
    ("Current", "currentHealthy"),
    ("Desired", "desiredHealthy"),
    ("Total", "expectedPods"),
)


@describer("RoleBinding", events=False)
@describer("ClusterRoleBinding", events=False)
def binding(w: Writer, obj: Object, cluster: Cluster) -> None:
    """Who has which role."""
    w.field("Name", obj["metadata"]["name"])
    labels_and_annotations(w, obj)
    w.heading("Role")
    for title in ("Kind", "Name"):
        w.field(title, (obj.get("roleRef") or {}).get(title.lower(), ""), level=1)
    w.heading("Subjects")
    w.table(("Kind", "Name", "Namespace"))
    for subject in obj.get("subjects") or ():
        w.line(subject.get("kind", ""), subject.get("name", ""), subject.get("namespace", ""), level=1)


@describer("Role", events=False)
@describer("ClusterRole", events=False)
def role(w: Writer, obj: Object, cluster: Cluster) -> None:
    """What a role allows, one resource a line."""
    w.field("Name", obj["metadata"]["name"])
    labels_and_annotations(w, obj)
    w.heading("PolicyRule")
    w.table(("Resources", "Non-Resource URLs", "Resource Names", "Verbs"))
    for rule in obj.get("rules") or ():
        names, verbs = _bracketed(rule.get("resourceNames")), _bracketed(rule.get("verbs"))
        for resource in sorted(_grouped(rule)):
            w.line(resource, "[]", names, verbs, level=1)
        for url in sorted(rule.get("nonResourceURLs") or ()):
            w.line("", f"[{url}]", "[]", verbs, level=1)


def _bracketed(words: list[str] | None) -> str:
    return f"[{' '.join(words or ())}]"


def _grouped(rule: Object) -> list[str]:
    pairs = [(name, group) for name in rule.get("resources") or () for group in rule.get("apiGroups") or ("",)]
    return [_with_group(name, group) for name, group in pairs]


def _with_group(name: str, group: str) -> str:
    resource, slash, sub = name.partition("/")
    return f"{resource}.{group}{slash}{sub}" if group else name

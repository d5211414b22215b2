"""ConfigMaps, Secrets, Nodes, and roles with their bindings.

Source: pkg/apis/core/validation/validation.go, pkg/apis/rbac/validation/validation.go, v1.36.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names
from labkit.manifests.causes import IMMUTABLE, each, forbidden, invalid, required, too_long, unsupported
from labkit.manifests.gotypes import as_go
from labkit.manifests.validate_meta import unique
from labkit.manifests.validate_resources import amount
from labkit.manifests.validate_scheduling import taints

Object = dict[str, Any]
LARGEST = 1024 * 1024
"""Bytes of all values of a ConfigMap or Secret."""
_KEYS = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}
_FROZEN = "field is immutable when `immutable` is set"
_RBAC = "rbac.authorization.k8s.io"


def config_map(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A ConfigMap."""
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    for part, values in (("data", data), ("binaryData", binary)):
        for key in values:
            yield from each(f"{part}[{key}]", key, names.config_map_key(key))
    for key in data.keys() & binary.keys():
        yield invalid(f"data[{key}]", key, "duplicate of key present in binaryData")
    if sum(len(value.encode()) for value in data.values()) + _decoded(binary) > LARGEST:
        yield too_long("[]", LARGEST)
    if old is not None:
        yield from _frozen(obj, old, ("data", "binaryData"))


def secret(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A Secret; some types must have certain keys."""
    data, kind = obj.get("data") or {}, obj.get("type", "Opaque")
    for key in data:
        yield from each(f"data[{key}]", key, names.config_map_key(key))
    if _decoded(data) > LARGEST:
        yield too_long("data", LARGEST)
    for key in _KEYS.get(kind, ()):
        if key not in data:
            yield required(f"data[{key}]")
    if old is None:
        return
    if kind != old.get("type", "Opaque"):
        yield invalid("type", kind, IMMUTABLE)
    yield from _frozen(obj, old, ("data",))


def _frozen(obj: Object, old: Object, parts: tuple[str, ...]) -> Iterator[Cause]:
    """What was marked immutable stays so."""
    if not old.get("immutable"):
        return
    if not obj.get("immutable"):
        yield forbidden("immutable", _FROZEN)
    for part in parts:
        if (obj.get(part) or {}) != (old.get(part) or {}):
            yield forbidden(part, _FROZEN)


def _decoded(values: Object) -> int:
    return sum(len(base64.b64decode(value)) for value in values.values())


def node(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A Node; the server reports bad taints under metadata."""
    yield from taints((obj.get("spec") or {}).get("taints") or (), "metadata.taints")
    status = obj.get("status") or {}
    for part in ("capacity", "allocatable"):
        for name, value in (status.get(part) or {}).items():
            yield from amount(name, value, f"status.{part}[{name}]")


def service_account(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A ServiceAccount: nothing beside its metadata is checked but doubled secrets."""
    return unique(obj.get("secrets") or (), "secrets")


def role(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A Role or ClusterRole."""
    for index, rule in enumerate(obj.get("rules") or ()):
        yield from _rule(rule, f"rules[{index}]", obj["kind"] == "Role")


def _rule(rule: Object, path: str, namespaced: bool) -> Iterator[Cause]:
    if not rule.get("verbs"):
        yield required(f"{path}.verbs", "verbs must contain at least one value")
    if rule.get("nonResourceURLs"):
        if namespaced:
            text = "namespaced rules cannot apply to non-resource URLs"
            yield invalid(f"{path}.nonResourceURLs", rule["nonResourceURLs"], text)
        return
    if not rule.get("apiGroups"):
        yield required(f"{path}.apiGroups", "resource rules must supply at least one api group")
    if not rule.get("resources"):
        yield required(f"{path}.resources", "resource rules must supply at least one resource")


def role_binding(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A RoleBinding or ClusterRoleBinding; what it refers to is fixed."""
    reference = obj.get("roleRef") or {}
    if reference.get("apiGroup") != _RBAC:
        yield unsupported("roleRef.apiGroup", reference.get("apiGroup", ""), (_RBAC,))
    kinds = ("Role", "ClusterRole") if obj["kind"] == "RoleBinding" else ("ClusterRole",)
    if reference.get("kind") not in kinds:
        yield unsupported("roleRef.kind", reference.get("kind", ""), kinds)
    if not reference.get("name"):
        yield required("roleRef.name")
    for index, subject in enumerate(obj.get("subjects") or ()):
        yield from _subject(subject, f"subjects[{index}]", obj["kind"] == "ClusterRoleBinding")
    if old is not None and reference != old.get("roleRef"):
        yield invalid("roleRef", as_go("RoleRef", reference), "cannot change roleRef")


def _subject(subject: Object, path: str, whole_cluster: bool) -> Iterator[Cause]:
    kind = subject.get("kind", "")
    if not subject.get("name"):
        yield required(f"{path}.name")
    if kind not in ("ServiceAccount", "User", "Group"):
        yield unsupported(f"{path}.kind", kind, ("ServiceAccount", "User", "Group"))
    elif kind == "ServiceAccount" and whole_cluster and not subject.get("namespace"):
        yield required(f"{path}.namespace")

"""Go's types behind the schemas, as far as decoding needs them.

The schemas say "string" where Go has a named type; an error message names the latter. They also don't say which
zero values a stored object leaves out. Both are tables here.
Source: k8s.io/api {core,apps,batch,networking,policy,…}/*/types.go, v1.36.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from labkit.manifests import extensions, schema

_PACKAGES = {"resource": "resource", "intstr": "intstr"}
_CUSTOM = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "intorstring",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "time",
}
_NAMED = {
    "AddressType", "CompletionMode", "ConcurrencyPolicy", "ConditionStatus", "DNSPolicy", "MountPropagationMode",
    "NamespacePhase", "NodeInclusionPolicy", "PathType", "PodManagementPolicyType", "PodPhase", "PodReplacementPolicy",
    "PolicyType", "PreemptionPolicy", "Protocol", "PullPolicy", "RestartPolicy", "SecretType", "ServiceAffinity",
    "ServiceType", "TaintEffect", "TerminationMessagePolicy", "TolerationOperator", "URIScheme",
    "UnsatisfiableConstraintAction", "VolumeBindingMode",
}  # fmt: skip
_FIELD_TYPES = {
    "restartPolicy": "RestartPolicy", "dnsPolicy": "DNSPolicy", "imagePullPolicy": "PullPolicy",
    "protocol": "Protocol", "terminationMessagePolicy": "TerminationMessagePolicy", "preemptionPolicy":
    "PreemptionPolicy", "whenUnsatisfiable": "UnsatisfiableConstraintAction", "nodeAffinityPolicy":
    "NodeInclusionPolicy", "nodeTaintsPolicy": "NodeInclusionPolicy", "effect": "TaintEffect",
    "sessionAffinity": "ServiceAffinity", "pathType": "PathType", "podManagementPolicy": "PodManagementPolicyType",
    "concurrencyPolicy": "ConcurrencyPolicy", "completionMode": "CompletionMode", "volumeBindingMode":
    "VolumeBindingMode", "scheme": "URIScheme", "mountPropagation": "MountPropagationMode", "phase": "",
}  # fmt: skip
_TYPED_BY_OWNER = {
    "Toleration.operator": "TolerationOperator", "ServiceSpec.type": "ServiceType", "Secret.type": "SecretType",
    "DeploymentStrategy.type": "DeploymentStrategyType", "DaemonSetUpdateStrategy.type": "DaemonSetUpdateStrategyType",
    "StatefulSetUpdateStrategy.type": "StatefulSetUpdateStrategyType", "LimitRangeItem.type": "LimitType",
    "NodeSelectorRequirement.operator": "NodeSelectorOperator", "LabelSelectorRequirement.operator":
    "LabelSelectorOperator", "MetricSpec.type": "MetricSourceType", "MetricTarget.type": "MetricTargetType",
    "PersistentVolumeClaimSpec.volumeMode": "PersistentVolumeMode",
    "PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy": "UnhealthyPodEvictionPolicyType",
}  # fmt: skip

# Numbers and booleans that Go keeps by value and leaves out when they are zero; all others are pointers.
_ZERO_LEFT_OUT = {
    "hostNetwork", "hostPID", "hostIPC", "stdin", "stdinOnce", "tty", "readOnly", "publishNotReadyAddresses", "paused",
    "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold", "hostPort",
    "nodePort", "minReadySeconds", "unschedulable", "globalDefault", "generation", "observedGeneration",
}  # fmt: skip
# Texts that are pointers: an empty one means something else than none.
_EMPTY_KEPT = {"storageClassName", "ingressClassName", "volumeAttributesClassName", "appProtocol", "apiGroup"}


class Shape(NamedTuple):
    """A type to decode into.

    `tag`: string, boolean, integer, number, bytes, time, quantity, intorstring, list, map, struct or any.
    `go`: its Go name. `inner`: the shape of items or values. `name`: a struct's definition.
    """

    tag: str
    go: str
    inner: Shape | None = None
    name: str = ""


ANY = Shape("any", "interface {}")


class Member(NamedTuple):
    """A struct's field: its shape, and whether its zero value is left out of a stored object."""

    shape: Shape
    zero_left_out: bool


@cache
def struct(name: str) -> dict[str, Member]:
    """The fields of a definition by JSON name."""
    body = schema.definitions()[name]
    owner, required = name.rpartition(".")[2], body.get("required", ())
    members = {}
    is_custom = name in extensions.schemas()
    for key, prop in body["properties"].items():
        shape = of(prop, f"{owner}.{key}")
        if is_custom:
            members[key] = Member(shape if _has_struct(shape) else ANY, False)
        else:
            members[key] = Member(shape, key not in required and _leaves_out_zero(key, shape))
    return members


def _has_struct(shape: Shape) -> bool:
    # A custom object is no Go struct: all but its fields' names is held against the schema, after decoding.
    return bool(shape.name) or (shape.inner is not None and _has_struct(shape.inner))


def of(prop: dict[str, Any], path: str = "") -> Shape:
    """The shape of a property; `path` is `Owner.field`, for Go's named types."""
    if "$ref" in prop:
        return _reference(schema.referred(prop) or "")
    kind = schema.primitive(prop)
    if kind == "array":
        inner = of(prop["items"])
        return Shape("list", f"[]{inner.go}", inner)
    if kind == "object" and isinstance(prop.get("additionalProperties"), dict):
        inner = of(prop["additionalProperties"])
        return Shape("map", f"map[string]{inner.go}", inner)
    return _scalar(kind, prop.get("format", ""), path)


@cache
def root(kind: str, api_version: str) -> Shape | None:
    """The shape of a kind's objects; None for a kind that the schemas don't know."""
    name = schema.name_of(kind, api_version)
    return _reference(name) if name else None


def _reference(name: str) -> Shape:
    if name in _CUSTOM:
        return Shape(_CUSTOM[name], _go_name(name))
    if "properties" not in schema.definitions()[name]:
        return Shape("any", _go_name(name))
    return Shape("struct", _go_name(name), name=name)


def _go_name(name: str) -> str:
    *_, package, last = name.split(".")
    return f"{package}.{last}"


def _scalar(kind: str, form: str, path: str) -> Shape:
    if kind == "string":
        return Shape("bytes", "[]uint8") if form == "byte" else Shape("string", _string_type(path))
    names = {"integer": form or "int64", "number": "float64", "boolean": "bool"}
    return Shape(kind, names[kind]) if kind in names else ANY


def _string_type(path: str) -> str:
    named = _TYPED_BY_OWNER.get(path) or _FIELD_TYPES.get(path.rpartition(".")[2], "")
    return f"v1.{named}" if named in _NAMED or path in _TYPED_BY_OWNER else "string"


def _leaves_out_zero(key: str, shape: Shape) -> bool:
    if shape.tag in ("list", "map", "bytes"):
        return True
    return key not in _EMPTY_KEPT if shape.tag == "string" else key in _ZERO_LEFT_OUT

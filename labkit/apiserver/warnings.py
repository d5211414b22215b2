"""Warning headers: what is accepted but probably not meant.

Source: pkg/api/pod/warnings.go, pkg/registry/*/strategy.go (WarningsOnCreate), v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.fields import names, quantity

Object = dict[str, Any]
DEPRECATED = {
    "ComponentStatus": "v1 ComponentStatus is deprecated in v1.19+",
    "Endpoints": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
}
_NAMES_PODS = ("Deployment", "ReplicaSet", "Job", "CronJob", "DaemonSet")
_LABELS = {
    "beta.kubernetes.io/arch": ("v1.14", "kubernetes.io/arch"),
    "beta.kubernetes.io/os": ("v1.14", "kubernetes.io/os"),
    "failure-domain.beta.kubernetes.io/region": ("v1.17", "topology.kubernetes.io/region"),
    "failure-domain.beta.kubernetes.io/zone": ("v1.17", "topology.kubernetes.io/zone"),
    "beta.kubernetes.io/instance-type": ("v1.17", "node.kubernetes.io/instance-type"),
}


def warnings_of(obj: Object) -> Iterator[str]:
    """The warnings a decoded, defaulted object gets."""
    kind, spec = obj["kind"], obj.get("spec") or {}
    if kind in DEPRECATED:
        yield DEPRECATED[kind]
    if kind == "Pod":
        yield from _name(obj, "this is used in the Pod's hostname")
        yield from _pod(spec, "spec")
    elif kind in _NAMES_PODS:
        yield from _name(obj, "this is used in Pod names and hostnames")
    path = "spec.jobTemplate.spec.template.spec" if kind == "CronJob" else "spec.template.spec"
    inner: Any = obj
    for key in path.split("."):
        inner = inner.get(key) if isinstance(inner, dict) else None
    if isinstance(inner, dict):
        yield from _pod(inner, path)


def _name(obj: Object, use: str) -> Iterator[str]:
    errors = names.dns1123_label(obj["metadata"].get("name", ""))
    if errors:
        advice = "which can result in surprising behavior; a DNS label is recommended"
        yield f"metadata.name: {use}, {advice}: [{' '.join(errors)}]"


def _pod(spec: Object, path: str) -> Iterator[str]:
    for label in spec.get("nodeSelector") or ():
        if label in _LABELS:
            since, instead = _LABELS[label]
            yield f'{path}.nodeSelector[{label}]: deprecated since {since}; use "{instead}" instead'
    for kind in ("initContainers", "containers"):
        for index, one in enumerate(spec.get(kind) or ()):
            yield from _container(one, f"{path}.{kind}[{index}]")


def _container(one: Object, path: str) -> Iterator[str]:
    for side in ("limits", "requests"):
        yield from _fractions((one.get("resources") or {}).get(side) or {}, f"{path}.resources.{side}")
    yield from _ports(one.get("ports") or (), f"{path}.ports")
    seen: set[str] = set()
    for index, variable in enumerate(one.get("env") or ()):
        name = variable.get("name", "")
        if name in seen:
            hidden = f'hides previous definition of "{name}", which may be dropped when using apply'
            yield f"{path}.env[{index}]: {hidden}"
        seen.add(name)


def _fractions(amounts: Object, path: str) -> Iterator[str]:
    for name in ("memory", "ephemeral-storage"):
        if name in amounts and quantity.milli(amounts[name]) % 1000:
            yield f'{path}[{name}]: fractional byte value "{amounts[name]}" is invalid, must be an integer'


def _ports(ports: Any, path: str) -> Iterator[str]:
    seen: dict[tuple[Any, ...], int] = {}
    for index, one in enumerate(ports):
        place = (one.get("containerPort"), one.get("protocol"), one.get("hostPort"), one.get("hostIP"))
        if place in seen:
            yield f"{path}[{index}]: duplicate port definition with {path}[{seen[place]}]"
        seen.setdefault(place, index)

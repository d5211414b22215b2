"""Services.

Source: pkg/apis/core/validation/validation.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names
from labkit.manifests.addresses import NOT_AN_ADDRESS, is_ip
from labkit.manifests.causes import (
    duplicate,
    each,
    forbidden,
    invalid,
    one_of,
    port,
    required,
)
from labkit.manifests.gotypes import as_go
from labkit.manifests.validate_container import PROTOCOLS
from labkit.manifests.validate_meta import label_map

Object = dict[str, Any]
_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")


def service(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A Service."""
    spec = obj.get("spec") or {}
    kind, headless = spec.get("type", "ClusterIP"), spec.get("clusterIP") == "None"
    if not spec.get("ports") and not headless and kind != "ExternalName":
        yield required("spec.ports")
    if headless and kind in ("NodePort", "LoadBalancer"):
        yield invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services")
    if kind == "ExternalName":
        yield from _external_name(spec)
    yield from _service_ports(spec.get("ports") or ())
    yield from label_map(spec.get("selector"), "spec.selector")
    yield from one_of(spec, "spec", "sessionAffinity", ("ClientIP", "None"))
    yield from _affinity_config(spec)
    yield from _addresses(spec)
    yield from one_of(spec, "spec", "type", _TYPES)
    yield from _node_ports(spec, kind)
    yield from _repeated_ports(spec.get("ports") or ())
    if kind in ("ClusterIP", "ExternalName") and "externalTrafficPolicy" in spec and not spec.get("externalIPs"):
        text = "may only be set for externally-accessible services"
        yield invalid("spec.externalTrafficPolicy", spec["externalTrafficPolicy"], text)
    for key in ("externalTrafficPolicy", "internalTrafficPolicy"):
        yield from one_of(spec, "spec", key, ("Cluster", "Local"))
    if old is not None:
        yield from _service_update(spec, old.get("spec") or {})


def _external_name(spec: Object) -> Iterator[Cause]:
    if spec.get("clusterIP"):
        yield forbidden("spec.clusterIPs", "may not be set for ExternalName services")
    name = spec.get("externalName", "").removesuffix(".")
    if not name:
        yield required("spec.externalName")
    else:
        yield from each("spec.externalName", name, names.dns1123_subdomain(name))


def _service_ports(ports: Any) -> Iterator[Cause]:
    seen: set[str] = set()
    for index, one in enumerate(ports):
        path, name = f"spec.ports[{index}]", one.get("name", "")
        if not name and len(ports) > 1:
            yield required(f"{path}.name")
        elif name:
            yield from each(f"{path}.name", name, names.dns1123_label(name))
            if name in seen:
                yield duplicate(f"{path}.name", name)
        seen.add(name)
        yield from port(f"{path}.port", one.get("port", 0))
        yield from one_of(one, path, "protocol", PROTOCOLS)
        if "targetPort" in one:
            yield from port(f"{path}.targetPort", one["targetPort"])


def _affinity_config(spec: Object) -> Iterator[Cause]:
    config, path = spec.get("sessionAffinityConfig"), "spec.sessionAffinityConfig"
    if config is None:
        return
    if spec.get("sessionAffinity") != "ClientIP":
        text = "must not be set when session affinity is None"
        yield forbidden(path, text)
        return
    seconds = (config.get("clientIP") or {}).get("timeoutSeconds", 0)
    if not 0 < seconds <= 86400:
        yield invalid(f"{path}.clientIP.timeoutSeconds", seconds, "must be greater than 0 and less than 86400")


def _addresses(spec: Object) -> Iterator[Cause]:
    address = spec.get("clusterIP")
    if address and address != "None" and not is_ip(address):
        yield invalid("spec.clusterIPs[0]", address, NOT_AN_ADDRESS)
    for index, one in enumerate(spec.get("externalIPs") or ()):
        if not is_ip(one):
            yield invalid(f"spec.externalIPs[{index}]", one, NOT_AN_ADDRESS)


def _node_ports(spec: Object, kind: str) -> Iterator[Cause]:
    seen: set[tuple[str, int]] = set()
    for index, one in enumerate(spec.get("ports") or ()):
        number, path = one.get("nodePort", 0), f"spec.ports[{index}].nodePort"
        if number and kind == "ClusterIP":
            yield forbidden(path, "may not be used when `type` is 'ClusterIP'")
        elif number and (one.get("protocol", "TCP"), number) in seen:
            yield duplicate(path, number)
        seen.add((one.get("protocol", "TCP"), number))


def _repeated_ports(ports: Any) -> Iterator[Cause]:
    seen: set[tuple[str, int]] = set()
    for index, one in enumerate(ports):
        pair = (one.get("protocol", "TCP"), one.get("port", 0))
        if pair in seen:
            shown = as_go("ServicePort", {"protocol": pair[0], "port": pair[1], "targetPort": 0})
            yield duplicate(f"spec.ports[{index}]", shown)
        seen.add(pair)


def _service_update(spec: Object, before: Object) -> Iterator[Cause]:
    """A Service keeps its address unless it becomes, or was, an ExternalName."""
    if "ExternalName" in (spec.get("type"), before.get("type")):
        return
    new, old = spec.get("clusterIP"), before.get("clusterIP")
    if old and new != old:
        yield invalid("spec.clusterIPs[0]", [new] if new else None, "may not change once set")

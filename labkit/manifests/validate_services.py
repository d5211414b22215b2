"""Services, Ingresses, NetworkPolicies.

Source: pkg/apis/core/validation/validation.go, pkg/apis/networking/validation/validation.go, v1.36.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names
from labkit.manifests.causes import (
    IMMUTABLE,
    duplicate,
    each,
    forbidden,
    invalid,
    named,
    one_of,
    port,
    required,
    unsupported,
)
from labkit.manifests.gotypes import as_go
from labkit.manifests.validate_container import PROTOCOLS
from labkit.manifests.validate_meta import label_map, label_selector

Object = dict[str, Any]
_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_BAD_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


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
    yield from _addresses(spec)
    yield from one_of(spec, "spec", "type", _TYPES)
    yield from _node_ports(spec, kind)
    yield from _repeated_ports(spec.get("ports") or ())
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


def _addresses(spec: Object) -> Iterator[Cause]:
    text = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
    address = spec.get("clusterIP")
    if address and address != "None" and not _is_ip(address):
        yield invalid("spec.clusterIPs[0]", address, text)
    for index, one in enumerate(spec.get("externalIPs") or ()):
        if not _is_ip(one):
            yield invalid(f"spec.externalIPs[{index}]", one, text)


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


def ingress(obj: Object, old: Object | None) -> Iterator[Cause]:
    """An Ingress."""
    spec = obj.get("spec") or {}
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        yield invalid("spec", None, "either `defaultBackend` or `rules` must be specified")
    if spec.get("defaultBackend") is not None:
        yield from _backend(spec["defaultBackend"], "spec.defaultBackend")
    for index, rule in enumerate(spec.get("rules") or ()):
        yield from _rule(rule, f"spec.rules[{index}]")
    if spec.get("ingressClassName"):
        yield from named(spec, "spec", "ingressClassName", names.dns1123_subdomain)


def _rule(rule: Object, path: str) -> Iterator[Cause]:
    host = rule.get("host", "")
    if host:
        check = names.wildcard_dns1123_subdomain if "*" in host else names.dns1123_subdomain
        if _is_ip(host):
            yield invalid(f"{path}.host", host, "must be a DNS name, not an IP address")
        yield from each(f"{path}.host", host, check(host))
    http = rule.get("http")
    if http is None:
        return
    if not http.get("paths"):
        yield required(f"{path}.http.paths")
    for index, one in enumerate(http.get("paths") or ()):
        yield from _path(one, f"{path}.http.paths[{index}]")


def _path(one: Object, path: str) -> Iterator[Cause]:
    kind, place = one.get("pathType"), one.get("path", "")
    if kind is None:
        yield required(f"{path}.pathType", "pathType must be specified")
    elif kind not in _PATH_TYPES:
        yield unsupported(f"{path}.pathType", kind, _PATH_TYPES)
    elif kind != "ImplementationSpecific" or place:
        if not place.startswith("/"):
            yield invalid(f"{path}.path", place, "must be an absolute path")
        for bad in ("//", "/./", "/../"):
            if kind != "ImplementationSpecific" and bad in place:
                yield invalid(f"{path}.path", place, f"must not contain '{bad}'")
    yield from _backend(one.get("backend") or {}, f"{path}.backend")


def _backend(backend: Object, path: str) -> Iterator[Cause]:
    target = backend.get("service")
    if target is None and backend.get("resource") is None:
        yield required(path, "port name or number is required") if backend else required(path)
        return
    if target is None:
        return
    yield from named(target, f"{path}.service", "name", names.dns1123_label)
    number = target.get("port") or {}
    if number.get("name") and number.get("number"):
        yield invalid(path, "", "cannot set both port name & port number")
    elif number.get("name") or number.get("number"):
        key = "name" if number.get("name") else "number"
        yield from port(f"{path}.service.port.{key}", number[key])
    else:
        yield required(path, "port name or number is required")


def network_policy(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A NetworkPolicy."""
    spec = obj.get("spec") or {}
    yield from label_selector(spec.get("podSelector"), "spec.podSelector")
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(direction) or ()):
            yield from _traffic(rule, f"spec.{direction}[{index}]", peers)
    for index, one in enumerate(spec.get("policyTypes") or ()):
        if one not in ("Ingress", "Egress"):
            yield unsupported(f"spec.policyTypes[{index}]", one, ("Egress", "Ingress"))


def _traffic(rule: Object, path: str, peers: str) -> Iterator[Cause]:
    for index, one in enumerate(rule.get("ports") or ()):
        at = f"{path}.ports[{index}]"
        yield from one_of(one, at, "protocol", PROTOCOLS)
        if "port" in one:
            yield from port(f"{at}.port", one["port"])
    for index, peer in enumerate(rule.get(peers) or ()):
        yield from _peer(peer, f"{path}.{peers}[{index}]")


def _peer(peer: Object, path: str) -> Iterator[Cause]:
    for key in ("podSelector", "namespaceSelector"):
        if peer.get(key) is not None:
            yield from label_selector(peer[key], f"{path}.{key}")
    block = peer.get("ipBlock")
    if block is not None:
        yield from _ip_block(block, f"{path}.ipBlock")
    if not peer:
        yield required(path, "must specify a peer")
    elif block is not None and len(peer) > 1:
        yield forbidden(path, "may not specify both ipBlock and another peer")


def _ip_block(block: Object, path: str) -> Iterator[Cause]:
    whole = _network(block.get("cidr", ""))
    if not block.get("cidr"):
        yield required(f"{path}.cidr")
    elif whole is None:
        yield invalid(f"{path}.cidr", block["cidr"], _BAD_CIDR)
    for index, text in enumerate(block.get("except") or ()):
        part = _network(text)
        if part is None:
            yield invalid(f"{path}.except[{index}]", text, _BAD_CIDR)
        elif whole is not None and (part.version != whole.version or not part.subnet_of(whole) or part == whole):  # type: ignore[arg-type]
            yield invalid(f"{path}.except[{index}]", text, "must be a strict subset of `cidr`")


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        return None


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def ingress_class(obj: Object, old: Object | None) -> Iterator[Cause]:
    """An IngressClass: its controller is fixed."""
    new = (obj.get("spec") or {}).get("controller")
    if old is not None and new != (old.get("spec") or {}).get("controller"):
        yield invalid("spec.controller", new, IMMUTABLE)

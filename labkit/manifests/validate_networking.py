"""EndpointSlices, Ingresses, IngressClasses, NetworkPolicies.

Source: pkg/apis/networking/validation/validation.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names
from labkit.manifests.addresses import NOT_A_NETWORK, is_ip, network
from labkit.manifests.causes import IMMUTABLE, each, forbidden, invalid, named, one_of, port, required, unsupported
from labkit.manifests.validate_meta import label_selector

Object = dict[str, Any]
_ADDRESS_TYPES = ("FQDN", "IPv4", "IPv6")
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_BAD_PARTS = ("//", "/./", "/../", "%2f", "%2F")
_BAD_ENDS = ("/..", "/.")
_SUBSET = "must be a strict subset of `cidr`"
_NO_PORT = "port name or number is required"
_CLASS = "kubernetes.io/ingress.class"


def endpoint_slice(obj: Object, old: Object | None) -> Iterator[Cause]:
    """An EndpointSlice: its type of address, and that each endpoint has one. Addresses themselves aren't looked at.

    Source: pkg/apis/discovery/validation/validation.go, v1.36.
    """
    if not obj.get("addressType"):
        yield required("addressType")
    elif obj["addressType"] not in _ADDRESS_TYPES:
        yield unsupported("addressType", obj["addressType"], _ADDRESS_TYPES)
    for index, endpoint in enumerate(obj.get("endpoints") or ()):
        if not endpoint.get("addresses"):
            yield required(f"endpoints[{index}].addresses", "must contain at least 1 address")


def ingress(obj: Object, old: Object | None) -> Iterator[Cause]:
    """An Ingress."""
    spec = obj.get("spec") or {}
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        yield invalid("spec", None, "either `defaultBackend` or `rules` must be specified")
    if spec.get("defaultBackend") is not None:
        yield from _backend(spec["defaultBackend"], "spec.defaultBackend")
    for index, rule in enumerate(spec.get("rules") or ()):
        yield from _rule(rule, f"spec.rules[{index}]")
    for index, tls in enumerate(spec.get("tls") or ()):
        yield from _tls(tls, f"spec.tls[{index}]")
    given = spec.get("ingressClassName")
    if given:
        yield from each("spec.ingressClassName", given, names.dns1123_subdomain(given))
    noted = (obj["metadata"].get("annotations") or {}).get(_CLASS)
    if old is None and given is not None and noted is not None and noted != given:
        yield invalid(f"annotations.{_CLASS}", noted, "must match `ingressClassName` when both are specified")


def _tls(tls: Object, path: str) -> Iterator[Cause]:
    for index, host in enumerate(tls.get("hosts") or ()):
        yield from each(f"{path}.hosts[{index}]", host, _host_errors(host))
    if tls.get("secretName"):
        yield from each(f"{path}.secretName", tls["secretName"], names.dns1123_subdomain(tls["secretName"]))


def _host_errors(host: str) -> list[str]:
    return names.wildcard_dns1123_subdomain(host) if "*" in host else names.dns1123_subdomain(host)


def _rule(rule: Object, path: str) -> Iterator[Cause]:
    host, http = rule.get("host", ""), rule.get("http")
    if host:
        if is_ip(host):
            yield invalid(f"{path}.host", host, "must be a DNS name, not an IP address")
        yield from each(f"{path}.host", host, _host_errors(host))
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
        return
    if kind not in _PATH_TYPES:
        yield unsupported(f"{path}.pathType", kind, _PATH_TYPES)
    elif not place.startswith("/") and (place or kind != "ImplementationSpecific"):
        yield invalid(f"{path}.path", place, "must be an absolute path")
    if kind in ("Exact", "Prefix"):
        for bad in (one for one in _BAD_PARTS if one in place):
            yield invalid(f"{path}.path", place, f"must not contain '{bad}'")
        for bad in (one for one in _BAD_ENDS if place.endswith(one)):
            yield invalid(f"{path}.path", place, f"cannot end with '{bad}'")
    yield from _backend(one.get("backend") or {}, f"{path}.backend")


def _backend(backend: Object, path: str) -> Iterator[Cause]:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None and resource is not None:
        yield invalid(path, "", "cannot set both resource and service backends")
    elif resource is not None:
        for key in ("kind", "name"):
            if not resource.get(key):
                yield required(f"{path}.resource.{key}")
    elif service is None:
        yield invalid(path, "", "resource or service backend is required")
    else:
        yield from named(service, f"{path}.service", "name", names.dns1123_label)
        yield from _backend_port(service.get("port") or {}, path)


def _backend_port(given: Object, path: str) -> Iterator[Cause]:
    if given.get("name") and given.get("number"):
        yield invalid(path, "", "cannot set both port name & port number")
    elif given.get("name") or given.get("number"):
        key = "name" if given.get("name") else "number"
        yield from port(f"{path}.service.port.{key}", given[key])
    else:
        yield required(path, _NO_PORT)


def ingress_class(obj: Object, old: Object | None) -> Iterator[Cause]:
    """An IngressClass: its controller is fixed."""
    new = (obj.get("spec") or {}).get("controller")
    if old is not None and new != (old.get("spec") or {}).get("controller"):
        yield invalid("spec.controller", new, IMMUTABLE)


def network_policy(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A NetworkPolicy."""
    spec = obj.get("spec") or {}
    yield from label_selector(spec.get("podSelector"), "spec.podSelector")
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(direction) or ()):
            yield from _traffic(rule, f"spec.{direction}[{index}]", peers)
    kinds = spec.get("policyTypes") or ()
    if len(kinds) > 2:
        yield invalid("spec.policyTypes", kinds, "may not specify more than two policyTypes")
        return
    for index, one in enumerate(kinds):
        if one not in ("Ingress", "Egress"):
            yield unsupported(f"spec.policyTypes[{index}]", one, ("Ingress", "Egress"))


def _traffic(rule: Object, path: str, peers: str) -> Iterator[Cause]:
    for index, one in enumerate(rule.get("ports") or ()):
        yield from _policy_port(one, f"{path}.ports[{index}]")
    for index, peer in enumerate(rule.get(peers) or ()):
        yield from _peer(peer, f"{path}.{peers}[{index}]")


def _policy_port(one: Object, path: str) -> Iterator[Cause]:
    yield from one_of(one, path, "protocol", ("TCP", "UDP", "SCTP"))
    start, end = one.get("port"), one.get("endPort")
    if start is not None:
        yield from port(f"{path}.port", start)
    if end is None:
        return
    if start is None:
        yield invalid(f"{path}.endPort", end, "may not be specified when `port` is not specified")
    elif isinstance(start, str):
        yield invalid(f"{path}.endPort", end, "may not be specified when `port` is non-numeric")
    elif end < start:
        yield invalid(f"{path}.endPort", end, "must be greater than or equal to `port`")
    else:
        yield from port(f"{path}.endPort", end)


def _peer(peer: Object, path: str) -> Iterator[Cause]:
    for key in ("podSelector", "namespaceSelector"):
        if peer.get(key) is not None:
            yield from label_selector(peer[key], f"{path}.{key}")
    if peer.get("ipBlock") is not None:
        yield from _ip_block(peer["ipBlock"], f"{path}.ipBlock")
    if not peer:
        yield required(path, "must specify a peer")
    elif peer.get("ipBlock") is not None and len(peer) > 1:
        yield forbidden(path, "may not specify both ipBlock and another peer")


def _ip_block(block: Object, path: str) -> Iterator[Cause]:
    text = block.get("cidr", "")
    whole = network(text)
    if not text:
        yield required(f"{path}.cidr")
        return
    if whole is None:
        yield invalid(f"{path}.cidr", text, NOT_A_NETWORK)
        return
    for index, excepted in enumerate(block.get("except") or ()):
        part = network(excepted)
        if part is None:
            yield invalid(f"{path}.except[{index}]", excepted, NOT_A_NETWORK)
        elif part.network_address not in whole or part.prefixlen <= whole.prefixlen:
            yield invalid(f"{path}.except[{index}]", excepted, _SUBSET)

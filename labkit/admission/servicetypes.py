"""Services that change their type: what only the former type had goes. All pure.

A client that changes the type alone need not name everything that no longer goes with it. What the same change touched
stays, and validation refuses it.
Source: pkg/registry/core/service/strategy.go dropTypeDependentFields, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.admission.world import Object

_ADDRESS = ("ipFamilies", "ipFamilyPolicy")
_BALANCER = ("allocateLoadBalancerNodePorts", "loadBalancerClass")


def without_dependents(service: Object, old: Object) -> Object:
    """The changed Service without the fields that its former type had and its new one doesn't know."""
    spec, before = service["spec"], old.get("spec") or {}
    gone = {name for name in _outdated(spec, before) if spec.get(name) == before.get(name)}
    new = {name: value for name, value in spec.items() if name not in gone} if gone & spec.keys() else spec
    if has_node_ports(before) and not has_node_ports(spec) and _node_ports(spec) <= _node_ports(before):
        new = _without_node_ports(new)
    if new is not spec:
        service = {**service, "spec": new}
    balanced = (service.get("status") or {}).get("loadBalancer")
    if balanced and spec.get("type") != "LoadBalancer":
        service = {**service, "status": {**service["status"], "loadBalancer": {}}}
    return service


def _outdated(spec: Object, before: Object) -> Iterator[str]:
    """The fields that go unless this change touched them."""
    if has_address(before) and not has_address(spec):
        yield from _ADDRESS
        if all(spec.get(name) == before.get(name) for name in ("clusterIP", "clusterIPs")):
            yield from ("clusterIP", "clusterIPs")
    if before.get("type") == "LoadBalancer" != spec.get("type"):
        yield from _BALANCER
    if _has_health_check(before) and not _has_health_check(spec):
        yield "healthCheckNodePort"
    if _is_external(before) and not _is_external(spec):
        yield "externalTrafficPolicy"


def has_address(spec: Object) -> bool:
    """Whether a Service of that type has a cluster IP, None included."""
    return spec.get("type") != "ExternalName"


def has_node_ports(spec: Object) -> bool:
    """Whether a Service of that type has ports on the nodes."""
    return spec.get("type") in ("NodePort", "LoadBalancer")


def _has_health_check(spec: Object) -> bool:
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _is_external(spec: Object) -> bool:
    return has_node_ports(spec) or (spec.get("type") == "ClusterIP" and bool(spec.get("externalIPs")))


def _node_ports(spec: Object) -> set[int]:
    return {one["nodePort"] for one in spec.get("ports") or () if one.get("nodePort")}


def _without_node_ports(spec: Object) -> Object:
    ports = spec.get("ports") or ()
    return {**spec, "ports": [{name: one[name] for name in one if name != "nodePort"} for one in ports]}

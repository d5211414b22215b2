"""Addresses and ports of Services.

A Service without an address gets one that is free; one that asks for an address or a node port gets that or is
refused. Drawn from the cluster's generator, so that two runs agree.
Source: pkg/registry/core/service/storage/alloc.go, pkg/registry/core/service/{ipallocator,portallocator}, v1.36.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from labkit.admission.servicetypes import without_dependents
from labkit.admission.world import Object, World
from labkit.errors import ApiError
from labkit.kinds import Key, key_of
from labkit.manifests.causes import invalid

RANGE = ipaddress.ip_network("10.0.0.0/16")
"""The addresses of Services."""
NODE_PORTS = range(30000, 32768)
_ALLOCATED = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")


def kept(obj: Object, old: Object) -> Object:
    """A changed Service that names no address or node port keeps those it has; anything else as it is."""
    if obj["kind"] != "Service":
        return obj
    spec = _kept(obj["spec"], old.get("spec") or {})
    return without_dependents(obj if spec is obj["spec"] else {**obj, "spec": spec}, old)


def allocated(cluster: World, obj: Object, old: Object | None) -> Object:
    """A Service with its address and node ports; anything else as it is."""
    if obj["kind"] != "Service":
        return obj
    spec = obj["spec"]
    if spec.get("type") != "ExternalName":
        spec = _with_address(cluster, obj, spec, None if old is None else key_of(obj))
    if spec.get("type") in ("NodePort", "LoadBalancer"):
        spec = _with_ports(cluster, obj, spec)
    return obj if spec is obj["spec"] else {**obj, "spec": spec}


def _kept(spec: Object, before: Object) -> Object:
    if before.get("type", "ExternalName") == "ExternalName" or spec.get("type") == "ExternalName":
        return spec
    missing = {key: before[key] for key in _ALLOCATED if key in before and key not in spec}
    spec = {**spec, **missing} if missing else spec
    if spec.get("type") not in ("NodePort", "LoadBalancer"):
        return spec
    old = {_pair(one): one["nodePort"] for one in before.get("ports") or () if "nodePort" in one}
    ports = [
        {**one, "nodePort": old[_pair(one)]} if "nodePort" not in one and _pair(one) in old else one
        for one in spec.get("ports") or ()
    ]
    return {**spec, "ports": ports} if ports != spec.get("ports") else spec


def _pair(port: Object) -> tuple[str | None, int | None]:
    return port.get("protocol"), port.get("port")


def _with_address(cluster: World, obj: Object, spec: Object, own: Key | None) -> Object:
    address = spec.get("clusterIP") or next(iter(spec.get("clusterIPs") or ()), "")
    if address and address != "None":
        _check_address(cluster, obj, address, own)
    elif not address:
        address = _free_address(cluster)
    single = {"clusterIP": address, "clusterIPs": [address], "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"}
    missing = {key: value for key, value in single.items() if key not in spec}
    return {**spec, **missing} if missing else spec


def _check_address(cluster: World, obj: Object, address: str, own: Key | None) -> None:
    why = ""
    if ipaddress.ip_address(address) not in RANGE:
        why = "the provided network does not match the current range"
    elif address in set(_addresses(cluster, own)):
        why = "provided IP is already allocated"
    if why:
        cause = invalid("spec.clusterIPs", [address], f"failed to allocate IP {address}: {why}")
        raise ApiError.invalid("Service", "", obj["metadata"].get("name", ""), [cause])


def _addresses(cluster: World, own: Key | None = None) -> Iterator[str]:
    for key in cluster.keys("Service"):
        if key != own:
            yield ((cluster.get(key) or {}).get("spec") or {}).get("clusterIP", "")


def _free_address(cluster: World) -> str:
    taken = set(_addresses(cluster))
    while True:  # the range is far larger than any lab
        address = str(RANGE[cluster.rng.randrange(257, RANGE.num_addresses - 1)])
        if address not in taken:
            return address


def _with_ports(cluster: World, obj: Object, spec: Object) -> Object:
    taken = set(_node_ports(cluster, obj))
    ports = []
    for index, one in enumerate(spec.get("ports") or ()):
        number = one.get("nodePort") or _free_port(cluster, spec, taken)
        if number:
            _check_port(obj, index, number, taken)
            taken.add(number)
        ports.append({**one, "nodePort": number} if number and number != one.get("nodePort") else one)
    return {**spec, "ports": ports} if any("nodePort" not in one for one in spec.get("ports") or ()) else spec


def _node_ports(cluster: World, other_than: Object) -> Iterator[int]:
    own = key_of(other_than)
    for key in cluster.keys("Service"):
        if key != own:
            ports = ((cluster.get(key) or {}).get("spec") or {}).get("ports") or ()
            yield from (one["nodePort"] for one in ports if "nodePort" in one)


def _free_port(cluster: World, spec: Object, taken: set[int]) -> int:
    if spec.get("allocateLoadBalancerNodePorts") is False:
        return 0
    free = [number for number in NODE_PORTS if number not in taken]
    return free[cluster.rng.randrange(len(free))]


def _check_port(obj: Object, index: int, number: int, taken: set[int]) -> None:
    why = ""
    if number not in NODE_PORTS:
        why = "provided port is not in the valid range. The range of valid ports is 30000-32767"
    elif number in taken:
        why = "provided port is already allocated"
    if why:
        cause = invalid(f"spec.ports[{index}].nodePort", number, why)
        raise ApiError.invalid("Service", "", obj["metadata"].get("name", ""), [cause])

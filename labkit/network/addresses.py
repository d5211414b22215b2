"""Addresses that are handed out: cluster IPs, node ports, pod IPs.

The lowest free one is taken, so a lab of one seed always hands out the same; real clusters draw at random.
As in the real allocators what is handed out comes from above the band kept for addresses that are asked for by name
(pkg/registry/core/service/ipallocator/ipallocator.go, portallocator/allocator.go, v1.36).
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from labkit.cluster import Cluster
from labkit.errors import ApiError, Cause

SERVICE_NETWORK = IPv4Network("10.0.0.0/16")
POD_NETWORK = IPv4Network("10.244.0.0/16")
NODE_PORTS = range(30000, 32768)

# Sizes of the bands kept for wishes: min(max(16, size/16), 256) addresses, min(max(16, size/32), 128) ports.
_KEPT_ADDRESSES = 257
_KEPT_PORTS = 86

Dict = dict[str, Any]


def free_cluster_ip(taken: Collection[str]) -> str:
    """The lowest address of the Service network that is not taken, above the band kept for wishes."""
    for offset in range(_KEPT_ADDRESSES, SERVICE_NETWORK.num_addresses - 1):
        address = str(SERVICE_NETWORK[offset])
        if address not in taken:
            return address
    raise ApiError(500, "InternalError", "failed to allocate a serviceIP: range is full")


def free_node_port(taken: Collection[int]) -> int:
    """The lowest node port that is not taken, above the band kept for wishes first."""
    for port in (*NODE_PORTS[_KEPT_PORTS:], *NODE_PORTS[:_KEPT_PORTS]):
        if port not in taken:
            return port
    raise ApiError(500, "InternalError", "failed to allocate a nodePort: range is full")


def free_pod_ip(pod_cidr: str, taken: Collection[str]) -> str:
    """The lowest address of a node's pod network that is not taken; .0 and .1 belong to the network itself.

    Returns "" when the network is full.
    """
    network = IPv4Network(pod_cidr)
    hosts = (str(network[offset]) for offset in range(2, network.num_addresses - 1))
    return next((host for host in hosts if host not in taken), "")


def node_network(index: int) -> str:
    """The pod network of the node with that index, from 0: 10.244.0.0/24 and so on."""
    return f"{POD_NETWORK[index * 256 % POD_NETWORK.num_addresses]}/24"


def taken_by(services: Collection[Dict]) -> tuple[set[str], set[int]]:
    """The cluster IPs and node ports of these Services."""
    specs = [service.get("spec", {}) for service in services]
    ips = {ip for spec in specs for ip in (spec.get("clusterIP"), *(spec.get("clusterIPs") or ())) if ip}
    ports = {port["nodePort"] for spec in specs for port in spec.get("ports") or () if port.get("nodePort")}
    healths = {spec["healthCheckNodePort"] for spec in specs if spec.get("healthCheckNodePort")}
    return ips, ports | healths


def assign(service: Dict, ips: Collection[str], ports: Collection[int]) -> Dict:
    """The Service with its cluster IP and node ports, given what is taken; ExternalName gets none.

    Raises ApiError (422) when it asks for an address or port that is taken or out of range.
    """
    spec = service["spec"]
    if spec.get("type") == "ExternalName":
        return service
    _check_wishes(service, ips, ports)
    ip = spec.get("clusterIP") or free_cluster_ip(ips)
    families = {"ipFamilies": spec.get("ipFamilies") or ["IPv4"], "ipFamilyPolicy": spec.get("ipFamilyPolicy") or "SingleStack"}
    network = {"clusterIP": ip, "clusterIPs": spec.get("clusterIPs") or [ip]} | families
    return service | {"spec": spec | network | _with_node_ports(spec, set(ports))}


def _with_node_ports(spec: Dict, taken: set[int]) -> Dict:
    if spec.get("type") not in ("NodePort", "LoadBalancer") or not spec.get("ports"):
        return {}
    if spec.get("type") == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is False:
        return {}
    taken = taken | {port["nodePort"] for port in spec["ports"] if port.get("nodePort")}
    assigned: list[Dict] = []
    by_number: dict[tuple[int, str], int] = {}
    for port in spec["ports"]:
        # TCP and UDP of one port number share a node port.
        other = next((node for (number, proto), node in by_number.items()
                      if number == port["port"] and proto != port.get("protocol", "TCP")), 0)
        node_port = port.get("nodePort") or other or free_node_port(taken)
        taken.add(node_port)
        by_number[port["port"], port.get("protocol", "TCP")] = node_port
        assigned.append(port | {"nodePort": node_port})
    return {"ports": assigned}


def _check_wishes(service: Dict, ips: Collection[str], ports: Collection[int]) -> None:
    spec, causes = service["spec"], []
    wish = spec.get("clusterIP")
    if wish and wish != "None" and (fault := _address_fault(wish, ips)):
        text = f'Invalid value: ["{wish}"]: failed to allocate IP {wish}: {fault}'
        causes.append(Cause("spec.clusterIPs", "FieldValueInvalid", text))
    for index, port in enumerate(spec.get("ports") or ()):
        node_port = port.get("nodePort")
        if node_port and node_port in ports:
            text = f"Invalid value: {node_port}: provided port is already allocated"
            causes.append(Cause(f"spec.ports[{index}].nodePort", "FieldValueInvalid", text))
        elif node_port and node_port not in NODE_PORTS:
            text = f"Invalid value: {node_port}: provided port is not in the valid range. The range of valid ports is 30000-32767"
            causes.append(Cause(f"spec.ports[{index}].nodePort", "FieldValueInvalid", text))
    if causes:
        raise ApiError.invalid("Service", "", service["metadata"]["name"], causes)


def _address_fault(wish: str, ips: Collection[str]) -> str:
    if IPv4Address(wish) not in SERVICE_NETWORK:
        return "the provided network does not match the current range"
    return "provided IP is already allocated" if wish in ips else ""


def allocate(cluster: Cluster, service: Dict) -> Dict:
    """The Service as the API server stores it: with cluster IP and node ports from what is free in the cluster.

    Called when a Service is created or changed; what it has already counts as its own.
    """
    meta = service["metadata"]
    identity = (meta.get("namespace") or "default", meta["name"])
    others = [
        one for one in cluster.list("Service")
        if (one["metadata"].get("namespace"), one["metadata"]["name"]) != identity
    ]
    return assign(service, *taken_by(others))

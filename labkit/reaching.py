"""Requests through a cluster: the name is looked up, a virtual address becomes an endpoint, the pod answers or not."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from labkit.cluster import Cluster
from labkit.errors import ApiError, LabError
from labkit.kinds import Key
from labkit.kinds.node import Node
from labkit.kinds.services import EndpointSlice, Service, ServicePort
from labkit.kubelet import Timing
from labkit.kubelet.answering import refusal
from labkit.network import dns, proxy
from labkit.network.responses import Response, Responses
from labkit.network.slices import SERVICE_NAME

OUTSIDE = "198.51.100.7"
"""The address of a client outside the cluster, from a range kept for examples."""


class World:
    """The cluster as DNS and kube-proxy look into it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def service(self, namespace: str, name: str) -> Service | None:
        """One Service."""
        found: Service | None = self.cluster.read(Key("Service", namespace, name))
        return found

    def slices(self, namespace: str, name: str) -> Sequence[EndpointSlice]:
        """The EndpointSlices of a Service."""
        keys = self.cluster.keys("EndpointSlice", namespace)
        found = [self.cluster.read(key) for key in keys]
        return [one for one in found if one.metadata.labels.get(SERVICE_NAME) == name]

    def has_namespace(self, name: str) -> bool:
        """Whether there is such a namespace."""
        return self.cluster.get(Key("Namespace", "", name)) is not None


class Client(NamedTuple):
    """Who asks: its address, its node ("" outside the cluster) and the namespace whose names it can shorten."""

    address: str
    node: str
    namespace: str


class Door(NamedTuple):
    """What stands at an address and port: a Service's port, and whether one comes from outside."""

    service: Service
    port: ServicePort
    node: str
    external: bool


def client_of(cluster: Cluster, name: str | None, namespace: str) -> Client:
    """A client by name: a pod, a node, or an address outside; None is one of the first node, in no pod.

    Raises ApiError NotFound for a name that is none of these.
    """
    nodes = cluster.keys("Node")
    if name is None or Key("Node", "", name) in nodes:
        node = name or (nodes[0].name if nodes else "")
        return Client(_node_address(cluster.read(Key("Node", "", node))) if node else OUTSIDE, node, namespace)
    if _is_ip(name):
        return Client(name, "", namespace)
    space, _, short = name.rpartition("/")
    pod = cluster.read(Key("Pod", space or namespace, short))
    if pod is None:
        raise ApiError.not_found("pods", name)
    return Client(pod.status.pod_ip, pod.spec.node_name, pod.metadata.namespace)


def request(
    cluster: Cluster, timing: Timing, memory: proxy.Memory, url: str, n: int, client: str | None, namespace: str
) -> Responses:
    """Send `n` requests at this moment and tell who answered. LabError for a URL that isn't http or https."""
    host, port = _target(url)
    asking = client_of(cluster, client, namespace)
    try:
        address, via = _address(cluster, host, asking)
    except proxy.NoRoute as failure:
        return Responses(url, "", (Response(failure=str(failure)),) * n)
    trip = _Trip(cluster, timing, memory, asking)
    return Responses(url, f"{via}:{port}", tuple(trip.go(address[i % len(address)], port) for i in range(n)))


def _target(url: str) -> tuple[str, int]:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LabError(f"{url}: a URL is like http://cart.shop:80/")
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _node_address(node: Node | None) -> str:
    addresses = node.status.addresses if node else ()
    return next((one.address for one in addresses if one.type == "InternalIP"), "")


def _address(cluster: Cluster, host: str, client: Client) -> tuple[tuple[str, ...], str]:
    """The addresses of a host, and the way to them in words; NoRoute if the name isn't found."""
    if _is_ip(host):
        return (host,), host
    if Key("Node", "", host) in cluster.keys("Node"):
        address = _node_address(cluster.read(Key("Node", "", host)))
        return (address,), address
    if not client.node:
        raise proxy.NoRoute(f"could not resolve host {host}: cluster DNS is for pods, this client is outside")
    answer = dns.resolve(World(cluster), host, client.namespace)
    if not answer.records:
        raise proxy.NoRoute(f"could not resolve host {host}: {answer.why}")
    if not answer.addresses:
        raise proxy.NoRoute(f"could not resolve host {answer.records[-1].value}: it is not a name of this cluster")
    shown = answer.addresses if len(answer.addresses) < 4 else (*answer.addresses[:3], "…")
    return answer.addresses, f"{answer.records[-1].name}, {' '.join(shown)}"


class _Trip:
    """The way of requests of one client, all at one moment; the Services are looked through once."""

    def __init__(self, cluster: Cluster, timing: Timing, memory: proxy.Memory, client: Client) -> None:
        self.cluster, self.timing, self.memory, self.client = cluster, timing, memory, client
        self.world, self.services = World(cluster), list(cluster.items("Service"))
        self.nodes = {_node_address(node): node for node in cluster.items("Node")}
        self.pods = {pod.status.pod_ip: pod for pod in cluster.items("Pod") if pod.status.pod_ip and pod.is_active}
        self._found: dict[tuple[str, int], Door | None] = {}
        self._behind: dict[tuple[str, str, str], list[proxy.Backend]] = {}
        self._refusals: dict[proxy.Backend, str] = {}

    def go(self, address: str, port: int) -> Response:
        """One request."""
        try:
            if (address, port) not in self._found:
                self._found[address, port] = self.door(address, port)
            door = self._found[address, port]
            return self._answer(self.endpoint(door) if door else self._direct(address, port))
        except proxy.NoRoute as failure:
            return Response(failure=str(failure))

    def door(self, address: str, port: int) -> Door | None:
        """The Service's port at an address; None where it is a pod's own. NoRoute if nothing is there."""
        outside = not self.client.node
        for service in self.services:
            if service.spec.cluster_ip == address:
                if outside:
                    raise proxy.NoRoute("timed out: a cluster IP is known inside the cluster only")
                return Door(service, proxy.port_of(service, port), self.client.node, external=False)
            if address in balanced(service):
                return self._balanced(service, proxy.port_of(service, port))
        if address in self.nodes:
            return self._node_port(self.nodes[address], port)
        return None

    def endpoint(self, door: Door) -> proxy.Backend:
        """The endpoint kube-proxy takes."""
        meta = door.service.metadata
        key = (meta.namespace, meta.name, door.port.name)
        if key not in self._behind:
            self._behind[key] = proxy.backends(self.world.slices(meta.namespace, meta.name), door.port)
        try:
            return proxy.choose(
                door.service, door.port, self._behind[key], client=self.client.address, node=door.node,
                external=door.external, now=self.cluster.clock.now, rng=self.cluster.traffic_rng, memory=self.memory,
            )  # fmt: skip
        except proxy.NoRoute as failure:
            more = "" if proxy.eligible(self._behind[key]) else f": {self._nobody(door)}"
            raise proxy.NoRoute(f"{failure}{more}") from None

    def _balanced(self, service: Service, port: ServicePort) -> Door:
        """From inside a balancer's address goes to an endpoint at once; from outside by a node that is ready."""
        if self.client.node:
            return Door(service, port, self.client.node, external=False)
        meta = service.metadata
        behind = proxy.backends(self.world.slices(meta.namespace, meta.name), port)
        local = service.spec.external_traffic_policy == "Local"
        homes = {one.node for one in proxy.eligible(behind)}
        nodes = [node.metadata.name for node in self.nodes.values() if not local or node.metadata.name in homes]
        if not nodes:
            raise proxy.NoRoute("timed out: the load balancer has no healthy node")
        return Door(service, port, self.cluster.traffic_rng.choice(nodes), external=True)

    def _node_port(self, node: Node, port: int) -> Door:
        for service in self.services:
            for one in service.spec.ports:
                if one.node_port == port and port:
                    return Door(service, one, node.metadata.name, external=True)
        raise proxy.NoRoute(f"connection refused: no Service has the node port {port}")

    def _direct(self, address: str, port: int) -> proxy.Backend:
        pod = self.pods.get(address)
        if pod is None:
            raise proxy.NoRoute(f"timed out: nothing has the address {address}")
        return proxy.Backend(address, port, pod.metadata.namespace, pod.metadata.name, pod.spec.node_name)

    def _answer(self, end: proxy.Backend) -> Response:
        if not end.pod:
            return Response(f"{end.address}:{end.port}", end.node)
        if end not in self._refusals:
            self._refusals[end] = refusal(self.cluster, Key("Pod", end.namespace, end.pod), end.port, self.timing)
        return Response(end.pod, end.node, self._refusals[end])

    def _nobody(self, door: Door) -> str:
        """Why a Service has no ready endpoint."""
        meta, spec = door.service.metadata, door.service.spec
        if not spec.selector:
            return "it has no selector, and nobody made endpoints for it"
        asked = ",".join(f"{name}={value}" for name, value in spec.selector.items())
        pods = list(self.cluster.out(Key("Service", meta.namespace, meta.name), "selects"))
        if not pods:
            return f"no pod of namespace {meta.namespace} has the labels {asked}"
        if any(self.cluster.read(key).is_ready for key in pods) and isinstance(door.port.target_port, str):
            return f'its pods open no port named "{door.port.target_port}"'
        return f"of {len(pods)} pods with {asked} none is ready"


def balanced(service: Service) -> list[str]:
    """The addresses that a cloud has given a Service, and its external IPs."""
    ingress = (service.status.get("loadBalancer") or {}).get("ingress") or ()
    return [one["ip"] for one in ingress if "ip" in one] + list(service.spec.external_ips)

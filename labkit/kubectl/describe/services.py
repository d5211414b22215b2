"""`kubectl describe` of Services, Endpoints and EndpointSlices.

Source: kubectl pkg/describe/describe.go, v1.32.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.cluster import Cluster
from labkit.kubectl.describe.metadata import (
    NONE,
    UNSET,
    Object,
    labels_and_annotations,
    name_and_namespace,
    plain,
    yes,
)
from labkit.kubectl.describe.registry import describer
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import cut

SHOWN = 3
SERVICE_NAME = "kubernetes.io/service-name"


@describer("Service")
def service(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A Service: its addresses, its ports and the endpoints behind each."""
    spec = obj.get("spec") or {}
    name_and_namespace(w, obj)
    labels_and_annotations(w, obj)
    w.field("Selector", plain(spec.get("selector")))
    w.field("Type", spec.get("type") or "ClusterIP")
    _addresses(w, obj)
    slices = slices_of(obj["metadata"]["name"], obj["metadata"]["namespace"], cluster)
    for port in spec.get("ports") or ():
        _port(w, port, slices)
    w.field("Session Affinity", spec.get("sessionAffinity") or "None")
    _traffic(w, spec)


def _addresses(w: Writer, obj: Object) -> None:
    spec = obj.get("spec") or {}
    if spec.get("ipFamilyPolicy"):
        w.field("IP Family Policy", spec["ipFamilyPolicy"])
    w.field("IP Families", ",".join(spec.get("ipFamilies") or ()) or NONE)
    w.field("IP", spec.get("clusterIP", ""))
    w.field("IPs", ",".join(spec.get("clusterIPs") or ()) or NONE)
    if spec.get("externalIPs"):
        w.field("External IPs", ",".join(spec["externalIPs"]))
    if spec.get("loadBalancerIP"):
        w.field("Desired LoadBalancer IP", spec["loadBalancerIP"])
    if spec.get("externalName"):
        w.field("External Name", spec["externalName"])
    points = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress")
    if points:
        w.field("LoadBalancer Ingress", ", ".join(map(_balancer, points)))


def _balancer(point: Object) -> str:
    if not point.get("ip"):
        return str(point.get("hostname", ""))
    return f"{point['ip']} ({point['ipMode']})" if point.get("ipMode") else str(point["ip"])


def _port(w: Writer, port: Object, slices: list[Object]) -> None:
    name, protocol = port.get("name") or UNSET, port.get("protocol") or "TCP"
    w.line("Port:", name, f"{port['port']}/{protocol}")
    w.field("TargetPort", f"{port.get('targetPort', port['port'])}/{protocol}")
    if port.get("appProtocol") is not None:
        w.field("AppProtocol", port["appProtocol"])
    if port.get("nodePort"):
        w.line("NodePort:", name, f"{port['nodePort']}/{protocol}")
    w.field("Endpoints", addresses(slices, port.get("name") or ""))


def _traffic(w: Writer, spec: Object) -> None:
    for title, field in (
        ("External Traffic Policy", "externalTrafficPolicy"),
        ("Internal Traffic Policy", "internalTrafficPolicy"),
    ):
        if spec.get(field):
            w.field(title, spec[field])
    if spec.get("healthCheckNodePort"):
        w.field("HealthCheck NodePort", spec["healthCheckNodePort"])
    if spec.get("loadBalancerSourceRanges"):
        w.field("LoadBalancer Source Ranges", ",".join(spec["loadBalancerSourceRanges"]))
    if spec.get("trafficDistribution") is not None:
        w.field("Traffic Distribution", spec["trafficDistribution"])


def slices_of(service: str, namespace: str, cluster: Cluster) -> list[Object]:
    """The EndpointSlices of a Service, by name."""
    found = cluster.list("EndpointSlice", namespace, {"matchLabels": {SERVICE_NAME: service}})
    return sorted(found, key=lambda each: each["metadata"]["name"])


def addresses(slices: list[Object], port_name: str) -> str:
    """The first three ready endpoints of a port, `10.0.0.4:8080`, and how many more there are."""
    if not slices:
        return NONE
    found = [address for each in slices for address in _ready(each, port_name)]
    return cut(found, SHOWN, empty="")


def _ready(endpoint_slice: Object, port_name: str) -> Iterator[str]:
    points = [
        each
        for each in endpoint_slice.get("endpoints") or ()
        if (each.get("conditions") or {}).get("ready") is not False
    ]
    if not endpoint_slice.get("ports"):
        yield from (each["addresses"][0] for each in points)
    for port in endpoint_slice.get("ports") or ():
        if (port.get("name") or "") == port_name:
            yield from (_host_port(each["addresses"][0], port.get("port")) for each in points)


def _host_port(address: str, port: Any) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@describer("Endpoints")
def endpoints(w: Writer, obj: Object, cluster: Cluster) -> None:
    """An Endpoints object."""
    name_and_namespace(w, obj)
    labels_and_annotations(w, obj)
    w.heading("Subsets")
    for subset in obj.get("subsets") or ():
        for title, field in (("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")):
            w.field(title, ",".join(each["ip"] for each in subset.get(field) or ()) or NONE, level=1)
        if subset.get("ports"):
            w.heading("Ports", level=1)
            w.table(("Name", "Port", "Protocol"), level=2)
        for port in subset.get("ports") or ():
            w.line(port.get("name") or UNSET, port["port"], port.get("protocol") or "TCP", level=2)
        w.line()


@describer("EndpointSlice")
def endpoint_slice(w: Writer, obj: Object, cluster: Cluster) -> None:
    """An EndpointSlice and each of its endpoints."""
    name_and_namespace(w, obj)
    labels_and_annotations(w, obj)
    w.field("AddressType", obj.get("addressType", ""))
    w.line("Ports:" if obj.get("ports") else f"Ports: {UNSET}")
    if obj.get("ports"):
        w.table(("Name", "Port", "Protocol"))
    for port in obj.get("ports") or ():
        w.line(port.get("name") or UNSET, port.get("port", UNSET), port.get("protocol") or "TCP", level=1)
    w.line("Endpoints:" if obj.get("endpoints") else f"Endpoints: {NONE}")
    for point in obj.get("endpoints") or ():
        _endpoint(w, point)


def _endpoint(w: Writer, point: Object) -> None:
    w.field("- Addresses", ", ".join(point.get("addresses") or ()) or NONE, level=1)
    w.heading("Conditions", level=2)
    ready = (point.get("conditions") or {}).get("ready")
    w.field("Ready", UNSET if ready is None else yes(ready), level=3)
    w.field("Hostname", point.get("hostname") or UNSET, level=2)
    if point.get("targetRef"):
        w.field("TargetRef", f"{point['targetRef']['kind']}/{point['targetRef']['name']}", level=2)
    w.field("NodeName", point.get("nodeName") or UNSET, level=2)
    w.field("Zone", point.get("zone") or UNSET, level=2)

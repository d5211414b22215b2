"""Services and what stands behind them, as far as labkit acts on them.

Source: k8s.io/api core/v1/types.go, discovery/v1/types.go, v1.36.
"""

from __future__ import annotations

from typing import Any

import msgspec

from labkit.kinds.meta import IntOrString, Meta, Struct


class ServicePort(Struct):
    """A port of a Service and where it leads."""

    port: int
    name: str = ""
    protocol: str = "TCP"
    target_port: IntOrString | None = None
    node_port: int = 0
    app_protocol: str | None = None


class ServiceSpec(Struct):
    """What a Service is to be."""

    selector: dict[str, str] = {}
    ports: tuple[ServicePort, ...] = ()
    type: str = "ClusterIP"
    cluster_ip: str = msgspec.field(default="", name="clusterIP")
    cluster_ips: tuple[str, ...] = msgspec.field(default=(), name="clusterIPs")
    external_ips: tuple[str, ...] = msgspec.field(default=(), name="externalIPs")
    external_name: str = ""
    session_affinity: str = "None"
    session_affinity_config: dict[str, Any] | None = None
    publish_not_ready_addresses: bool = False
    internal_traffic_policy: str = "Cluster"
    external_traffic_policy: str = ""


class Service(Struct):
    """A Service."""

    metadata: Meta = Meta()
    spec: ServiceSpec = ServiceSpec()
    status: dict[str, Any] = {}


class EndpointConditions(Struct):
    """Whether an endpoint takes traffic."""

    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class Endpoint(Struct):
    """One pod behind a Service."""

    addresses: tuple[str, ...] = ()
    conditions: EndpointConditions = EndpointConditions()
    target_ref: dict[str, str] | None = None
    node_name: str | None = None
    zone: str | None = None
    hostname: str | None = None


class EndpointPort(Struct):
    """A port that the endpoints of a slice have."""

    name: str | None = None
    port: int | None = None
    protocol: str = "TCP"
    app_protocol: str | None = None


class EndpointSlice(Struct):
    """Some of a Service's endpoints."""

    metadata: Meta = Meta()
    address_type: str = "IPv4"
    endpoints: tuple[Endpoint, ...] | None = None
    ports: tuple[EndpointPort, ...] | None = None

"""Where kube-proxy would send a connection to a virtual address. All pure but for the random numbers it is given.

Source: pkg/proxy/topology.go CategorizeEndpoints, pkg/proxy/iptables/proxier.go, v1.36, mode iptables: every eligible
endpoint has the same probability; with session affinity the last one within the timeout is taken again. Left out:
topology hints (trafficDistribution), UDP, the other modes.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from random import Random
from typing import NamedTuple

from labkit.kinds.services import Endpoint, EndpointSlice, Service, ServicePort

CLIENT_TIMEOUT = 10800
"""Seconds for which ClientIP affinity holds, if the Service doesn't say."""


class Backend(NamedTuple):
    """One endpoint as a connection reaches it; `pod` is empty for an address that is no pod's."""

    address: str
    port: int
    namespace: str = ""
    pod: str = ""
    node: str = ""
    ready: bool = True
    serving: bool = True
    terminating: bool = False


Memory = MutableMapping[tuple[str, ...], tuple[str, float]]
"""Session affinity as each node keeps it: (node, namespace, Service, port, client) to (address, time of last use)."""


class NoRoute(Exception):  # noqa: N818  a decision, not a bug
    """Nothing can take the connection; the text says what the client sees and why."""


def backends(slices: Sequence[EndpointSlice], port: ServicePort) -> list[Backend]:
    """Every endpoint that has this port of the Service, ready or not."""
    return [
        _backend(end, number.port)
        for part in slices
        for number in part.ports or ()
        if (number.name or "") == port.name and number.protocol == port.protocol and number.port
        for end in part.endpoints or ()
    ]


def _backend(end: Endpoint, port: int) -> Backend:
    target, state = end.target_ref or {}, end.conditions
    ready = state.ready is not False
    serving = ready if state.serving is None else state.serving
    pod = target.get("name", "") if target.get("kind") == "Pod" else ""
    namespace, node = target.get("namespace", ""), end.node_name or ""
    return Backend(end.addresses[0], port, namespace, pod, node, ready, serving, bool(state.terminating))


def eligible(all_of_them: Sequence[Backend], policy: str = "Cluster", node: str = "") -> list[Backend]:
    """Those that get connections: the ready ones, else those that serve while they leave.

    With policy Local only those on `node` count.
    """
    near = [one for one in all_of_them if policy != "Local" or one.node == node]
    ready = [one for one in near if one.ready]
    return ready or [one for one in near if one.serving and one.terminating]


def choose(
    service: Service,
    port: ServicePort,
    found: Sequence[Backend],
    *,
    client: str,
    node: str,
    external: bool,
    now: float,
    rng: Random,
    memory: Memory,
) -> Backend:
    """The endpoint that one new connection goes to, at the node it meets; NoRoute if there is none."""
    policy = service.spec.external_traffic_policy if external else service.spec.internal_traffic_policy
    open_ = eligible(found, policy, node)
    if not open_:
        raise NoRoute(_unroutable(service, found, policy, node))
    if service.spec.session_affinity != "ClientIP":
        return rng.choice(open_)
    key = (node, service.metadata.namespace, service.metadata.name, port.name, client)
    chosen = _remembered(open_, memory.get(key), now, timeout(service)) or rng.choice(open_)
    memory[key] = (chosen.address, now)
    return chosen


def _remembered(open_: Sequence[Backend], last: tuple[str, float] | None, now: float, seconds: float) -> Backend | None:
    if last is None or now - last[1] > seconds:
        return None
    return next((one for one in open_ if one.address == last[0]), None)


def timeout(service: Service) -> int:
    """Seconds for which a client is remembered after its last connection."""
    told = (service.spec.session_affinity_config or {}).get("clientIP") or {}
    return int(told.get("timeoutSeconds") or CLIENT_TIMEOUT)


def _unroutable(service: Service, found: Sequence[Backend], policy: str, node: str) -> str:
    if policy == "Local" and eligible(found):
        return f"timed out: the traffic policy is Local, and {node} has no ready endpoint of {service.metadata.name}"
    return f"connection refused: Service {service.metadata.name} has no ready endpoints"


def port_of(service: Service, number: int, protocol: str = "TCP") -> ServicePort:
    """The Service's port of that number; NoRoute (packets to another port are dropped) if it has none."""
    for port in service.spec.ports:
        if port.port == number and port.protocol == protocol:
            return port
    has = ", ".join(str(port.port) for port in service.spec.ports)
    raise NoRoute(f"timed out: Service {service.metadata.name} has no port {number}; it has {has or 'none'}")

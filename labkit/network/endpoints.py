"""From pods to the endpoints of a Service.

Source: k8s.io/endpointslice utils.go podToEndpoint, pkg/api/v1/pod/util.go FindPort, v1.36.
"""

from __future__ import annotations

from typing import Any

from labkit.kinds.pod import ContainerPort, Pod
from labkit.kinds.services import Service, ServicePort


class NoPortError(LookupError):
    """The pod opens no port of the name that the Service asks for."""


def is_listed(pod: Pod) -> bool:
    """Whether the pod is in its Service's slices at all: it has an address and has not ended."""
    return bool(pod.status.pod_ip) and not pod.is_terminal


def endpoint_conditions(pod: Pod, publish_not_ready: bool) -> dict[str, bool]:
    """ready, serving and terminating; a terminating pod serves while it is ready, but no longer counts as ready."""
    terminating = pod.metadata.deletion_timestamp is not None
    return {
        "ready": publish_not_ready or (pod.is_ready and not terminating),
        "serving": pod.is_ready,
        "terminating": terminating,
    }


def find_port(ports: list[ContainerPort], target: int | str, protocol: str, uid: str = "") -> int:
    """The pod's port behind `target`: a number is taken as it is, a name is looked up by protocol.

    Raises NoPortError with the real text when no container has it.
    """
    if isinstance(target, int):
        return target
    for port in ports:
        if port.name == target and port.protocol == protocol:
            return port.container_port
    raise NoPortError(f"no suitable port for manifest: {uid}")


def container_ports(pod: Pod) -> list[ContainerPort]:
    """The ports of the containers, then those of sidecars."""
    sidecars = [one for one in pod.spec.init_containers if one.is_sidecar]
    return [port for container in (*pod.spec.containers, *sidecars) for port in container.ports]


def target_of(port: ServicePort) -> int | str:
    """Where a Service port leads; unset it is the port itself."""
    return port.port if port.target_port in (None, "", 0) else port.target_port


def endpoint_ports(pod: Pod, service: Service) -> tuple[dict[str, Any], ...]:
    """The Service's ports as this pod opens them; those it doesn't open are left out."""
    found = []
    for port in service.spec.ports:
        try:
            number = find_port(container_ports(pod), target_of(port), port.protocol, pod.metadata.uid)
        except NoPortError:
            continue
        found.append(_endpoint_port(port, number))
    return tuple(found)


def _endpoint_port(port: ServicePort, number: int) -> dict[str, Any]:
    shape: dict[str, Any] = {"name": port.name, "protocol": port.protocol, "port": number}
    return shape | ({"appProtocol": port.app_protocol} if port.app_protocol else {})


def endpoint_of(pod: Pod, service: Service, zone: str = "") -> dict[str, Any]:
    """One entry of an EndpointSlice."""
    meta, spec = pod.metadata, pod.spec
    target = {"kind": "Pod", "namespace": meta.namespace, "name": meta.name, "uid": meta.uid}
    shape: dict[str, Any] = {
        "addresses": [pod.status.pod_ip],
        "conditions": endpoint_conditions(pod, service.spec.publish_not_ready_addresses),
        "targetRef": target,
    }
    # A StatefulSet's pods have a name of their own behind a headless Service.
    named = spec.hostname if spec.hostname and spec.subdomain == service.metadata.name else ""
    extras = {"hostname": named, "nodeName": spec.node_name, "zone": zone}
    return shape | {key: value for key, value in extras.items() if value}

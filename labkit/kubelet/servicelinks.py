"""Environment variables about Services. All pure.

Source: pkg/kubelet/envvars/envvars.go FromServices, pkg/kubelet/kubelet_pods.go getServiceEnvVarMap, v1.36. The real
kubelet takes the Services in no order; here they come by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Dict = dict[str, Any]

MASTER = ("default", "kubernetes")
"""The Service that every container hears of, wherever it is and whatever its pod says."""


def service_variables(services: Iterable[Dict], namespace: str, links: bool) -> dict[str, str]:
    """What a container of `namespace` gets to know; without `links` the API server's Service alone.

    A namespace's own Service named kubernetes goes before that of the namespace default. Headless ones are left out.
    """
    chosen: dict[str, Dict] = {}
    for service in services:
        meta = service["metadata"]
        if links and meta["namespace"] == namespace:
            chosen[meta["name"]] = service
        elif (meta["namespace"], meta["name"]) == MASTER:
            chosen.setdefault(meta["name"], service)
    found: dict[str, str] = {}
    for name in sorted(chosen):
        found |= _of_service(chosen[name])
    return found


def _of_service(service: Dict) -> dict[str, str]:
    spec, prefix = service.get("spec") or {}, _name(service["metadata"]["name"])
    address, ports = spec.get("clusterIP") or "None", spec.get("ports") or ()
    if address == "None" or not ports:
        return {}
    found = {f"{prefix}_SERVICE_HOST": address, f"{prefix}_SERVICE_PORT": str(ports[0]["port"])}
    found |= {f"{prefix}_SERVICE_PORT_{_name(one['name'])}": str(one["port"]) for one in ports if one.get("name")}
    for index, port in enumerate(ports):
        found |= _link(prefix, address, port, first=index == 0)
    return found


def _link(prefix: str, address: str, port: Dict, first: bool) -> dict[str, str]:
    """The variables that Docker's links had."""
    protocol, number = port.get("protocol", "TCP"), port["port"]
    url, base = f"{protocol.lower()}://{address}:{number}", f"{prefix}_PORT_{number}_{protocol.upper()}"
    told = {base: url, f"{base}_PROTO": protocol.lower(), f"{base}_PORT": str(number), f"{base}_ADDR": address}
    return {f"{prefix}_PORT": url, **told} if first else told


def _name(text: str) -> str:
    return text.upper().replace("-", "_")

"""Services, Endpoints, EndpointSlices, Ingresses and NetworkPolicies.

Source: pkg/printers/internalversion/printers.go, v1.36.
"""

from __future__ import annotations

from labkit.kubectl.printers.cells import NONE, UNKNOWN, UNSET, at, created, cut, labels, name, selector
from labkit.kubectl.printers.registry import Cell, Object, View, printer

LOAD_BALANCER_WIDTH = 16


@printer("Service", columns=("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "+Selector"))
def service(obj: Object, view: View) -> list[Cell]:
    """A Service."""
    spec = obj.get("spec") or {}
    ips = spec.get("clusterIPs") or [spec.get("clusterIP") or NONE]
    ports = ",".join(map(_port, spec.get("ports") or ())) or NONE
    told = [name(obj), spec.get("type") or "ClusterIP", ips[0], external_ip(obj, view.wide), ports]
    return [*told, created(obj, view.now), labels(spec.get("selector"))]


def _port(port: Object) -> str:
    number = f"{port['port']}:{port['nodePort']}" if port.get("nodePort") else str(port["port"])
    return f"{number}/{port.get('protocol') or 'TCP'}"


def external_ip(obj: Object, wide: bool) -> str:
    """Where a Service is reached from outside; a load balancer that has no address yet is pending."""
    spec = obj.get("spec") or {}
    given = list(spec.get("externalIPs") or ())
    match spec.get("type") or "ClusterIP":
        case "ClusterIP" | "NodePort":
            return ",".join(given) or NONE
        case "LoadBalancer":
            return ",".join([*filter(None, [_balancer(obj, wide)]), *given]) or "<pending>"
        case "ExternalName":
            return str(spec.get("externalName") or "")
    return UNKNOWN


def _balancer(obj: Object, wide: bool) -> str:
    """The addresses a load balancer has, sorted; shortened in tables that aren't wide."""
    points = at(obj, "status", "loadBalancer", "ingress") or ()
    text = ",".join(sorted({each.get("ip") or each.get("hostname") or "" for each in points} - {""}))
    if not wide and len(text) > LOAD_BALANCER_WIDTH:
        return text[: LOAD_BALANCER_WIDTH - 3] + "..."
    return text


@printer("Ingress", columns=("Name", "Class", "Hosts", "Address", "Ports", "Age"))
def ingress(obj: Object, view: View) -> list[Cell]:
    """An Ingress."""
    spec = obj.get("spec") or {}
    ports = "80, 443" if spec.get("tls") else "80"
    class_name = spec.get("ingressClassName")
    named = NONE if class_name is None else class_name
    return [name(obj), named, _hosts(spec.get("rules") or []), _balancer(obj, view.wide), ports, created(obj, view.now)]


def _hosts(rules: list[Object]) -> str:
    """The first three hosts; `*` without any."""
    hosts: list[str] = []
    more = False
    for rule in rules:
        more = more or len(hosts) == 3
        if not more and rule.get("host"):
            hosts.append(rule["host"])
    text = ",".join(hosts)
    return f"{text} + {len(rules) - 3} more..." if more and hosts else text or "*"


@printer("IngressClass", columns=("Name", "Controller", "Parameters", "Age"))
def ingressclass(obj: Object, view: View) -> list[Cell]:
    """An IngressClass."""
    given = at(obj, "spec", "parameters")
    kind = ".".join(filter(None, [(given or {}).get("kind"), (given or {}).get("apiGroup")]))
    parameters = f"{kind}/{given['name']}" if given else NONE
    return [name(obj), at(obj, "spec", "controller") or "", parameters, created(obj, view.now)]


@printer("NetworkPolicy", columns=("Name", "Pod-Selector", "Age"))
def networkpolicy(obj: Object, view: View) -> list[Cell]:
    """A NetworkPolicy."""
    return [name(obj), selector(at(obj, "spec", "podSelector")), created(obj, view.now)]


@printer("Endpoints", columns=("Name", "Endpoints", "Age"))
def endpoints(obj: Object, view: View) -> list[Cell]:
    """An Endpoints object: the first three of address:port."""
    found = [
        f"{address['ip']}:{port['port']}"
        for subset in obj.get("subsets") or ()
        for port in subset.get("ports") or ()
        for address in subset.get("addresses") or ()
    ]
    bare = [address["ip"] for subset in obj.get("subsets") or () for address in subset.get("addresses") or ()]
    return [name(obj), cut(found or bare), created(obj, view.now)]


@printer("EndpointSlice", columns=("Name", "AddressType", "Ports", "Endpoints", "Age"))
def endpointslice(obj: Object, view: View) -> list[Cell]:
    """An EndpointSlice."""
    ports = [str(each.get("port") or each.get("name") or "*") for each in obj.get("ports") or ()]
    addresses = [address for each in obj.get("endpoints") or () for address in each.get("addresses") or ()]
    shown = [cut(ports, empty=UNSET), cut(addresses, empty=UNSET)]
    return [name(obj), obj.get("addressType") or "", *shown, created(obj, view.now)]

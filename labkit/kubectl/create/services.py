"""`kubectl create service` and `kubectl create ingress`.

Sources: kubectl pkg/cmd/create/create_{service,ingress}.go, v1.32.5; the error texts are theirs.
"""

from __future__ import annotations

import re

from labkit.errors import CommandError
from labkit.fields import names
from labkit.kubectl.call import Call
from labkit.kubectl.create.generator import Object, generator, manifest, subcommands
from labkit.kubectl.create.workloads import pairs
from labkit.kubectl.parser import Flag

TCP = Flag("tcp", "", "list", help="Port pairs, as port:targetPort")

TYPES = {
    "clusterip": "Create a ClusterIP service",
    "externalname": "Create an ExternalName service",
    "loadbalancer": "Create a LoadBalancer service",
    "nodeport": "Create a NodePort service",
}
for _name in ("create service", "create svc"):
    subcommands(_name, "Create a service using a specified subcommand.", "[flags] [options]", TYPES)


@generator(
    "service clusterip",
    "svc clusterip",
    usage="NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]",
    flags=(TCP, Flag("clusterip", help="The address; None makes it headless")),
    failed="failed to create ClusterIP service: ",
)
def cluster_ip(call: Call, name: str) -> Object:
    """Create a ClusterIP service."""
    return _service(call, name, "ClusterIP")


@generator(
    "service nodeport",
    "svc nodeport",
    usage="NAME [--tcp=port:targetPort] [--dry-run=server|client|none]",
    flags=(TCP, Flag("node-port", "", "int", 0, help="The port on every node")),
    failed="failed to create NodePort service: ",
)
def node_port(call: Call, name: str) -> Object:
    """Create a NodePort service."""
    return _service(call, name, "NodePort")


@generator(
    "service loadbalancer",
    "svc loadbalancer",
    usage="NAME [--tcp=port:targetPort] [--dry-run=server|client|none]",
    flags=(TCP,),
    failed="failed to create LoadBalancer service: ",
)
def load_balancer(call: Call, name: str) -> Object:
    """Create a LoadBalancer service."""
    return _service(call, name, "LoadBalancer")


@generator(
    "service externalname",
    "svc externalname",
    usage="NAME --external-name external.name [--dry-run=server|client|none]",
    flags=(TCP, Flag("external-name", help="The name it stands for")),
    required=("external-name",),
    failed="failed to create ExternalName service: ",
)
def external_name(call: Call, name: str) -> Object:
    """Create an ExternalName service."""
    if names.dns1123_subdomain(call.flags["external-name"]):
        raise CommandError(f"error: invalid service external name {call.flags['external-name']}")
    return _service(call, name, "ExternalName")


def _service(call: Call, name: str, kind: str) -> Object:
    flags, labels = call.flags, {"app": name}
    headless = flags.get("clusterip") == "None"
    if not flags["tcp"] and kind != "ExternalName" and not headless:
        raise CommandError("error: at least one tcp port specifier must be provided")
    ports = [_port(word, flags.get("node-port", 0)) for word in flags["tcp"]]
    spec: Object = {"ports": ports} if ports else {}
    spec |= {"selector": labels, "type": kind}
    if flags.get("clusterip"):
        spec["clusterIP"] = flags["clusterip"]
    if kind == "ExternalName":
        spec["externalName"] = flags["external-name"]
    return manifest("v1", "Service", name, labels=labels, spec=spec, status={"loadBalancer": {}})


def _port(word: str, node: int) -> Object:
    """`80:8080`, or `80` where both are the same; the target may be a name."""
    first, colon, second = word.partition(":")
    port, target = _number(first), second if colon else first
    goes_to: int | str = int(target) if target.isdigit() else target
    named = {"name": word.replace(":", "-"), "port": port, "protocol": "TCP", "targetPort": goes_to}
    return {**named, "nodePort": node} if node else named


def _number(text: str) -> int:
    if not text.isdigit():
        raise CommandError(f'error: strconv.ParseInt: parsing "{text}": invalid syntax')
    if names.port_number(int(text)):
        raise CommandError("error: invalid port specified: must be between 1 and 65535, inclusive")
    return int(text)


_RULE = re.compile(
    r"(?P<host>[\w*\-.]*)(?P<path>/[^=]*)?=(?P<service>[\w\-]+):(?P<port>[\w\-]+)(?P<tls>,\s*tls(=(?P<secret>[\w\-.]+))?)?"
)
NOT_ENOUGH = (
    "not enough information provided: every ingress has to either specify a default-backend (which catches all "
    "traffic) or a list of rules (which catch specific paths)"
)


@generator(
    "ingress",
    "ing",
    usage="NAME --rule=host/path=service:port[,tls[=secret]]",
    flags=(
        Flag("rule", "", "array", help="host/path=service:port[,tls[=secret]]"),
        Flag("class", help="The class"),
        Flag("default-backend", help="service:port"),
        Flag("annotation", "", "array", help="Annotations, as key=value"),
    ),
    failed="failed to create ingress: ",
)
def ingress(call: Call, name: str) -> Object:
    """Create an ingress with the specified name."""
    flags = call.flags
    if not flags["rule"] and not flags["default-backend"]:
        raise CommandError(f"error: {NOT_ENOUGH}")
    found = [_read_rule(word) for word in flags["rule"]]
    spec: Object = {"ingressClassName": flags["class"]} if flags["class"] else {}
    if flags["default-backend"]:
        service, _, port = flags["default-backend"].partition(":")
        spec["defaultBackend"] = _backend(service, port)
    if found:
        spec["rules"] = _rules(found)
    tls = _tls(found)
    spec |= {"tls": tls} if tls else {}
    notes = pairs(flags["annotation"])
    return manifest("networking.k8s.io/v1", "Ingress", name, annotations=notes, spec=spec, status={"loadBalancer": {}})


def _read_rule(word: str) -> re.Match[str]:
    found = _RULE.fullmatch(word)
    if not found:
        form = "host/path=svcname:svcport[,tls[=secret]]"
        raise CommandError(f"error: rule {word} is invalid and should be in format {form}")
    return found


def _rules(found: list[re.Match[str]]) -> list[Object]:
    """The rules by host, in the order in which hosts come first."""
    paths: dict[str, list[Object]] = {}
    for each in found:
        path = each["path"] or ""
        kind = "Prefix" if path.endswith("*") else "Exact"
        entry = {"backend": _backend(each["service"], each["port"]), "path": path.removesuffix("*"), "pathType": kind}
        paths.setdefault(each["host"], []).append(entry)
    return [({"host": host} if host else {}) | {"http": {"paths": listed}} for host, listed in paths.items()]


def _backend(service: str, port: str) -> Object:
    chosen: Object = {"number": int(port)} if port.isdigit() else {"name": port}
    return {"service": {"name": service, "port": chosen}}


def _tls(found: list[re.Match[str]]) -> list[Object]:
    hosts: dict[str, list[str]] = {}
    for each in found:
        if each["tls"] and each["host"] not in hosts.setdefault(each["secret"] or "", []):
            hosts[each["secret"] or ""].append(each["host"])
    return [{"hosts": listed} | ({"secretName": secret} if secret else {}) for secret, listed in hosts.items()]

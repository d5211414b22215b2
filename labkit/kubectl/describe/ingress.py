"""`kubectl describe` of Ingresses and their classes.

Source: kubectl pkg/describe/describe.go, v1.32.5.
"""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.kinds import Key
from labkit.kubectl.describe.metadata import NONE, Object, annotated, labels
from labkit.kubectl.describe.registry import describer
from labkit.kubectl.describe.services import addresses, slices_of
from labkit.kubectl.describe.writer import Writer


@describer("Ingress")
def ingress(w: Writer, obj: Object, cluster: Cluster) -> None:
    """An Ingress: which host and path leads to which Service."""
    spec, meta = obj.get("spec") or {}, obj["metadata"]
    w.field("Name", meta["name"])
    labels(w, "Labels", meta.get("labels"))
    w.field("Namespace", meta.get("namespace", ""))
    w.field("Address", _address(obj))
    class_name = spec.get("ingressClassName")
    w.field("Ingress Class", NONE if class_name is None else class_name)
    default = "<default>"
    if spec.get("defaultBackend"):
        default = backend(spec["defaultBackend"], meta["namespace"], cluster)
    w.field("Default backend", default)
    _tls(w, spec.get("tls") or ())
    _rules(w, obj, default, cluster)
    annotated(w, "Annotations", meta.get("annotations"))


def _address(obj: Object) -> str:
    points = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    return ",".join(sorted({point.get("ip") or point.get("hostname") or "" for point in points} - {""}))


def _tls(w: Writer, found: list[Object] | tuple[()]) -> None:
    if found:
        w.heading("TLS")
    for each in found:
        hosts = ",".join(each.get("hosts") or ())
        secret = each.get("secretName")
        w.line(f"{secret} terminates {hosts}" if secret else f"SNI routes {hosts}", level=1)


def _rules(w: Writer, obj: Object, default: str, cluster: Cluster) -> None:
    w.heading("Rules")
    w.table(("Host", "Path", "Backends"))
    rules = [rule for rule in (obj.get("spec") or {}).get("rules") or () if rule.get("http")]
    for rule in rules:
        w.line(rule.get("host") or "*", "", level=1)
        for path in rule["http"].get("paths") or ():
            told = backend(path["backend"], obj["metadata"]["namespace"], cluster)
            w.line("", f"{path.get('path', '')} ", told, level=2)
    if not rules:
        w.line("*", "*", default, level=1)


def backend(found: Object, namespace: str, cluster: Cluster) -> str:
    """`web:80 (10.0.0.4:8080)`: the Service and port, and the endpoints behind them."""
    target = found.get("service")
    if not target:
        ref = found.get("resource") or {}
        return f"APIGroup: {ref.get('apiGroup') or NONE}, Kind: {ref.get('kind', '')}, Name: {ref.get('name', '')}"
    wanted = target.get("port") or {}
    named = f"{target['name']}:{wanted.get('number') or wanted.get('name', '')}"
    service = cluster.get(Key("Service", namespace, target["name"]))
    if service is None:
        return f'{named} (<error: services "{target["name"]}" not found>)'
    ports = (service.get("spec") or {}).get("ports") or ()
    names = [port.get("name") or "" for port in ports if _is_meant(port, wanted)]
    return f"{named} ({addresses(slices_of(target['name'], namespace, cluster), names[-1] if names else '')})"


def _is_meant(port: Object, wanted: Object) -> bool:
    if wanted.get("number"):
        return bool(wanted["number"] == port["port"])
    return bool(wanted.get("name")) and wanted["name"] == port.get("name")


@describer("IngressClass")
def ingress_class(w: Writer, obj: Object, cluster: Cluster) -> None:
    """An IngressClass."""
    spec = obj.get("spec") or {}
    w.field("Name", obj["metadata"]["name"])
    labels(w, "Labels", obj["metadata"].get("labels"))
    annotated(w, "Annotations", obj["metadata"].get("annotations"))
    w.field("Controller", spec.get("controller", ""))
    parameters = spec.get("parameters")
    if parameters:
        w.heading("Parameters")
        if parameters.get("apiGroup"):
            w.field("APIGroup", parameters["apiGroup"], level=1)
        w.field("Kind", parameters.get("kind", ""), level=1)
        w.field("Name", parameters.get("name", ""), level=1)

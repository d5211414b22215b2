"""`kubectl describe networkpolicy`.

Source: kubectl pkg/describe/describe.go describeNetworkPolicy and below, v1.32.5.
"""

from __future__ import annotations

from datetime import datetime

from labkit.cluster import Cluster
from labkit.fields import selectors
from labkit.kubectl.describe.metadata import (
    NONE,
    Object,
    labels_and_annotations,
    name_and_namespace,
)
from labkit.kubectl.describe.registry import describer
from labkit.kubectl.describe.writer import Writer

SIDES = (("ingress", "From", "from", "source"), ("egress", "To", "to", "destination"))


@describer("NetworkPolicy", events=False)
def network_policy(w: Writer, obj: Object, cluster: Cluster) -> None:
    """A NetworkPolicy in words."""
    spec = obj.get("spec") or {}
    name_and_namespace(w, obj)
    made = datetime.fromisoformat(obj["metadata"]["creationTimestamp"])
    w.field("Created on", made.strftime("%Y-%m-%d %H:%M:%S +0000 UTC"))
    labels_and_annotations(w, obj)
    w.heading("Spec")
    chosen = selectors.format(spec.get("podSelector") or {})
    everything = f"{NONE} (Allowing the specific traffic to all pods in this namespace)"
    w.line(f"PodSelector:     {everything if chosen == NONE else chosen}", level=1)
    types = spec.get("policyTypes") or ()
    for side, title, field, end in SIDES:
        if side.capitalize() not in types:
            w.line(f"Not affecting {side} traffic", level=1)
            continue
        w.line(f"Allowing {side} traffic:", level=1)
        _rules(w, spec.get(side) or (), (side, title, field, end))
    w.line(f"Policy Types: {', '.join(types) or NONE}", level=1)


def _rules(w: Writer, rules: list[Object] | tuple[()], names: tuple[str, str, str, str]) -> None:
    side, title, field, end = names
    if not rules:
        w.line(f"{NONE} (Selected pods are isolated for {side} connectivity)", level=2)
    for at, rule in enumerate(rules):
        if at:
            w.line("----------", level=2)
        for port in rule.get("ports") or (None,):
            w.line(_port(port), level=2)
        if not rule.get(field):
            w.line(f"{title}: <any> (traffic not restricted by {end})", level=2)
        for peer in rule.get(field) or ():
            w.line(f"{title}:", level=2)
            _peer(w, peer)


def _port(port: Object | None) -> str:
    if port is None:
        return "To Port: <any> (traffic allowed to all ports)"
    number, protocol = port.get("port", "<nil>"), port.get("protocol") or "TCP"
    if port.get("endPort"):
        return f"To Port Range: {number}-{port['endPort']}/{protocol}"
    return f"To Port: {number}/{protocol}"


def _peer(w: Writer, peer: Object) -> None:
    for title, field in (("NamespaceSelector", "namespaceSelector"), ("PodSelector", "podSelector")):
        if peer.get(field) is not None:
            w.line(f"{title}: {selectors.format(peer[field])}", level=3)
    block = peer.get("ipBlock")
    if block and peer.get("podSelector") is None and peer.get("namespaceSelector") is None:
        w.line("IPBlock:", level=3)
        w.line(f"CIDR: {block['cidr']}", level=4)
        w.line(f"Except: {', '.join(block.get('except') or ())}", level=4)

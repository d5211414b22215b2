"""What `kubectl describe` says of an object: a function per kind, from the object and its cluster to text."""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.kubectl.describe import (
    autoscaler,
    batch,
    configuration,
    ingress,
    namespaces,
    networkpolicy,
    nodes,
    pods,
    services,
    storage,
    workloads,
)
from labkit.kubectl.describe.events import events
from labkit.kubectl.describe.generic import anything
from labkit.kubectl.describe.metadata import Object
from labkit.kubectl.describe.registry import DESCRIBERS, WITHOUT_EVENTS
from labkit.kubectl.describe.writer import Writer

__all__ = [
    "DESCRIBERS", "autoscaler", "batch", "configuration", "describe", "ingress", "namespaces", "networkpolicy",
    "nodes", "pods", "services", "storage", "workloads",
]  # fmt: skip


def describe(obj: Object, cluster: Cluster, show_events: bool = True) -> str:
    """The description of one object, ended by a newline."""
    w = Writer()
    DESCRIBERS.get(obj["kind"], anything)(w, obj, cluster)
    if show_events and obj["kind"] not in WITHOUT_EVENTS:
        events(w, obj, cluster)
    return w.text()

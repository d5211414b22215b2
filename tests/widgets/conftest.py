"""A small cluster whose pods come one after another, and what stands in for a lab around it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from labkit.cluster import Cluster
from labkit.kinds import Key

Object = dict[str, Any]


def node(name: str, zone: str) -> Object:
    room = {"cpu": "4", "memory": "16Gi", "pods": "110"}
    status = {"allocatable": room, "conditions": [{"type": "Ready", "status": "True"}]}
    labels = {"topology.kubernetes.io/zone": zone}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "status": status}


def pod(name: str, owner: Object | None = None) -> Object:
    container = {"name": "c", "image": "nginx", "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}}}
    meta: Object = {"name": name, "namespace": "default"}
    if owner is not None:
        reference = {"apiVersion": "apps/v1", "kind": owner["kind"], "controller": True}
        meta["ownerReferences"] = [reference | {field: owner["metadata"][field] for field in ("name", "uid")}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": {"containers": [container]},
        "status": {"phase": "Pending"},
    }


def workload(kind: str, owner: Object | None = None) -> Object:
    spec = {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}},
    }
    made = {**pod("web", owner), "apiVersion": "apps/v1", "kind": kind, "spec": spec}
    return {name: value for name, value in made.items() if name != "status"}


def tick(cluster: Cluster) -> None:
    cluster.clock.advance(cluster.clock.now + 1)


def start(cluster: Cluster, name: str, on: str, owner: Object | None = None) -> None:
    """Create a pod, bind it a second later and make it ready after another."""
    cluster.create(pod(name, owner))
    key = Key("Pod", "default", name)
    tick(cluster)
    cluster.bind(key, on)
    tick(cluster)
    cluster.set_status(key, {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]})
    tick(cluster)


@pytest.fixture
def lab() -> Any:
    """Two nodes; at 0, 3 and 6 s the pods of a Deployment; whoever runs it only lets time pass."""
    cluster = Cluster()
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    for name, zone in (("node-1", "a"), ("node-2", "b")):
        cluster.create(node(name, zone))
    replicas = cluster.create(workload("ReplicaSet", cluster.create(workload("Deployment"))))
    for number in range(3):
        start(cluster, f"web-{number}", f"node-{number % 2 + 1}", replicas)
    return Standing(cluster)


class Standing(SimpleNamespace):
    """As much of a lab as the views and players ask for."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster=cluster, history=cluster.history)

    @property
    def now(self) -> float:
        return self.cluster.clock.now

    def run(self, duration: float) -> None:
        self.cluster.clock.advance(self.now + duration)

"""Small worlds for the scheduler's tests."""

from __future__ import annotations

from labkit.cluster import Cluster
from labkit.kinds import Key, key_of

ZONE = "topology.kubernetes.io/zone"
PRIORITIES = (1, 5, 9, 10)
"""Each has a PriorityClass: p1, p5, …; `pod(priority=5)` is of class p5."""


def world(*objects: dict) -> Cluster:
    """A cluster with the namespace default and these objects."""
    cluster = Cluster(seed=1)
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    account = {"name": "default", "namespace": "default"}
    cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})
    for value in PRIORITIES:
        cluster.create(priority_class(f"p{value}", value))
    cluster.create(priority_class("polite", 10, preemptionPolicy="Never"))
    for obj in objects:
        cluster.create(obj)
    return cluster


def priority_class(name: str, value: int, **more) -> dict:
    """A PriorityClass."""
    named = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name}}
    return {**named, "value": value, **more}


def node(name: str, cpu: str = "4", memory: str = "8Gi", pods: str = "110", labels: dict | None = None, **spec) -> dict:
    """A node; every node has its hostname as a label."""
    room = {"cpu": cpu, "memory": memory, "pods": pods, **spec.pop("more", {})}
    images = [{"names": [image], "sizeBytes": size} for image, size in spec.pop("images", {}).items()]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, **(labels or {})}},
        "spec": spec,
        "status": {"allocatable": room, "images": images},
    }


def pod(name: str, cpu: str | None = None, memory: str | None = None, labels: dict | None = None, **spec) -> dict:
    """A pod of one container."""
    asked = {"cpu": cpu, "memory": memory, **spec.pop("more", {})}
    requests = {kind: amount for kind, amount in asked.items() if amount}
    container = {"name": "c", "image": spec.pop("image", "web:1"), "resources": {"requests": requests}}
    priority = spec.pop("priority", 0)
    if priority:
        spec["priorityClassName"] = f"p{priority}"
    if "ports" in spec:
        container["ports"] = spec.pop("ports")
    meta = {"name": name, "namespace": "default", "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container], **spec}}


def place(cluster: Cluster, obj: dict, node: str) -> Key:
    """Create a pod and bind it."""
    key = key_of(cluster.create(obj))
    cluster.bind(key, node)
    return key


def add(cluster: Cluster, obj: dict) -> Key:
    """Create an object; its key."""
    return key_of(cluster.create(obj))

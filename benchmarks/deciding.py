"""What the benchmarks of the scheduler are made of: nodes, pods by kind, and deciding them one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from labkit.cluster import Cluster
from labkit.kinds import Key, decode
from labkit.kinds.pod import Pod
from labkit.scheduler import DEFAULT, Columns, Decision, decide
from labkit.scheduler.memory import Memory
from labkit.scheduler.podinfo import PodInfo

Object = dict[str, Any]

HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
WEB = {"matchLabels": {"app": "web"}}
EVERY_NODE = replace(DEFAULT, percentage=100)
SPREAD = [
    {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": WEB}
    for key in (ZONE, HOST)
]
APART = {
    "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": HOST, "labelSelector": WEB}]}
}
NEAR = {
    "podAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 10, "podAffinityTerm": {"topologyKey": ZONE, "labelSelector": WEB}}
        ]
    }
}


def nodes(count: int, cpu: str = "32") -> Cluster:
    """Equal nodes in three zones."""
    cluster = Cluster()
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    account = {"name": "default", "namespace": "default"}
    cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})
    room = {"cpu": cpu, "memory": "128Gi", "ephemeral-storage": "100Gi", "pods": "110"}
    for number in range(count):
        labels = {HOST: f"node-{number}", ZONE: "abc"[number % 3]}
        named = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"node-{number}", "labels": labels}}
        cluster.create({**named, "spec": {}, "status": {"allocatable": room, "capacity": room}})
    return cluster


def pod(number: int, cpu: str = "100m", memory: str = "128Mi", **spec: Any) -> Object:
    """A pod of one container."""
    container = {"name": "main", "image": "shop/web:1.0", "resources": {"requests": {"cpu": cpu, "memory": memory}}}
    meta = {"name": f"web-{number}", "namespace": "default", "labels": {"app": "web"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container], **spec}}


def different(number: int) -> Object:
    """A pod that asks for what no other asks for."""
    return pod(number, f"{100 + number % 977}m", f"{100 + number % 1013}Mi")


def structs(objects: Iterator[Object]) -> list[tuple[Key, Pod]]:
    """The pods as the scheduler reads them from the world."""
    return [(Key("Pod", "default", obj["metadata"]["name"]), decode(obj)) for obj in objects]


def decide_all(cluster: Cluster, columns: Columns, memory: Memory, pods: list[tuple[Key, Pod]]) -> Decision:
    """Decide the pods one after another, each counted on its node before the next is decided."""
    for key, struct in pods:
        info = PodInfo.of(key, struct)
        decision = decide(cluster, info, columns, EVERY_NODE, memory=memory)
        assert decision.row is not None
        columns.version += 1
        columns.put_on(decision.row, info)
    return decision


def preempt_all(cluster: Cluster, columns: Columns, memory: Memory, pods: list[tuple[Key, Pod]]) -> Decision:
    """Decide pods that need others to go; the victims leave, and the pod takes their place."""
    for number, (key, struct) in enumerate(pods):
        info = PodInfo.of(key, struct, 10**9 + number)
        decision = decide(cluster, info, columns, EVERY_NODE, memory=memory)
        assert decision.nominated is not None
        columns.version += 1
        row = columns.row[decision.nominated]
        for victim in decision.victims:
            columns.take_off(row, columns.placed[row][victim])
        columns.put_on(row, info)
    return decision

"""Small worlds with pods to try a plugin on: varied, bare, and a single node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.cluster import Cluster
from labkit.kinds.registry import Key, key_of
from labkit.scheduler.framework import cycle_of
from labkit.scheduler.plugin import Cycle

Object = dict[str, Any]

ZONE, HOSTNAME = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
WEB = {"matchLabels": {"app": "web"}}
HARD, SOFT = (
    [{"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": action, "labelSelector": WEB}]
    for action in ("DoNotSchedule", "ScheduleAnyway")
)
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
NEAR_WEB = {"topologyKey": ZONE, "labelSelector": WEB}
ON_SSD = {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}


def turns() -> Iterator[tuple[str, Cycle]]:
    """Every pod's turn in every world, with words that say which it is."""
    for name, cluster in (("varied", varied()), ("bare", bare()), ("of one node", single())):
        for key in cluster.keys("Pod"):
            if not cluster.read(key).spec.node_name:
                yield f'the pod "{key.name}" in a {name} cluster', cycle_of(cluster, key)


def varied() -> Cluster:
    """Nodes with zones, labels, taints, images and little room; pods of every sort, some placed."""
    cluster = begun()
    add(
        cluster,
        node("big", "8", "16Gi", {ZONE: "a", "disk": "ssd"}, images=[{"names": ["web:1"], "sizeBytes": 2 * 10**8}]),
    )
    add(
        cluster,
        node("gpu", "4", "8Gi", {ZONE: "a"}, taints=[taint("gpu", "NoSchedule")], more={"example.com/gpu": "2"}),
    )
    add(cluster, node("old", "4", "8Gi", {ZONE: "b", "disk": "hdd"}, taints=[taint("old", "PreferNoSchedule")]))
    add(cluster, node("closed", "4", "8Gi", {ZONE: "b"}, unschedulable=True))
    add(cluster, node("small", "250m", "256Mi", {ZONE: "c"}))
    add(cluster, node("odd", "4", "8Gi", {}))
    service = {"metadata": {"name": "web", "namespace": "default"}, "spec": {"selector": {"app": "web"}}}
    cluster.create({"apiVersion": "v1", "kind": "Service", **service})
    place(cluster, pod("web-1", {"app": "web"}, cpu="500m", memory="1Gi"), "big")
    place(cluster, pod("web-2", {"app": "web"}, cpu="1", ports=[80]), "old")
    place(cluster, pod("loner", {"app": "loner"}, affinity={"podAntiAffinity": {REQUIRED: [NEAR_WEB]}}), "small")
    for one in waiting():
        cluster.create(one)
    return cluster


def waiting() -> Iterator[Object]:
    """Pods that ask for nothing, for much, for a port, for labels, for company, for solitude."""
    yield pod("plain")
    yield pod("large", cpu="2", memory="4Gi")
    yield pod("huge", cpu="100")
    yield pod("web", {"app": "web"}, cpu="100m", topologySpreadConstraints=HARD)
    yield pod("web-soft", {"app": "web"}, cpu="100m", topologySpreadConstraints=SOFT)
    yield pod("port", ports=[80])
    yield pod("tolerant", cpu="1", tolerations=[{"operator": "Exists"}], more={"example.com/gpu": "1"})
    yield pod("picky", nodeSelector={"disk": "ssd"})
    node_affinity = {REQUIRED: {"nodeSelectorTerms": [ON_SSD]}, PREFERRED: [{"weight": 10, "preference": ON_SSD}]}
    yield pod("choosy", affinity={"nodeAffinity": node_affinity})
    weighted = {"weight": 50, "podAffinityTerm": NEAR_WEB}
    yield pod("friend", affinity={"podAffinity": {REQUIRED: [NEAR_WEB], PREFERRED: [weighted]}})
    yield pod("hermit", affinity={"podAntiAffinity": {REQUIRED: [NEAR_WEB]}})


def bare() -> Cluster:
    """Nodes without labels, pods without labels or requests: what looks for one must bear that there is none."""
    cluster = begun()
    for name in ("one", "two", "three"):
        add(cluster, node(name, "2", "4Gi", None))
    place(cluster, pod("placed"), "two")
    cluster.create(pod("plain"))
    return cluster


def single() -> Cluster:
    """One node, and a pod that fits."""
    cluster = begun()
    add(cluster, node("only", "2", "4Gi", {ZONE: "a"}))
    cluster.create(pod("plain", {"app": "web"}, cpu="100m"))
    return cluster


def begun() -> Cluster:
    """A cluster with what pods need."""
    cluster = Cluster()
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    account = {"name": "default", "namespace": "default"}
    cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})
    return cluster


def add(cluster: Cluster, obj: Object) -> Key:
    """Create a node, ready at once."""
    key = key_of(cluster.create(obj))
    cluster.patch(key, {"spec": {"taints": obj["spec"].get("taints")}})
    return key


def place(cluster: Cluster, obj: Object, name: str) -> None:
    """Create a pod on its node."""
    cluster.bind(key_of(cluster.create(obj)), name)


def node(name: str, cpu: str, memory: str, labels: Object | None, **spec: Any) -> Object:
    """A node; without labels (None) not even its hostname is one."""
    room = {"cpu": cpu, "memory": memory, "pods": "110", **spec.pop("more", {})}
    status = {"allocatable": room, "capacity": room, "images": spec.pop("images", [])}
    meta = {"name": name, "labels": {} if labels is None else {HOSTNAME: name, **labels}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": meta, "spec": spec, "status": status}


def taint(key: str, effect: str) -> Object:
    """A taint."""
    return {"key": key, "value": "true", "effect": effect}


def pod(name: str, labels: Object | None = None, **spec: Any) -> Object:
    """A pod of one container; cpu, memory, `more` and `ports` are the container's."""
    asked = {kind: spec.pop(kind) for kind in ("cpu", "memory") if kind in spec} | spec.pop("more", {})
    ports = [{"containerPort": port, "hostPort": port} for port in spec.pop("ports", ())]
    limits = {kind: amount for kind, amount in asked.items() if "/" in kind}
    container = {"name": "c", "image": "web:1", "resources": {"requests": asked, "limits": limits}, "ports": ports}
    meta = {"name": name, "namespace": "default", "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container], **spec}}

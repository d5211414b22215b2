"""One workload in two labs: a Cluster Autoscaler grows node groups for it, and Karpenter buys machines for it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from labkit.autoscaling.karpenter.offerings import CAPACITY_TYPE, ON_DEMAND, SPOT
from labkit.cloud.nodes import TYPE_LABEL
from labkit.fields import quantity
from labkit.instancetypes import instance_type
from labkit.kinds import Key
from labkit.lab import Lab
from labkit.views.ninth_pod import Box, Comparison, Side

GROUPS: dict[str, tuple[str, ...]] = {
    "m5.large": ("m5.large",),
    "m5.xlarge": ("m5.xlarge",),
    "m5.2xlarge": ("m5.2xlarge",),
    "m5.large and m5.2xlarge": ("m5.large", "m5.2xlarge"),
    "m5.xlarge and c5.xlarge": ("m5.xlarge", "c5.xlarge"),
}
"""What node groups there are to choose from."""
EXPANDERS = ("least-waste", "most-pods", "least-nodes", "price", "random")
FAMILIES: dict[str, tuple[str, ...]] = {
    "m5": ("m5",),
    "c5, m5, r5": ("c5", "m5", "r5"),
    "c5, m5, r5, t3": ("c5", "m5", "r5", "t3"),
}
"""Instance families a NodePool may allow."""
SETTLE, WATCH = "90s", "2m"
MEMORY = "1Gi"


class Choice(NamedTuple):
    """The workload, what the Cluster Autoscaler may grow, and what Karpenter may buy; `cpu` in millicores a pod."""

    pods: int = 9
    cpu: int = 900
    groups: str = "m5.xlarge"
    expander: str = "least-waste"
    families: str = "c5, m5, r5"
    spot: bool = False


def compare(choice: Choice) -> Comparison:
    """What both have bought some minutes after the last pod came."""
    return Comparison(
        choice.pods,
        choice.cpu,
        grown(choice.pods, choice.cpu, choice.groups, choice.expander),
        bought(choice.pods, choice.cpu, choice.families, choice.spot),
    )


@lru_cache(maxsize=256)
def grown(pods: int, cpu: int, groups: str, expander: str) -> Side:
    """What a Cluster Autoscaler with these groups comes to."""
    lab = Lab.kubernetes(nodes=0, seed=1)
    for kind in GROUPS[groups]:
        lab.node_group(kind.replace(".", "-"), kind, max=40, zones="a")
    return _played(lab.cluster_autoscaler(expander=expander), "Cluster Autoscaler", pods, cpu)


@lru_cache(maxsize=256)
def bought(pods: int, cpu: int, families: str, spot: bool) -> Side:
    """What Karpenter comes to with a pool of these families."""
    lab = Lab.kubernetes(nodes=0, seed=1).install("karpenter")
    lab.apply([NODE_CLASS, node_pool(FAMILIES[families], spot)])
    return _played(lab, "Karpenter", pods, cpu)


NODE_CLASS = {"apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", "metadata": {"name": "default"}, "spec": {}}


def node_pool(families: tuple[str, ...], spot: bool) -> dict[str, Any]:
    """A NodePool of these families, on demand alone or with Spot."""
    allowed = {
        "kubernetes.io/arch": ["amd64"],
        CAPACITY_TYPE: [SPOT, ON_DEMAND] if spot else [ON_DEMAND],
        "karpenter.k8s.aws/instance-family": list(families),
    }
    inner = {
        "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
        "requirements": [{"key": key, "operator": "In", "values": values} for key, values in allowed.items()],
    }
    made = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "pool"}}
    return {**made, "spec": {"template": {"spec": inner}}}


def workload(pods: int, cpu: int) -> dict[str, Any]:
    """A Deployment of so many pods that each ask for so much."""
    labels = {"app": "web"}
    requests = {"cpu": f"{cpu}m", "memory": MEMORY}
    container = {"name": "web", "image": "shop/web:1.0", "resources": {"requests": requests}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": pods, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def _played(lab: Lab, title: str, pods: int, cpu: int) -> Side:
    """All pods but one come and settle; then the last one comes."""
    lab.apply(workload(pods - 1, cpu))
    lab.run(SETTLE)
    began, before = lab.now, set(lab.cluster.keys("Pod"))
    lab.apply(workload(pods, cpu))
    lab.run(WATCH)
    last = [key for key in lab.cluster.keys("Pod") if key not in before]
    boxes = tuple(_box(lab, key, cpu) for key in lab.cluster.keys("Node"))
    waiting = sum(not pod.spec.node_name for pod in lab.cluster.items("Pod"))
    return Side(title, boxes, waiting, _waited(lab, last, began))


def _waited(lab: Lab, last: list[Key], began: float) -> float | None:
    """Seconds until the last pod was ready; None if it isn't."""
    for entry in lab.history:
        if entry.key in last and entry.new is not None and lab.cluster.get(entry.key) and _is_ready(entry.new):
            return float(entry.time - began)
    return None


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _box(lab: Lab, key: Key, cpu: int) -> Box:
    node = lab.cluster.read(key)
    of = instance_type(node.metadata.labels[TYPE_LABEL])
    is_spot = node.metadata.labels.get(CAPACITY_TYPE) == SPOT
    pods = sum(pod.spec.node_name == key.name for pod in lab.cluster.items("Pod"))
    room = quantity.milli(node.status.allocatable["cpu"])
    memory = quantity.value(node.status.allocatable["memory"])
    most = min(room // cpu, memory // quantity.value(MEMORY), of.max_pods)
    return Box(key.name, of.name, is_spot, of.spot_price if is_spot else of.price, pods, most - pods, pods * cpu, room)

"""NodePools and NodeClaims as the world has them, read for deciding."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labkit.autoscaling.karpenter.budgets import Budget
from labkit.autoscaling.karpenter.offerings import POOL, ZONE, Size
from labkit.autoscaling.karpenter.requirements import Requirement, Requirements, requirement
from labkit.cloud.nodes import TYPE_LABEL, node
from labkit.cluster import Cluster
from labkit.controllers.daemons import verdict
from labkit.controllers.daemonset import daemon_pod
from labkit.fields import durations, quantity
from labkit.instancetypes import instance_type
from labkit.kinds import decode
from labkit.kinds.conditions import find_condition
from labkit.kinds.node import Node, Taint
from labkit.kinds.registry import Key
from labkit.scheduler.podinfo import PodInfo

Object = dict[str, Any]

CLAIM, NODE_POOL = "NodeClaim", "NodePool"
HASH = "karpenter.sh/nodepool-hash"
INFINITE = 2**62


class Pool(NamedTuple):
    """A NodePool: what its nodes may be; times in seconds, None for Never."""

    name: str
    weight: int
    requirements: Requirements
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    startup_taints: tuple[Taint, ...]
    limits: Mapping[str, Any]
    budgets: tuple[Budget, ...]
    consolidate_after: float | None
    policy: str
    expire_after: float | None
    hash: str

    def limit(self, name: str) -> int:
        """The bound of cpu (millicores), memory (bytes) or nodes."""
        if name not in self.limits:
            return INFINITE
        return quantity.milli(self.limits[name]) if name == "cpu" else quantity.value(self.limits[name])


def pools_of(cluster: Cluster) -> list[Pool]:
    """Every pool that is ready and isn't being deleted, the heaviest first, equal ones by name."""
    held = [
        obj for obj in cluster.list(NODE_POOL) if "deletionTimestamp" not in obj["metadata"] and is_so(obj, "Ready")
    ]
    return sorted(map(pool_of, held), key=lambda pool: (-pool.weight, pool.name))


def pool_of(obj: Object) -> Pool:
    """A NodePool, read."""
    spec, name = obj["spec"], obj["metadata"]["name"]
    template, disruption = spec["template"], spec["disruption"]
    inner, labels = template["spec"], template.get("metadata", {}).get("labels", {})
    own = [requirement(one["key"], one["operator"], one.get("values", ())) for one in inner["requirements"]]
    known = [*own, *(Requirement(key, frozenset({value})) for key, value in labels.items())]
    return Pool(
        name,
        spec.get("weight", 0),
        Requirements.of([*known, Requirement(POOL, frozenset({name}))]),
        labels,
        _taints(inner.get("taints", ())),
        _taints(inner.get("startupTaints", ())),
        spec.get("limits", {}),
        tuple(_budget(one) for one in disruption.get("budgets", ())),
        _seconds(disruption["consolidateAfter"]),
        disruption["consolidationPolicy"],
        _seconds(inner["expireAfter"]),
        hash_of(template),
    )


def hash_of(template: Object) -> str:
    """What changes when nodes of the pool would be made differently; requirements are compared one by one instead.

    labkit's own digest: the real one is of Go's memory layout.
    """
    spec = {key: value for key, value in template["spec"].items() if key != "requirements"}
    text = json.dumps({**template, "spec": spec}, sort_keys=True)
    return str(int(hashlib.sha256(text.encode()).hexdigest()[:16], 16))


def _taints(listed: Any) -> tuple[Taint, ...]:
    return tuple(Taint(key=one["key"], value=one.get("value", ""), effect=one["effect"]) for one in listed)


def _budget(one: Object) -> Budget:
    return Budget(one["nodes"], one.get("schedule"), one.get("duration"), tuple(one.get("reasons", ())))


def _seconds(text: str) -> float | None:
    return None if text == "Never" else durations.parse_go(text) / 1e9


def claims_of(cluster: Cluster, pool: str = "") -> list[Object]:
    """The NodeClaims, of one pool or all, in order of creation."""
    held = cluster.list(CLAIM)
    return [one for one in held if not pool or one["metadata"]["labels"].get(POOL) == pool]


def used_by(cluster: Cluster, pool: Pool) -> Size:
    """What the machines of a pool have together; `pods` counts the machines."""
    types = [instance_type(one["metadata"]["labels"][TYPE_LABEL]) for one in claims_of(cluster, pool.name)]
    return Size(sum(of.vcpu for of in types) * 1000, sum(of.memory for of in types) * 2**20, len(types))


def is_so(claim: Object, condition: str) -> bool:
    """Whether a condition of a claim is True."""
    return (find_condition(claim, condition) or {}).get("status") == "True"


def node_of(cluster: Cluster, claim: Object) -> Key | None:
    """The Node of a claim, once it has registered."""
    key = Key("Node", "", claim["metadata"]["name"])
    return key if cluster.get(key) is not None else None


def inflight(cluster: Cluster) -> Iterator[Node]:
    """The nodes that claims will be, whose machines aren't ready yet."""
    for claim in claims_of(cluster):
        if "deletionTimestamp" not in claim["metadata"] and not is_so(claim, "Initialized"):
            yield node_from(claim)


def node_from(claim: Object) -> Node:
    """The node that a claim's machine will be, ready for pods."""
    meta, taints = claim["metadata"], claim["spec"].get("taints", ())
    labels = meta["labels"]
    made: Node = decode(node(meta["name"], instance_type(labels[TYPE_LABEL]), labels[ZONE], labels, taints))
    return made


def daemons(cluster: Cluster, pool: Pool) -> Size:
    """What DaemonSets ask for on every node of a pool."""
    sample = Node(metadata=_meta(pool), spec=decode_spec(pool))
    size = Size()
    for key in cluster.keys("DaemonSet"):
        pod = decode(daemon_pod(cluster.require(key), "sample", ""))
        if verdict(sample, cluster.read(key).spec.template.spec, pod.spec.tolerations).runs:
            request = PodInfo.of(Key("Pod", key.namespace, key.name), pod).request
            size = size.plus(Size(request.get("cpu", 0), request.get("memory", 0), 1))
    return size


def _meta(pool: Pool) -> Any:
    labels = {key: min(one.values) for key, one in pool.requirements.items() if one.values and not one.but}
    return decode({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "sample", "labels": labels}}).metadata


def decode_spec(pool: Pool) -> Any:
    """The spec of a node of the pool: its taints."""
    taints = [{"key": one.key, "value": one.value, "effect": one.effect} for one in pool.taints]
    made = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "sample"}, "spec": {"taints": taints}}
    return decode(made).spec

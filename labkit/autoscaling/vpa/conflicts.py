"""Workloads that a horizontal and a vertical autoscaler both size by the same resource.

The one counts utilisation, which is use by request; the other changes the request. Each answers what the other does.
Source: vertical-pod-autoscaler docs/known-limitations.md, 1.7: not to be used together on cpu or memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labkit.cluster import Cluster
from labkit.kinds.registry import Key


class Conflict(NamedTuple):
    """Two autoscalers that follow one resource of a workload."""

    workload: Key
    resource: str
    horizontal: str
    vertical: str

    def __str__(self) -> str:
        both = f"HorizontalPodAutoscaler {self.horizontal} and VerticalPodAutoscaler {self.vertical}"
        return f"{both} both size {self.workload} by {self.resource}: they will answer each other"


def conflicts(cluster: Cluster) -> list[Conflict]:
    """Every pair of autoscalers that will answer each other; one that only recommends (mode Off) disturbs nobody."""
    return [found for key in cluster.keys("VerticalPodAutoscaler") for found in _of(cluster, key)]


def _of(cluster: Cluster, key: Key) -> Iterator[Conflict]:
    autoscaler = cluster.read(key)
    reference = autoscaler.spec.target_ref
    if autoscaler.spec.update_policy.update_mode == "Off":
        return
    for obj in cluster.list("HorizontalPodAutoscaler", key.namespace):
        target = obj["spec"]["scaleTargetRef"]
        if (target["kind"], target["name"]) == (reference.kind, reference.name):
            workload = Key(reference.kind, key.namespace, reference.name)
            for resource in _utilised(obj):
                yield Conflict(workload, resource, obj["metadata"]["name"], key.name)


def _utilised(horizontal: dict[str, Any]) -> Iterator[str]:
    for metric in horizontal["spec"].get("metrics", ()):
        told = metric.get("resource") or metric.get("containerResource") or {}
        if told.get("target", {}).get("type") == "Utilization":
            yield told["name"]

"""Adapters of the tables ca_expander and karpenter: labkit.autoscaling.{clusterautoscaler,karpenter}."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from labkit.autoscaling.clusterautoscaler import expanders
from labkit.autoscaling.clusterautoscaler.estimator import Alike, estimate
from labkit.autoscaling.clusterautoscaler.expanders import Amounts, Option, PodPrices
from labkit.autoscaling.clusterautoscaler.utilization import Held, utilization
from labkit.autoscaling.karpenter.budgets import Budget, allowed
from labkit.autoscaling.karpenter.cost import eviction_cost, lifetime_remaining
from labkit.autoscaling.karpenter.requirements import Requirement, Requirements, requirement

Row = dict[str, Any]
MI = 2**20


def estimated(row: Row) -> Row:
    """How many nodes the pods of a row need."""
    node, daemon = row["node"], row["daemonset_pod"]
    groups = [
        Alike(
            [(number, pod)] * pod["count"], pod["cpu_milli"] / node["cpu_milli"] + pod["memory_mi"] / node["memory_mi"]
        )
        for number, pod in enumerate(row["pod_groups"])
    ]
    found = estimate(groups, _Nodes(node, daemon), row["max_nodes"])
    per_group = list(found.scheduled)
    return {"nodes": found.nodes, "scheduled_per_group": per_group, "scheduled_pods": sum(per_group)}


def _share(pod: Row, node: Row) -> float:
    return float(pod["cpu_milli"] / node["cpu_milli"] + pod["memory_mi"] / node["memory_mi"])


class _Nodes:
    """The nodes that are thought up for a row."""

    def __init__(self, node: Row, daemon: Row | None) -> None:
        self.node, self.daemon = node, daemon
        self.held: list[_Node] = []

    def add(self) -> None:
        """One more, its daemon on it."""
        self.held.append(_Node(self.node, self.daemon))

    def first_fit(self, pod: Any, places: Sequence[int]) -> int | None:
        """The first that has room."""
        return next((place for place in places if self.held[place].fits(pod)), None)

    def put(self, pod: Any, place: int) -> None:
        """Take the room."""
        self.held[place].put(pod)


class _Node:
    """An empty node of a row, its daemon on it."""

    def __init__(self, node: Row, daemon: Row | None) -> None:
        self.room = [node["cpu_milli"], node["memory_mi"], node["pods"]]
        self.held: set[int] = set()
        if daemon:
            self._take(daemon)

    def fits(self, pod: Any) -> bool:
        """Whether cpu, memory and pods are left, and none of its like is here if it keeps apart."""
        number, asked = pod
        if asked.get("self_anti_affinity_hostname") and number in self.held:
            return False
        return all(left >= wanted for left, wanted in zip(self.room, _wanted(asked), strict=True))

    def put(self, pod: Any) -> None:
        """Take the room."""
        self.held.add(pod[0])
        self._take(pod[1])

    def _take(self, asked: Row) -> None:
        self.room = [left - wanted for left, wanted in zip(self.room, _wanted(asked), strict=True)]


def _wanted(pod: Row) -> tuple[int, int, int]:
    return pod["cpu_milli"], pod["memory_mi"], 1


def best_options(row: Row) -> Row:
    """What each expander keeps."""
    options = [_option(one) for one in row["options"]]
    prices = PodPrices(row["pod_price_per_core_hour"], row["pod_price_per_gib_hour"])
    by_price = expanders.cheapest(options, prices, row["cluster_nodes"])
    kept = {
        "least-nodes": expanders.least_nodes(options),
        "least-waste": expanders.least_waste(options),
        "most-pods": expanders.most_pods(options),
        "price": by_price,
    }
    told = expanders.priced(by_price[0], prices, row["cluster_nodes"])
    return {name: [one.group for one in best] for name, best in kept.items()} | {
        "price_debug": f" | price-expander: {told}"
    }


def _option(one: Row) -> Option:
    pods = one["pods"]
    asked = [Amounts(pods["cpu_milli"], pods["memory_mi"] * MI)] * pods["count"]
    size = Amounts(one["node_cpu_milli"], one["node_memory_mi"] * MI)
    return Option(one["id"], one["node_count"], size, asked, one["node_price_per_hour"])


def used(row: Row) -> Row:
    """The share of a node that is asked for."""
    pods = [
        Held(
            pod["cpu_milli"],
            pod["memory_mi"],
            pod["kind"] == "DaemonSet",
            pod["kind"] == "mirror",
            pod.get("deletion_timestamp_ago_s", 0) - 30,
        )
        for pod in row["pods"]
    ]
    room = row["allocatable_cpu_milli"], row["allocatable_memory_mi"]
    found = utilization(*room, pods, row["skip_daemonset_pods"], row["skip_mirror_pods"])
    shares = {"cpu": found.cpu, "memory": found.memory, "utilization": found.share}
    written = {name: "+Inf" if share == math.inf else share for name, share in shares.items()}
    return {**written, "resource": found.resource}


def budgets(row: Row) -> Row:
    """How many nodes may be disrupted for a reason now."""
    held = [
        Budget(one["nodes"], one["schedule"], one["duration"], tuple(one["reasons"] or ())) for one in row["budgets"]
    ]
    found = allowed(held, row["nodes"], row["reason"], datetime.fromisoformat(row["now"]))
    return {"allowed": "unbounded" if found is None else found}


def intersection(row: Row) -> Row:
    """What two requirements of one key allow together."""
    found = _read(row["a"]) & _read(row["b"])
    return {
        "has": [value for value in row["probe"] if found.has(value)],
        "has_intersection": _read(row["a"]).meets(_read(row["b"])),
        "operator": found.operator,
        "string": str(found),
    }


def compatible(row: Row) -> Row:
    """Whether a node's requirements can meet a pod's, and if not why."""
    node, pod = (Requirements.of(map(_read, row[side])) for side in ("node", "pod"))
    answer: Row = {}
    for name, problems in (("compatible", node.incompatible(pod)), ("intersects", node.apart(pod))):
        answer[name] = not problems
        if problems:
            answer[f"{name}_error"] = "; ".join(problems)
    return answer


def _read(one: Row) -> Requirement:
    return requirement(one["key"], one["operator"], one.get("values", ()))


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("ca_expander", "Estimate"): estimated,
    ("ca_expander", "BestOptions"): best_options,
    ("ca_expander", "utilization.Calculate"): used,
    ("karpenter", "GetAllowedDisruptionsByReason"): budgets,
    ("karpenter", "Requirement.Intersection"): intersection,
    ("karpenter", "Requirements.Compatible"): compatible,
    ("karpenter", "EvictionCost"): lambda row: eviction_cost(row["deletion_cost"] or "", row["priority"] or 0),
    ("karpenter", "LifetimeRemaining"): lambda row: lifetime_remaining(row["age_s"], row["expire_after_s"]),
}

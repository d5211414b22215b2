"""Why Karpenter removes or replaces a node, or leaves it alone, in its events' words."""

from __future__ import annotations

from labkit.autoscaling.answers import NodeAnswer
from labkit.autoscaling.karpenter.disruption import (
    Blocked,
    Candidate,
    Command,
    candidate,
    consolidatable,
    consolidated,
    empty,
    has_drifted,
    left_by_budgets,
)
from labkit.autoscaling.karpenter.pools import CLAIM, pools_of
from labkit.cluster import Cluster
from labkit.kinds.registry import Key


def explain(cluster: Cluster, node: Key) -> NodeAnswer:
    """Why a node goes or stays, as of now. ApiError NotFound for one that Karpenter didn't buy."""
    claim = cluster.require(Key(CLAIM, "", node.name))
    if "deletionTimestamp" in claim["metadata"]:
        return NodeAnswer(node.name, True, "", "its pods are evicted, then its machine is terminated")
    found = candidate(cluster, claim, {pool.name: pool for pool in pools_of(cluster)})
    if isinstance(found, Blocked):
        return NodeAnswer(node.name, False, "DisruptionBlocked", found.words)
    return _judged(cluster, found)


def _judged(cluster: Cluster, one: Candidate) -> NodeAnswer:
    if has_drifted(one):
        return _bounded(cluster, one, "Drifted", "its pool would make it differently today")
    if not consolidatable(cluster, one):
        words = "consolidateAfter of its pool is Never, or hasn't passed since a pod came or went"
        return NodeAnswer(one.name, False, "Unconsolidatable", words)
    if empty(cluster, [one]) is not None:
        return _bounded(cluster, one, "Empty", "no pods are on it")
    if one.pool.policy == "WhenEmpty":
        return NodeAnswer(one.name, False, "Unconsolidatable", "its pool takes away empty nodes only")
    command = consolidated(cluster, [one])
    if isinstance(command, Command):
        return _bounded(cluster, one, "Underutilized", _words(one, command))
    return NodeAnswer(one.name, False, "Unconsolidatable", command)


def _words(one: Candidate, command: Command) -> str:
    if not command.replacements:
        return "its pods fit on the other nodes"
    machine, offering = command.replacements[0].choices[0]
    now = f"{one.price:.4f} USD an hour"
    return f"a {machine.type.name} ({offering.capacity_type}) at {offering.price:.4f} instead of {now} holds its pods"


def _bounded(cluster: Cluster, one: Candidate, reason: str, words: str) -> NodeAnswer:
    if left_by_budgets(cluster, reason)[one.pool.name]:
        return NodeAnswer(one.name, True, reason, words)
    return NodeAnswer(one.name, False, "DisruptionBlocked", f"{words}, but no disruption budget of its pool has room")

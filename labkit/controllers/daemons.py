"""On which nodes a DaemonSet's pods belong. All pure.

Source: pkg/controller/daemon/{daemon_controller.go NodeShouldRunDaemonPod, update.go rollingUpdate,
util/daemonset_util.go}, v1.36.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from labkit.fields import intstr
from labkit.kinds.node import Node, Taint
from labkit.kinds.pod import PodSpec, Toleration
from labkit.kinds.registry import Key
from labkit.kinds.workloads import Strategy
from labkit.scheduler.nodeterms import suits
from labkit.scheduler.tolerations import first_untolerated

Dict = dict[str, Any]

_PREFIX = "node.kubernetes.io/"
_ALWAYS = (
    ("not-ready", "NoExecute"), ("unreachable", "NoExecute"), ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"), ("pid-pressure", "NoSchedule"), ("unschedulable", "NoSchedule"),
)  # fmt: skip


class Verdict(NamedTuple):
    """Whether a node gets a daemon pod, and whether one that is there may stay."""

    runs: bool
    stays: bool


def daemon_tolerations(given: Sequence[Dict], host_network: bool) -> list[Dict]:
    """The tolerations of a daemon pod: those given, and the ones that keep it on troubled nodes."""
    added = [*_ALWAYS, *([("network-unavailable", "NoSchedule")] if host_network else [])]
    every = [{"key": _PREFIX + name, "operator": "Exists", "effect": effect} for name, effect in added]
    kept = [one for one in given if not any(_same(one, other) for other in every)]
    return [*kept, *every]


def _same(a: Dict, b: Dict) -> bool:
    return all(a.get(field) == b.get(field) for field in ("key", "operator", "value", "effect"))


def verdict(node: Node, spec: PodSpec, tolerations: Sequence[Toleration]) -> Verdict:
    """What NodeShouldRunDaemonPod says, for a pod of `spec` with the `tolerations` a daemon pod has."""
    if spec.node_name and spec.node_name != node.metadata.name:
        return Verdict(False, False)
    if not suits(node, spec):
        return Verdict(False, False)
    taints: Sequence[Taint] = node.spec.taints
    if first_untolerated(taints, tolerations) is not None:
        return Verdict(False, first_untolerated(taints, tolerations, ["NoExecute"]) is None)
    return Verdict(True, True)


def counts(strategy: Strategy, nodes: int) -> tuple[int, int]:
    """(maxSurge, maxUnavailable) for that many nodes; both round up."""
    rolling = strategy.rolling_update
    if strategy.type != "RollingUpdate" or rolling is None:
        return 0, 0
    unavailable = 1 if rolling.max_unavailable is None else rolling.max_unavailable
    surge, unavailable = (intstr.scaled(one, nodes, round_up=True) for one in (rolling.max_surge or 0, unavailable))
    return surge, unavailable


def limits(strategy: Strategy, nodes: int) -> tuple[int, int]:
    """(maxSurge, maxUnavailable) that an update keeps to: where both are zero one pod may be unavailable."""
    found = counts(strategy, nodes)
    return (0, 1) if found == (0, 0) else found


class Held(NamedTuple):
    """The daemon pods of a node: the oldest of the newest template and of older ones, None where there is none."""

    new: Key | None
    old: Key | None
    new_available: bool = False
    old_available: bool = False


class Surge(NamedTuple):
    """What an update with maxSurge does: old pods that go, nodes that get a second pod."""

    delete: list[Key]
    create: list[str]


def surge(nodes: Mapping[str, Held], most: int) -> Surge:
    """One step of an update in which at most so many nodes have a second pod, that is not available yet.

    A node whose old pod is not available gets its new one at once.
    """
    delete = [held.old for held in nodes.values() if held.old and held.new and held.new_available]
    waiting = sum(bool(held.old and held.new and not held.new_available) for held in nodes.values())
    stale = [name for name, held in nodes.items() if held.old and not held.new]
    broken = [name for name in stale if not nodes[name].old_available]
    whole = [name for name in stale if nodes[name].old_available]
    return Surge(delete, [*broken, *whole[: max(most - waiting, 0)]])

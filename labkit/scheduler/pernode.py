"""Plugins that look at one node at a time: the way to write a first one.

    class NoOldNodes:
        def filter_node(self, pod, node):
            return "node(s) are too old" if node.labels.get("age") == "old" else None

        def score_node(self, pod, node):
            return 100 - len(node.pods)

    profile = Profile().with_plugin(NoOldNodes())

Slower than a plugin that works on whole columns, by as many calls as there are nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from labkit.errors import LabError
from labkit.kinds.node import Node, Taint
from labkit.kinds.pod import Pod
from labkit.scheduler.coded import Ints
from labkit.scheduler.plugin import MAX_SCORE, SUCCESS, UNSCHEDULABLE, Cycle, Verdict

ANYTHING = (
    "Node/Add", "Node/Delete", "Node/UpdateLabel", "Node/UpdateTaint", "Node/UpdateAllocatable",
    "Pod/Add", "Pod/Delete", "Pod/UpdateLabel", "Pod/ScaleDown",
)  # fmt: skip
"""What may make a pod fit that such a plugin refused, unless the plugin says `events` itself."""

RULES = ("filter_node", "score_node")


@dataclass(frozen=True, eq=False)
class NodeView:
    """One node as a plugin sees it; cpu is in thousandths of a core, memory in bytes."""

    cycle: Cycle
    row: int

    @property
    def node(self) -> Node:
        """The node's struct: metadata, spec, status."""
        return self.cycle.columns.nodes[self.row]

    @property
    def name(self) -> str:
        """Its name."""
        return self.cycle.columns.names[self.row]

    @property
    def labels(self) -> Mapping[str, str]:
        """Its labels."""
        return self.node.metadata.labels

    @property
    def taints(self) -> tuple[Taint, ...]:
        """Its taints."""
        return self.node.spec.taints

    @cached_property
    def pods(self) -> tuple[Pod, ...]:
        """The pods that run there."""
        return tuple(info.pod for info in self.cycle.columns.placed[self.row].values())

    @cached_property
    def allocatable(self) -> dict[str, int]:
        """What it has to give: {"cpu": 4000, "memory": 17179869184, ...}."""
        return self._amounts(self.cycle.columns.allocatable[self.row])

    @cached_property
    def requested(self) -> dict[str, int]:
        """What its pods ask for, without the pod whose turn it is."""
        return self._amounts(self.cycle.columns.requested[self.row])

    @property
    def free(self) -> dict[str, int]:
        """What is left."""
        return {name: amount - self.requested[name] for name, amount in self.allocatable.items()}

    def _amounts(self, numbers: Ints) -> dict[str, int]:
        return {name: int(numbers[column]) for name, column in self.cycle.columns.resources.items()}


class PerNode:
    """Makes a plugin of a rule: an object with `filter_node(pod, node)`, `score_node(pod, node)` or both.

    `filter_node` returns None if the node can take the pod, else why not. `score_node` returns a whole number from 0
    to 100; the more, the better. `pod` is the pod's struct (`pod.metadata.labels`, `pod.spec`), `node` a NodeView.
    The plugin's name is the rule's `name` or the name of its class; `events` may say what to wait for after a refusal.
    Raises LabError where an answer is neither.
    """

    def __init__(self, rule: Any) -> None:
        self.rule = rule
        self.name: str = getattr(rule, "name", type(rule).__name__)
        self.events: tuple[str, ...] = getattr(rule, "events", ANYTHING)
        # What a plugin offers is seen by the methods it has, so it gets only those that its rule has words for.
        if hasattr(rule, "filter_node"):
            self.filter = self._filter
        if hasattr(rule, "score_node"):
            self.score = self._score

    def __repr__(self) -> str:
        return f"PerNode({self.rule!r})"

    def _filter(self, cycle: Cycle, rows: Ints) -> Verdict:
        said = [self._reason(cycle, row) for row in rows.tolist()]
        texts = list(dict.fromkeys(one for one in said if one is not None))
        numbers = np.array([0 if one is None else texts.index(one) for one in said], np.int64)
        codes = np.array([SUCCESS if one is None else UNSCHEDULABLE for one in said], np.int64)
        return Verdict(codes, numbers, lambda number: (texts[number],))

    def _score(self, cycle: Cycle, rows: Ints) -> Ints:
        return np.array([self._points(cycle, row) for row in rows.tolist()], np.int64)

    def _reason(self, cycle: Cycle, row: int) -> str | None:
        view = NodeView(cycle, row)
        reason = self.rule.filter_node(cycle.pod, view)
        if reason is None or (isinstance(reason, str) and reason):
            return reason
        hint = "Return None if the node can take the pod, else a text that says why not."
        raise LabError(f"{self.name}: filter_node returned {reason!r} for node {view.name}", hint)

    def _points(self, cycle: Cycle, row: int) -> int:
        view = NodeView(cycle, row)
        points = self.rule.score_node(cycle.pod, view)
        if isinstance(points, int | np.integer) and not isinstance(points, bool) and 0 <= points <= MAX_SCORE:
            return int(points)
        hint = f"Return a whole number from 0 to {MAX_SCORE}; int(...) makes one of a fraction."
        raise LabError(f"{self.name}: score_node returned {points!r} for node {view.name}", hint)


def as_plugin(plugin: Any) -> Any:
    """The plugin itself; an object made of its class; a rule about single nodes wrapped as PerNode."""
    if isinstance(plugin, type):
        plugin = plugin()
    return PerNode(plugin) if any(hasattr(plugin, one) for one in RULES) else plugin

"""Equal pods decided once: what plugins said of each node is kept, and asked again only for nodes that changed.

Holds for plugins whose answer about a node depends on that node and the pod alone (`OF_ONE_NODE`); the others are
asked as ever. Pods are equal if all is that those plugins read of them. Decisions are the same with and without it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

import msgspec
import numpy as np

from labkit.scheduler.coded import Ints
from labkit.scheduler.decision import Refused
from labkit.scheduler.filtering import Filtered, plain_filters
from labkit.scheduler.plugin import Cycle
from labkit.scheduler.podinfo import PodInfo

OF_ONE_NODE = frozenset({
    "NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit",
    "DynamicResources", "NodeResourcesBalancedAllocation", "ImageLocality",
})  # fmt: skip
"""ImageLocality looks at all nodes, but nothing is kept when a node itself changes."""

MOST_CLASSES = 64
NOBODY = -1

encode = msgspec.json.Encoder(order="sorted").encode


def is_of_one_node(plugin: Any) -> bool:
    """Whether a plugin's answer about a node depends on that node and the pod alone; a learner's own may not."""
    return plugin.name in OF_ONE_NODE and type(plugin).__module__.startswith("labkit.scheduler.")


class Recollection:
    """What was said of every node for one class of pods, as of `version` of the columns.

    `by[row]` is the place of the filter that refused the row (-1: none), with its `codes` and `reasons`; `raw` the raw
    scores by plugin, None where it had nothing to say.
    """

    def __init__(self, cycle: Cycle, filters: Sequence[Any], scorers: Sequence[Any]) -> None:
        # A filter that comes after one that must be asked anew is asked anew too: the first to refuse speaks.
        self.filters = list(takewhile(is_of_one_node, filters))
        self.scorers = {plugin.name: plugin for plugin in scorers if is_of_one_node(plugin)}
        count = len(cycle.columns)
        self.nodes_version = cycle.columns.nodes_version
        self.by = np.full(count, NOBODY, np.int8)
        self.codes, self.reasons = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self.texts: list[Callable[[int], tuple[str, ...]]] = [lambda _: () for _ in self.filters]
        self.raw: dict[str, Ints | None] = {}
        self._ask(cycle, np.arange(count))
        self.version = cycle.columns.version

    def refresh(self, cycle: Cycle) -> None:
        """Ask again about the nodes that changed."""
        rows = np.flatnonzero(cycle.columns.changed > self.version)
        if len(rows):
            self._ask(cycle, rows)
        self.version = cycle.columns.version

    def _ask(self, cycle: Cycle, rows: Ints) -> None:
        self.by[rows] = NOBODY
        places = {plugin.name: place for place, plugin in enumerate(self.filters)}
        for one in plain_filters(cycle, self.filters, rows).refused:
            place = places[one.plugin]
            self.by[one.rows], self.codes[one.rows], self.reasons[one.rows] = place, one.codes, one.reasons
            self.texts[place] = one.texts
        for name, plugin in self.scorers.items():
            self._note(name, rows, plugin.score(cycle, rows))

    def _note(self, name: str, rows: Ints, raw: Ints | None) -> None:
        if raw is None or len(rows) == len(self.by):
            self.raw[name] = raw
            return
        kept = self.raw[name]
        assert kept is not None  # whether a plugin has something to say depends on the pod alone
        kept[rows] = raw

    def filtered(self, rows: Ints) -> Filtered:
        """What the filters said of these rows."""
        by = self.by[rows]
        refused = [self._refused(place, rows[by == place]) for place in range(len(self.filters))]
        return Filtered(rows[by == NOBODY], tuple(one for one in refused if len(one.rows)))

    def _refused(self, place: int, rows: Ints) -> Refused:
        return Refused(self.filters[place].name, rows, self.codes[rows], self.reasons[rows], self.texts[place])

    def scores(self, name: str, rows: Ints) -> Ints | None:
        """What a plugin's raw scores of these rows are."""
        raw = self.raw[name]
        return None if raw is None else raw[rows]


def class_of(info: PodInfo) -> bytes:
    """All that plugins of one node read of a pod; equal for pods of one template."""
    spec = info.pod.spec
    images = [container.image for container in (*spec.init_containers, *spec.containers)]
    affinity = spec.affinity.node_affinity if spec.affinity else None
    wanted = spec.node_name, spec.node_selector, affinity, spec.tolerations
    return encode((info.request, info.scoring, info.ports, images, *wanted))


class Memory:
    """The recollections of the classes of pods seen last; a class is kept from its second pod on."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Recollection | None] = OrderedDict()

    def recall(self, cycle: Cycle, filters: Sequence[Any], scorers: Sequence[Any]) -> Recollection | None:
        """What is known of pods like this one, up to date; None for the first of its class.

        The plugins must have been prepared for the pod.
        """
        same = class_of(cycle.info)
        known, found = same in self._kept, self._kept.pop(same, None)
        if found is not None and found.nodes_version == cycle.columns.nodes_version:
            found.refresh(cycle)
        else:
            found = Recollection(cycle, filters, scorers) if known else None
        self._kept[same] = found
        if len(self._kept) > MOST_CLASSES:
            self._kept.popitem(last=False)
        return found

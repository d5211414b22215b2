"""Equal pods decided once: what plugins said of each node is kept, and asked again only for nodes that changed.

Holds for plugins whose answer about a node depends on that node and the pod alone (`OF_ONE_NODE`); the others are
asked as ever. Pods are equal if all is that those plugins read of them. Decisions are the same with and without it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from labkit.scheduler.coded import Ints
from labkit.scheduler.decision import Refused, Scored
from labkit.scheduler.filtering import Filtered, plain_filters
from labkit.scheduler.plugin import Cycle
from labkit.scheduler.podinfo import PodInfo

OF_ONE_NODE = frozenset({
    "NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit",
    "DynamicResources", "NodeResourcesBalancedAllocation", "ImageLocality",
})  # fmt: skip
"""ImageLocality looks at all nodes, but nothing is kept when a node itself changes."""

OF_AMOUNTS = frozenset({"NodeResourcesFit", "NodeResourcesBalancedAllocation"})
OF_PODS_THERE = OF_AMOUNTS | {"NodePorts"}
"""Those of them whose answer changes with the pods on the node; what the others said stands until a node changes."""

AMOUNTS = ("allocatable", "requested", "scored", "count", "allowed")
FEW, MOST_AMOUNTS = 8, 4096

MOST_CLASSES = 64
NOBODY = -1

encode = msgspec.json.Encoder(order="sorted").encode


def is_of_one_node(plugin: Any) -> bool:
    """Whether a plugin's answer about a node depends on that node and the pod alone; a learner's own may not."""
    return plugin.name in OF_ONE_NODE and type(plugin).__module__.startswith("labkit.scheduler.")


class Standing(NamedTuple):
    """A whole answer: the visit from `start`, each row's `place` among the feasible, their scores and totals.

    Arrays are never changed, since decisions share them; an adjusted answer has new ones.
    """

    start: int
    found: Filtered
    place: Ints
    scored: Mapping[str, Scored]
    total: Ints


class Recollection:
    """What was said of every node for one class of pods, as of `version` of the columns.

    `by[row]` is the place of the filter that refused the row (-1: none), with its `codes` and `reasons`; `raw` the raw
    scores by plugin, None where it had nothing to say. `tries` is what preemption came to on a row, `crowded` who
    refused it with the pods nominated there. `standing` is the last whole answer.
    """

    def __init__(self, cycle: Cycle, filters: Sequence[Any], scorers: Sequence[Any]) -> None:
        # A filter that comes after one that must be asked anew is asked anew too: the first to refuse speaks.
        self.filters = list(takewhile(is_of_one_node, filters))
        self.asked = frozenset(plugin.name for plugin in self.filters)
        self.scorers = {plugin.name: plugin for plugin in scorers if is_of_one_node(plugin)}
        count = len(cycle.columns)
        self.nodes_version = cycle.columns.nodes_version
        self.by = np.full(count, NOBODY, np.int8)
        self.codes, self.reasons = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self.texts: list[Callable[[int], tuple[str, ...]]] = [lambda _: () for _ in self.filters]
        self.raw: dict[str, Ints | None] = {}
        self.standing: Standing | None = None
        self.tries: dict[int, Any] = {}
        self.crowded: dict[int, list[Refused]] = {}
        self.budgets: list[Any] = []
        self._steady = sum(1 for _ in takewhile(lambda plugin: plugin.name not in OF_PODS_THERE, self.filters))
        self._varying = [name for name in self.scorers if name in OF_PODS_THERE]
        self._alike: dict[bytes, tuple[Any, ...]] = {}
        self._ask(cycle, np.arange(count), self.filters, list(self.scorers))
        self.version = cycle.columns.version

    def refresh(self, cycle: Cycle) -> None:
        """Ask again about the nodes that changed."""
        rows = (cycle.columns.changed > self.version).nonzero()[0]
        for row in rows.tolist() if self.tries or self.crowded else ():
            self.tries.pop(row, None)
            self.crowded.pop(row, None)
        before = self.by[rows]
        # Who was refused for what the node itself is stays refused.
        again = rows[(before == NOBODY) | (before >= self._steady)]
        if len(again) > FEW or "NodePorts" not in cycle.skipped:
            self._ask(cycle, again, self.filters[self._steady :], self._varying)
        else:
            for row in again.tolist():
                self._ask_by_amounts(cycle, row)
        if self.standing is not None and len(rows):
            self.standing = self._adjusted(self.standing, rows, before)
        self.version = cycle.columns.version

    def _ask_by_amounts(self, cycle: Cycle, row: int) -> None:
        """Ask about one row, or take what was said of a row with the same amounts: nothing else is looked at."""
        amounts = b"".join([getattr(cycle.columns, name)[row].tobytes() for name in AMOUNTS])
        said = self._alike.get(amounts)
        if said is None:
            self._ask(cycle, np.array([row]), self.filters[self._steady :], self._varying)
            if len(self._alike) >= MOST_AMOUNTS:
                self._alike.clear()
            self._alike[amounts] = tuple(array[row] for array in self._said())
            return
        for array, value in zip(self._said(), said, strict=True):
            array[row] = value

    def _said(self) -> list[NDArray[Any]]:
        varying = [raw for raw in map(self.raw.get, self._varying) if raw is not None]
        return [self.by, self.codes, self.reasons, *varying]

    def _ask(self, cycle: Cycle, rows: Ints, filters: Sequence[Any], scorers: Sequence[str]) -> None:
        self.by[rows] = NOBODY
        places = {plugin.name: place for place, plugin in enumerate(self.filters)}
        for one in plain_filters(cycle, filters, rows).refused:
            place = places[one.plugin]
            self.by[one.rows], self.codes[one.rows], self.reasons[one.rows] = place, one.codes, one.reasons
            self.texts[place] = one.texts
        for name in scorers:
            self._note(name, rows, self.scorers[name].score(cycle, rows))

    def _adjusted(self, standing: Standing, rows: Ints, before: NDArray[Any]) -> Standing | None:
        """The standing answer with the new scores of these rows; None if one of them isn't or wasn't feasible."""
        if (before != NOBODY).any() or (self.by[rows] != NOBODY).any():
            return None
        places, scored, total = standing.place[rows], dict(standing.scored), standing.total.copy()
        for name in self._varying:
            if name in scored:
                old, new = scored[name], _with_raw(scored[name], places, self.raw[name], rows)
                total[places] += (new.normalized[places] - old.normalized[places]) * new.weight
                scored[name] = new
        return standing._replace(scored=scored, total=total)

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


def _with_raw(one: Scored, places: Ints, raw: Ints | None, rows: Ints) -> Scored:
    assert raw is not None
    fresh = one.raw.copy()
    fresh[places] = raw[rows]
    return Scored(fresh, fresh, one.weight)  # plugins whose answer varies don't normalise


def class_of(info: PodInfo) -> bytes:
    """All that plugins of one node and preemption read of a pod; equal for pods of one template."""
    spec = info.pod.spec
    images = [container.image for container in (*spec.init_containers, *spec.containers)]
    affinity = spec.affinity.node_affinity if spec.affinity else None
    wanted = spec.node_name, spec.node_selector, affinity, spec.tolerations, spec.priority
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

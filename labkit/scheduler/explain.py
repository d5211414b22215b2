"""Why a pod goes where it goes: every node with its verdict, every score with the terms it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from labkit.cluster import Cluster
from labkit.kinds.registry import Key
from labkit.scheduler.columns import Columns
from labkit.scheduler.counterfactual import Helps, what_would_help
from labkit.scheduler.decision import Decision, Rejection
from labkit.scheduler.framework import cycle_of, decided
from labkit.scheduler.plugin import Cycle
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.profile import DEFAULT, Profile


class Score(NamedTuple):
    """What one plugin gave one node: raw, as 0 to 100, times its weight, and the terms of the raw number in words."""

    plugin: str
    raw: int
    normalized: int
    weight: int
    terms: tuple[str, ...]

    @property
    def weighted(self) -> int:
        """What goes into the node's total."""
        return self.normalized * self.weight

    def __str__(self) -> str:
        return f"{self.plugin} {self.weighted} = {self.normalized} * {self.weight} (raw {self.raw})"


class Row(NamedTuple):
    """One node: who refused it and in which terms, or its scores and total; `chosen` where the pod goes."""

    node: str
    rejection: Rejection | None
    terms: tuple[str, ...]
    scores: tuple[Score, ...]
    total: int | None
    chosen: bool

    @property
    def verdict(self) -> str:
        """In a few words: chosen, feasible, or who refused it and why."""
        if self.rejection:
            return f"{self.rejection.plugin}: {', '.join(self.rejection.reasons)}"
        return "chosen" if self.chosen else "feasible"


@dataclass(frozen=True, eq=False)
class Why:
    """A decision with the turn it was made in. `str` tells it as text, `rows` is the data; `paint` makes it HTML."""

    decision: Decision
    cycle: Cycle
    profile: Profile
    paint: Callable[[Why], str] | None = None

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every node, the feasible ones first, best first; then the refused ones in order of creation."""
        found = [self._row(name) for name in self.decision.names]
        return tuple(sorted(found, key=lambda row: (row.rejection is not None, not row.chosen, -(row.total or 0))))

    @property
    def node(self) -> str | None:
        """Where the pod goes."""
        return self.decision.node

    @cached_property
    def summary(self) -> str:
        """One line: the pod, its node, how that was chosen; or the literal message."""
        decision, pod = self.decision, f"{self.decision.pod.namespace}/{self.decision.pod.name}"
        if untried := self._untried():
            return f"{pod} {untried}"
        if decision.node is None:
            return f"{pod} waits: {decision.message}{self._evictions()}"
        count = f"{len(decision.feasible)} of {len(decision.names)} nodes feasible"
        if not decision.scores:
            return f"{pod} → {decision.node}: the only feasible node, nothing to score ({count})"
        return f"{pod} → {decision.node}: {decision.totals[decision.node]} points ({count}){self._tie()}"

    def what_would_help(self) -> Helps:
        """The smallest single changes with which a pending pod would fit, each tried; none for one that has a node."""
        return what_would_help(self.cycle, self.profile, self.decision)

    def __str__(self) -> str:
        return "\n".join([self.summary, *(line for row in self.rows for line in _lines(row))])

    __repr__ = __str__

    def _repr_html_(self) -> str | None:
        return self.paint(self) if self.paint else None

    def _untried(self) -> str:
        """Why no scheduler tries the pod, if none does; the rows then tell what would be."""
        spec, node = self.cycle.pod.spec, self.decision.node
        if spec.node_name and not self._was_bound():
            return f"is on {spec.node_name} because its spec names that node: no scheduler chose it"
        if not spec.scheduling_gates:
            return ""
        gates = ", ".join(gate.name for gate in spec.scheduling_gates)
        place = f"to {node}" if node else "nowhere"
        return f"waits for its scheduling gates: {gates}; without them it would go {place}"

    def _was_bound(self) -> bool:
        return any(entry.verb == "bind" for entry in self.cycle.world.history.of(self.decision.pod))

    def _tie(self) -> str:
        best = self.decision.best
        return f"; a tie of {', '.join(best)}: the first visited is taken" if len(best) > 1 else ""

    def _evictions(self) -> str:
        if not self.decision.nominated:
            return ""
        leaving = ", ".join(f"{victim.namespace}/{victim.name}" for victim in self.decision.victims)
        return f" It is nominated for {self.decision.nominated}, where {leaving} must leave first."

    def _row(self, node: str) -> Row:
        decision, number = self.decision, self.cycle.columns.row[node]
        chosen, rejection = node == decision.node, decision.rejected.get(node)
        if node in decision.totals:
            scores = tuple(self._scores(node, number))
            return Row(node, None, (), scores, decision.totals[node], chosen)
        if rejection is None and node not in decision.feasible:
            rejection = self._left_out()
        return Row(node, rejection, tuple(self._refusal_terms(rejection, number)), (), None, chosen)

    def _left_out(self) -> Rejection:
        said = self.decision.prefilter or self.decision.narrowed
        if said:
            return Rejection(", ".join(self.decision.prefiltered_by), "", (said,))
        return Rejection("not visited", "", ("enough feasible nodes were found before",))

    def _refusal_terms(self, rejection: Rejection | None, number: int) -> list[str]:
        plugin = self._plugin(rejection.plugin) if rejection else None
        return list(plugin.refusal_terms(self.cycle, number)) if hasattr(plugin, "refusal_terms") else []

    def _scores(self, node: str, number: int) -> Iterator[Score]:
        place = self.decision.feasible.index(node)
        for name, scored in self.decision.scored.items():
            plugin = self._plugin(name)
            terms = tuple(plugin.score_terms(self.cycle, number)) if hasattr(plugin, "score_terms") else ()
            yield Score(name, int(scored.raw[place]), int(scored.normalized[place]), scored.weight, terms)

    def _plugin(self, name: str) -> object:
        return next((plugin for plugin in self.profile.plugins if plugin.name == name), None)


def explain(
    cluster: Cluster,
    pod: Key | PodInfo,
    columns: Columns | None = None,
    profile: Profile = DEFAULT,
    start: int = 0,
) -> Why:
    """Decide, as `framework.decide` does, and keep all that is needed to tell why."""
    cycle = cycle_of(cluster, pod, columns)
    return Why(decided(cycle, profile, start), cycle, profile)


def _lines(row: Row) -> Iterator[str]:
    yield f"  {row.node}: {row.verdict}" + (f", {row.total} points" if row.total is not None else "")
    for term in row.terms:
        yield f"    {term}"
    for score in row.scores:
        yield f"    {score}" + (f": {', '.join(score.terms)}" if score.terms else "")

"""One scheduling decision laid open: what each plugin said of each node, under two weightings. Numbers and words.

The raw and normalised scores are the scheduler's own; only weighing and picking are done here, since they are what is
played with. Picking follows `labkit.scheduler.framework.picked`: the first visited of the highest total.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from labkit.scheduler import Why
from labkit.views.style import TIMES
from labkit.views.table import Table

FILTER, SCORE, NORMALIZE, PICK = STEPS = ("filter", "score", "normalise", "pick")
PROFILE, YOURS = "profile", "yours"
SIDES = (PROFILE, YOURS)
Numbers = Mapping[str, Mapping[str, int]]


class Ray(NamedTuple):
    """The state of an X-ray.

    `nodes` in order of creation, `visited` the feasible ones in the order of the visit. `filters` are the filtering
    plugins in order, `silent` those with nothing to say about this pod. `refusals` are (plugin, reason) by node.
    `raw` and `normalized` are by plugin and node. `weights` are those of each side: the profile's and the learner's.
    """

    pod: str
    nodes: tuple[str, ...]
    visited: tuple[str, ...]
    filters: tuple[str, ...]
    silent: frozenset[str]
    refusals: Mapping[str, tuple[str, str]]
    raw: Numbers
    normalized: Numbers
    weights: Mapping[str, Mapping[str, int]]
    step: str = PICK

    def weighted(self, side: str, plugin: str, node: str) -> int:
        """What the plugin contributes to the node's total under one weighting."""
        return self.normalized[plugin][node] * self.weights[side][plugin]

    def totals(self, side: str) -> dict[str, int]:
        """The totals of the feasible nodes."""
        return {node: sum(self.weighted(side, plugin, node) for plugin in self.raw) for node in self.visited}

    def best(self, side: str) -> tuple[str, ...]:
        """The nodes of the highest total; the first one is chosen."""
        totals = self.totals(side)
        return tuple(node for node in self.visited if totals[node] == max(totals.values()))

    def asked(self, node: str) -> tuple[str, ...]:
        """The filters that were asked about the node: all, or those up to the one that refused it."""
        refusing = self.refusals.get(node, ("", ""))[0]
        if node not in self.refusals:
            return self.filters
        return self.filters[: self.filters.index(refusing) + 1] if refusing in self.filters else ()


def ray(why: Why) -> Ray:
    """The state that shows a decision as it was made, under the profile's own weights on both sides."""
    decision, scored = why.decision, why.decision.scored
    weights = {plugin: one.weight for plugin, one in scored.items()}
    return Ray(
        decision.pod.name,
        tuple(decision.names),
        decision.feasible,
        tuple(plugin.name for plugin in why.profile.offering("filter")),
        frozenset(why.cycle.skipped),
        {row.node: (row.rejection.plugin, ", ".join(row.rejection.reasons)) for row in why.rows if row.rejection},
        {plugin: dict(zip(decision.feasible, one.raw.tolist(), strict=True)) for plugin, one in scored.items()},
        {plugin: dict(zip(decision.feasible, one.normalized.tolist(), strict=True)) for plugin, one in scored.items()},
        dict.fromkeys(SIDES, weights),
    )


def shown(state: Ray, plugin: str, node: str) -> int:
    """The number in a cell of the scores: raw, normalised, or weighted by the learner's weights, as the step is."""
    if state.step == SCORE:
        return state.raw[plugin][node]
    return state.normalized[plugin][node] if state.step == NORMALIZE else state.weighted(YOURS, plugin, node)


def describe(state: Ray) -> str:
    """The alt text: what the step shows, in a sentence or two."""
    total, left = len(state.nodes), len(state.visited)
    if state.step == FILTER or not left:
        refusing = ", ".join(dict.fromkeys(plugin for plugin, _ in state.refusals.values()))
        return f"{left} of {total} nodes pass every filter." + (f" Refused by {refusing}." if refusing else "")
    if not state.raw:
        return f"{state.visited[0]} is the only feasible node, so nothing is scored."
    if state.step == SCORE:
        return f"{len(state.raw)} plugins score {left} nodes, each in numbers of its own."
    if state.step == NORMALIZE:
        return "Each plugin's numbers are brought to 0 to 100; where fewer is better, they are turned round."
    return " ".join(_picked(state, side) for side in SIDES)


def _picked(state: Ray, side: str) -> str:
    best, who = state.best(side), "The profile's weights" if side == PROFILE else "Yours"
    tie = f", the first visited of a tie ({', '.join(best)})" if len(best) > 1 else ""
    return f"{who} choose {best[0]} with {state.totals(side)[best[0]]} points{tie}."


def table(state: Ray) -> Table:
    """One row a node: who refused it, each plugin's number as in the picture, and from the last step both totals."""
    plugins = tuple(state.raw) if state.step != FILTER else ()
    sides = SIDES if state.step == PICK and state.raw else ()
    heads = [f"{plugin} {TIMES} {state.weights[YOURS][plugin]}" if sides else plugin for plugin in plugins]
    rows = tuple(_row(state, node, plugins, sides) for node in state.nodes)
    return Table(describe(state), ("Node", "Filters", *heads, *(f"Total, {side}" for side in sides)), rows)


def _row(state: Ray, node: str, plugins: tuple[str, ...], sides: tuple[str, ...]) -> tuple[object, ...]:
    if node in state.refusals:
        return (node, ": ".join(state.refusals[node]), *("" for _ in (*plugins, *sides)))
    numbers = (shown(state, plugin, node) for plugin in plugins)
    return (node, "passed", *numbers, *(f"{state.totals(side)[node]}{_mark(state, side, node)}" for side in sides))


def _mark(state: Ray, side: str, node: str) -> str:
    found = standing(state, side, node)
    return {"chosen": " ★ chosen", "tie": " = tie"}.get(found, "")


def standing(state: Ray, side: str, node: str) -> str:
    """What became of a feasible node under one weighting: chosen, tie or feasible."""
    best = state.best(side)
    if node == best[0]:
        return "chosen"
    return "tie" if node in best else "feasible"

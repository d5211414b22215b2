"""One attempt to schedule one pod: prefilter, filter, score, pick; where nothing is feasible, postfilter.

`decide` is a pure function of the world, the pod, the profile and where the visit of nodes starts.
Source: pkg/scheduler/schedule_one.go, framework/runtime/framework.go, v1.36.
Left out: extenders, Permit and waiting pods.
"""

from __future__ import annotations

import random
from collections.abc import Container, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from labkit.cluster import Cluster
from labkit.kinds.registry import Key
from labkit.scheduler.coded import Ints
from labkit.scheduler.columns import Columns
from labkit.scheduler.decision import Decision, Evictions, Refused, Scored, best_of, total_of
from labkit.scheduler.filtering import Filtered, run_filters
from labkit.scheduler.memory import Memory, Standing
from labkit.scheduler.messages import contradictory, left_out
from labkit.scheduler.order import nodes_to_find
from labkit.scheduler.plugin import UNRESOLVABLE, Cycle, Prepared, Refusal
from labkit.scheduler.podinfo import PodInfo
from labkit.scheduler.profile import DEFAULT, Profile


def decide(
    cluster: Cluster,
    pod: Key | PodInfo,
    columns: Columns | None = None,
    profile: Profile = DEFAULT,
    start: int = 0,
    rng: random.Random | None = None,
    memory: Memory | None = None,
) -> Decision:
    """Where the pod goes, or why it goes nowhere. Nothing is written.

    `columns` must be fresh; without them they are built. `start` is the position in the visiting order to begin at.
    With `rng` ties are broken at random as up to v1.34, otherwise the first of the best is taken. `memory`, which
    belongs to columns and profile, makes pods equal to earlier ones quick.
    """
    return decided(cycle_of(cluster, pod, columns), profile, start, rng, memory)


def cycle_of(cluster: Cluster, pod: Key | PodInfo, columns: Columns | None = None) -> Cycle:
    """A pod's turn, before anything was asked; NotFound if there is no such pod."""
    if not isinstance(pod, PodInfo):
        cluster.require(pod)
        pod = PodInfo.of(pod, cluster.read(pod))
    return Cycle(pod, Columns(cluster) if columns is None else columns, cluster)


def decided(
    cycle: Cycle,
    profile: Profile,
    start: int = 0,
    rng: random.Random | None = None,
    memory: Memory | None = None,
) -> Decision:
    """The decision of one turn; the cycle keeps the states that explain it."""
    columns = cycle.columns
    begun: dict[str, Any] = {"pod": cycle.info.key, "names": columns.names, "start": start, "next_start": start}
    if not len(columns):
        return Decision(rows=np.zeros(0, np.int64), **begun)
    ready = run_prefilters(cycle, profile)
    begun["prefiltered_by"] = ready.plugins
    if ready.refusal:
        failed = Decision(rows=np.zeros(0, np.int64), refusal=ready.refusal, **begun)
        return with_postfilter(cycle, profile, failed)
    begun["narrowed"] = left_out(ready.plugins) if ready.plugins else ""
    if memory is not None:
        cycle.recollection = memory.recall(cycle, profile.filters, profile.scorers)
    standing = standing_answer(cycle, profile, ready, start)
    if standing is not None:
        return stood_by(cycle, profile, standing, rng, begun)
    found = find_feasible(cycle, profile, ready.nodes, start)
    begun["next_start"] = (start + len(found.rows) + sum(len(one.rows) for one in found.refused)) % len(columns)
    if not len(found.rows):
        return with_postfilter(cycle, profile, Decision(**found._asdict(), **begun))
    scored = run_scores(cycle, profile, found.rows) if len(found.rows) > 1 else {}
    keep_standing(cycle, profile, ready, start, found, scored)
    return Decision(scored=scored, row=picked(found.rows, scored, rng), **found._asdict(), **begun)


def is_of_nodes(cycle: Cycle, profile: Profile, ready: Ready) -> bool:
    """Whether all feasible nodes are found by what was kept of pods like this one, with no nomination in between."""
    kept = cycle.recollection
    if kept is None or profile.percentage < 100 or ready.nodes is not None or cycle.columns.nominated:
        return False
    if cycle.pod.status.nominated_node_name:
        return False
    return profile.filter_names <= kept.asked | cycle.skipped


def standing_answer(cycle: Cycle, profile: Profile, ready: Ready, start: int) -> Standing | None:
    """The last answer for pods like this one, if it still holds."""
    standing = cycle.recollection.standing if cycle.recollection else None
    if standing is None or standing.start != start or not is_of_nodes(cycle, profile, ready):
        return None
    return standing


def keep_standing(
    cycle: Cycle, profile: Profile, ready: Ready, start: int, found: Filtered, scored: Mapping[str, Scored]
) -> None:
    """Keep an answer for the next pod like this one: the part of it that only nodes decide."""
    kept = cycle.recollection
    if kept is None or not scored or not is_of_nodes(cycle, profile, ready):
        return
    own = {name: one for name, one in scored.items() if name in kept.scorers}
    place = np.full(len(cycle.columns), -1, np.int64)
    place[found.rows] = np.arange(len(found.rows))
    kept.standing = Standing(start, found, place, own, total_of(own.values(), len(found.rows)))


def stood_by(
    cycle: Cycle, profile: Profile, standing: Standing, rng: random.Random | None, begun: dict[str, Any]
) -> Decision:
    """The decision that the standing answer means, with the scores of the plugins that look at other nodes' pods."""
    rows, scored = standing.found.rows, dict(standing.scored)
    others = run_scores(cycle, profile, rows, without=standing.scored)
    total = standing.total + total_of(others.values(), len(rows)) if others else standing.total
    row = rows[rng.choice(best_of(total).tolist()) if rng else total.argmax()]
    return Decision(scored=scored | others, row=int(row), **standing.found._asdict(), **begun)


def picked(rows: Ints, scored: Mapping[str, Scored], rng: random.Random | None) -> int:
    """The row of the highest total: the first of them, or one at random."""
    total = total_of(scored.values(), len(rows))
    return int(rows[rng.choice(best_of(total).tolist()) if rng else total.argmax()])


class Ready(NamedTuple):
    """What the PreFilter plugins leave: node names (None: all), or a refusal of the pod; and which plugins did that."""

    nodes: frozenset[str] | None = None
    refusal: Refusal | None = None
    plugins: tuple[str, ...] = ()


def run_prefilters(cycle: Cycle, profile: Profile) -> Ready:
    """Prepare every plugin, up to the first that refuses the pod."""
    ready = Ready()
    for plugin in profile.prefilters:
        prepared: Prepared = plugin.prefilter(cycle)
        if prepared.refusal:
            return Ready(None, prepared.refusal, (plugin.name,))
        if prepared.skip:
            cycle.skipped.add(plugin.name)
        cycle.states[plugin.name] = prepared.state
        if prepared.nodes is not None:
            ready = narrowed(ready, prepared.nodes, plugin.name)
            if not ready.nodes:
                return ready._replace(refusal=Refusal(UNRESOLVABLE, contradictory(ready.plugins)))
    return ready


def narrowed(ready: Ready, nodes: frozenset[str], plugin: str) -> Ready:
    """What is left when a plugin leaves only these nodes."""
    left = nodes if ready.nodes is None else ready.nodes & nodes
    return Ready(left, None, (*ready.plugins, plugin))


def find_feasible(cycle: Cycle, profile: Profile, nodes: frozenset[str] | None, start: int) -> Filtered:
    """The nodes that pass every filter, as many as are looked for; a nominated node is tried before all others."""
    columns, plugins = cycle.columns, profile.filters
    nominated = columns.row.get(cycle.pod.status.nominated_node_name)
    if nominated is not None:
        first = run_filters(cycle, plugins, np.array([nominated]))
        if len(first.rows):
            return first
    rows = columns.order
    if nodes is not None:
        rows = np.array([row for row in rows if columns.names[row] in nodes], np.int64)
    if not len(rows):
        return Filtered(rows, ())
    rows = np.roll(rows, -(start % len(rows)))
    return enough(run_filters(cycle, plugins, rows), rows, nodes_to_find(len(rows), profile.percentage))


def enough(found: Filtered, rows: Ints, limit: int) -> Filtered:
    """What was found when the visit stops at the last feasible node that is needed."""
    if len(found.rows) <= limit:
        return found
    visited = rows[: int(np.flatnonzero(rows == found.rows[limit - 1])[0]) + 1]
    return Filtered(found.rows[:limit], tuple(filter(None, (_within(one, visited) for one in found.refused))))


def _within(one: Refused, visited: Ints) -> Refused | None:
    kept = np.isin(one.rows, visited)
    return Refused(one.plugin, one.rows[kept], one.codes[kept], one.reasons[kept], one.texts) if kept.any() else None


def run_scores(cycle: Cycle, profile: Profile, rows: Ints, without: Container[str] = frozenset()) -> dict[str, Scored]:
    """The scoring plugins' scores of the feasible rows; those with nothing to say are left out."""
    found = {}
    for plugin in profile.scorers:
        if plugin.name in without:
            continue
        raw = raw_score(cycle, plugin, rows)
        if raw is not None:
            normalized = plugin.normalize(cycle, raw) if hasattr(plugin, "normalize") else raw
            found[plugin.name] = Scored(raw, normalized, profile.weights.get(plugin.name, 1))
    return found


def raw_score(cycle: Cycle, plugin: Any, rows: Ints) -> Ints | None:
    """A plugin's raw scores, from what is known of pods like this one where there is such."""
    known = cycle.recollection
    if known is not None and plugin.name in known.scorers:
        return known.scores(plugin.name, rows)
    raw: Ints | None = plugin.score(cycle, rows)
    return raw


def with_postfilter(cycle: Cycle, profile: Profile, failed: Decision) -> Decision:
    """The decision with what the PostFilter plugins make of it, up to the first that finds a node or has to stop."""
    said: list[Evictions] = []
    for plugin in profile.offering("postfilter"):
        said.append(plugin.postfilter(cycle, failed, profile.filters))
        if said[-1].nominated or said[-1].stop:
            break
    return _with(failed, evictions=tuple(said))


def _with(decision: Decision, **changes: Any) -> Decision:
    fields: Sequence[str] = tuple(Decision.__dataclass_fields__)
    return Decision(**{name: getattr(decision, name) for name in fields} | changes)

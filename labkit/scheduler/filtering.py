"""Running filters: each plugin sees the nodes that those before it let through.

Source: framework/runtime/framework.go RunFilterPluginsWithNominatedPods, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from labkit.scheduler.coded import Ints
from labkit.scheduler.decision import Refused
from labkit.scheduler.plugin import SUCCESS, Cycle, Verdict
from labkit.scheduler.podinfo import PodInfo

if TYPE_CHECKING:
    from labkit.scheduler.memory import Recollection


class Filtered(NamedTuple):
    """The rows that passed, in the order given, and those that each plugin refused."""

    rows: Ints
    refused: tuple[Refused, ...]


def run_filters(cycle: Cycle, plugins: Sequence[Any], rows: Ints) -> Filtered:
    """Filter the rows; where pods of this or higher priority are nominated, a node must fit with and without them."""
    crowded = nominated_rows(cycle, rows)
    early = tuple(one for row in crowded for one in _refused_when_crowded(cycle, plugins, row))
    if early:
        rows = rows[~np.isin(rows, np.concatenate([one.rows for one in early]))]
    found = remembered_filters(cycle, plugins, rows)
    return Filtered(found.rows, early + found.refused)


def remembered_filters(cycle: Cycle, plugins: Sequence[Any], rows: Ints) -> Filtered:
    """As `plain_filters`, with what is known of pods like this one instead of asking again."""
    if cycle.recollection is None:
        return plain_filters(cycle, plugins, rows)
    known = cycle.recollection.filtered(rows)
    others = [plugin for plugin in plugins if plugin.name not in cycle.recollection.asked]
    found = plain_filters(cycle, others, known.rows)
    return Filtered(found.rows, known.refused + found.refused)


def plain_filters(cycle: Cycle, plugins: Sequence[Any], rows: Ints) -> Filtered:
    """Filter the rows as the columns show them; each row is refused at most once, by the first plugin that does."""
    refused = []
    for plugin in plugins:
        if plugin.name in cycle.skipped or not len(rows):
            continue
        verdict: Verdict = plugin.filter(cycle, rows)
        bad = verdict.codes != SUCCESS
        if bad.any():
            refused.append(Refused(plugin.name, rows[bad], verdict.codes[bad], verdict.reasons[bad], verdict.texts))
            rows = rows[~bad]
    return Filtered(rows, tuple(refused))


def nominated_rows(cycle: Cycle, rows: Ints) -> list[int]:
    """The rows on which other pods of this or higher priority are nominated."""
    if not cycle.columns.nominated:
        return []
    wanted = set(rows.tolist())
    return [row for row in cycle.columns.nominated if row in wanted and any(_rivals(cycle, row))]


def _rivals(cycle: Cycle, row: int) -> Iterable[PodInfo]:
    others = cycle.columns.nominated[row].values()
    return (one for one in others if one.priority >= cycle.info.priority and one.key != cycle.info.key)


def kept_by_row(cycle: Cycle, plugins: Sequence[Any], row: int) -> Recollection | None:
    """What is known of pods like this one, if trying things on that row would come to the same for all of them.

    Not so where a filter looks at other nodes, and on the node for which this pod itself is nominated.
    """
    kept = cycle.recollection
    if kept is None or cycle.info.key in cycle.columns.nominated.get(row, ()):
        return None
    known = kept.asked | cycle.skipped
    return kept if all(plugin.name in known for plugin in plugins) else None


def _refused_when_crowded(cycle: Cycle, plugins: Sequence[Any], row: int) -> list[Refused]:
    kept = kept_by_row(cycle, plugins, row)
    if kept is None:
        return _refused_with_rivals(cycle, plugins, row)
    if row not in kept.crowded:
        kept.crowded[row] = _refused_with_rivals(cycle, plugins, row)
    return kept.crowded[row]


def _refused_with_rivals(cycle: Cycle, plugins: Sequence[Any], row: int) -> list[Refused]:
    alone = cycle.only(row)
    for info in list(_rivals(cycle, row)):
        move(alone, plugins, info, 1)
    found = plain_filters(alone, plugins, np.zeros(1, np.int64))
    return [one._replace(rows=np.array([row])) for one in found.refused]


def move(cycle: Cycle, plugins: Sequence[Any], info: PodInfo, sign: int) -> None:
    """Put a pod on the only node of the cycle (+1) or take it off (-1), in the columns and in the plugins' states."""
    change = cycle.columns.put_on if sign > 0 else cycle.columns.take_off
    change(0, info)
    for plugin in plugins:
        if hasattr(plugin, "moved") and plugin.name not in cycle.skipped:
            cycle.states[plugin.name] = plugin.moved(cycle, cycle.states[plugin.name], info, sign)

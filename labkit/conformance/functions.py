"""Golden tables: rows of recorded functions, replayed with labkit's.

ADAPTERS is the one table from a recorded function's name, (table, fn), to a function from the row's `in` to its `out`.
A function labkit doesn't have yet is not in it, and is reported by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from labkit.conformance.adapters import (
    autoscalers,
    crons,
    daemons,
    deployments,
    disruptions,
    endpoints,
    grammar,
    jobs,
    kubelets,
    nodescaling,
    ordered,
    pods,
    printing,
    ranking,
    replicas,
    tainting,
    vertical,
)
from labkit.conformance.comparing import attempted, differences
from labkit.conformance.forms import Recording
from labkit.conformance.report import Outcome
from labkit.errors import LabError

Row = dict[str, Any]
Adapter = Callable[[Any], Any]

ADAPTERS: dict[tuple[str, str], Adapter] = {
    **grammar.TABLE,
    **printing.TABLE,
    **pods.TABLE,
    **ranking.TABLE,
    **deployments.TABLE,
    **disruptions.TABLE,
    **endpoints.TABLE,
    **jobs.TABLE,
    **crons.TABLE,
    **tainting.TABLE,
    **kubelets.TABLE,
    **daemons.TABLE,
    **vertical.TABLE,
    **ordered.TABLE,
    **autoscalers.TABLE,
    **replicas.TABLE,
    **nodescaling.TABLE,
}


def replay(recording: Recording) -> Iterator[Outcome]:
    """Replay the rows of one table."""
    for row in recording.content:
        table = str(row.get("id", recording.path.stem)).partition("/")[0]
        yield outcome(table, row)


def outcome(table: str, row: Row) -> Outcome:
    """Replay one row."""
    adapter = ADAPTERS.get((table, row["fn"]))
    if adapter is None:
        return Outcome.unsimulated(table, row["id"], row["fn"])
    return Outcome.compared(table, f"{row['id']} {row['fn']}", attempted(row_differences(adapter, row)))


def row_differences(adapter: Adapter, row: Row) -> Iterator[str]:
    """What the adapter's answer differs in from the row's."""
    try:
        got = adapter(row["in"])
        if isinstance(got, Iterator):
            # An endless answer is compared as far as it was recorded.
            got = list(islice(got, len(row.get("out", ())) or 1))
    except LabError as error:
        yield from differences(row.get("error"), error.message, "error")
        return
    if "error" in row:
        yield f"is accepted, recorded the error {row['error']!r}"
    else:
        yield from differences(row["out"], got)

"""Adapters of the table replicaset_rank: labkit.controllers.ranking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.controllers import ranking
from labkit.controllers.ranking import Ranked

Row = dict[str, Any]


def less(row: Row) -> Row:
    """Would `a` be deleted before `b`, and the other way round."""
    a, b = ranked(row["a"]), ranked(row["b"])
    return {"a_before_b": ranking.goes_before(a, b), "b_before_a": ranking.goes_before(b, a)}


def deletion_order(row: Row) -> Row:
    """The uids of `pods` in the order in which they go, and whether no pair of them contradicts it."""
    pods = [ranked(pod) for pod in row["pods"]]
    return {
        "order": [pod.uid for pod in ranking.in_order(pods, ranking.goes_before)],
        "total_order": _is_total(pods),
    }


def ranked(pod: Row) -> Ranked:
    """A row's pod as the order sees it."""
    return Ranked(
        uid=pod["uid"],
        node=pod.get("node", ""),
        phase=pod["phase"],
        ready=pod["ready"],
        ready_age=pod.get("ready_ago_s") or 0,
        age=pod["created_ago_s"],
        restarts=max(pod.get("restarts") or [0]),
        sidecar_restarts=max(pod.get("sidecar_restarts") or [0]),
        cost=ranking.deletion_cost(pod.get("deletion_cost", "")),
        crowd=pod["rank"],
    )


def _is_total(pods: list[Ranked]) -> bool:
    ordered = ranking.in_order(pods, ranking.goes_before)
    pairs = [(a, b) for place, a in enumerate(ordered) for b in ordered[place + 1 :]]
    return not any(ranking.goes_before(b, a) for a, b in pairs)


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("replicaset_rank", "Less"): less,
    ("replicaset_rank", "deletion_order"): deletion_order,
}

"""Expanders compared: for each node group that could grow, the number each expander goes by, and who would take it."""

from __future__ import annotations

from labkit.autoscaling.clusterautoscaler.expanders import priced
from labkit.autoscaling.clusterautoscaler.options import Options
from labkit.autoscaling.clusterautoscaler.scaleup import PRICES, Expansion, Plan, planned
from labkit.lab import Lab
from labkit.views.table import Table

COMPARED = ("most-pods", "least-nodes", "least-waste", "price")
STAR = "★"


def expanders(lab: Lab) -> Table:
    """What each expander would choose for the pods that are pending now; no rows where nothing could grow."""
    plans = {name: planned(lab.cluster.fork(), Options(expander=name)) for name in COMPARED}
    nodes = len(lab.cluster.keys("Node"))
    rows = tuple(_row(one, plans, nodes) for one in plans[COMPARED[0]].expansions)
    heads = ("Group", "Nodes more", "USD an hour more", *COMPARED)
    return Table("What each group would come to, and which one each expander takes", heads, rows)


def _row(one: Expansion, plans: dict[str, Plan], nodes: int) -> tuple[object, ...]:
    option = one.option
    told = {
        "most-pods": f"{len(one.pods)} pods",
        "least-nodes": f"{one.nodes} nodes",
        "least-waste": f"{option.waste:.2f} idle",
        "price": f"{priced(option, PRICES, nodes).score:.2f}",
    }
    marked = (told[name] + _star(one, plans[name]) for name in COMPARED)
    return (one.group.name, one.nodes, f"{option.price * one.nodes:.3f}", *marked)


def _star(one: Expansion, plan: Plan) -> str:
    return f" {STAR}" if any(kept.group.name == one.group.name for kept in plan.tied) else ""

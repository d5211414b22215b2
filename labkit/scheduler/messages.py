"""The scheduler's words.

Source: kube-scheduler framework/types.go FitError, pkg/scheduler/schedule_one.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NO_NODES = "no nodes available to schedule pods"


def fit_error(nodes: int, reasons: Mapping[str, int], prefilter: str = "", postfilter: str = "") -> str:
    """`0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient cpu. preemption: …`

    `reasons` counts nodes by reason; they are sorted as texts, count first, so 10 comes before 2.
    """
    counted = ", ".join(sorted(f"{count} {reason}" for reason, count in reasons.items() if count))
    said = "".join(f" {part}." for part in (prefilter, counted) if part)
    return f"0/{nodes} nodes are available:{said}{' ' if postfilter else ''}{postfilter}"


def assigned(namespace: str, pod: str, node: str) -> str:
    """The message of the event Scheduled."""
    return f"Successfully assigned {namespace}/{pod} to {node}"


def left_out(plugins: Sequence[str]) -> str:
    """Why nodes don't count that PreFilter results left out."""
    return f"node(s) didn't satisfy plugin(s) [{' '.join(sorted(plugins))}]"


def contradictory(plugins: Sequence[str]) -> str:
    """Why no node is left after the PreFilter results of these plugins."""
    if len(plugins) == 1:
        return f"node(s) didn't satisfy plugin {plugins[0]}"
    return f"node(s) didn't satisfy plugin(s) [{' '.join(plugins)}] simultaneously"

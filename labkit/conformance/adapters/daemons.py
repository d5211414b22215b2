"""Adapters of the table daemonset: labkit.controllers.daemons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from labkit.controllers import daemons
from labkit.kinds.node import Node
from labkit.kinds.pod import PodSpec, Toleration
from labkit.kinds.workloads import Strategy

Row = dict[str, Any]


def should_run(row: Row) -> Row:
    """Whether a daemon pod belongs on a node, and whether one that is there may stay."""
    spec = msgspec.convert(
        {name: row[name] for name in ("affinity", "nodeSelector", "nodeName", "hostNetwork") if name in row}, PodSpec
    )
    plain = {"metadata": row["node"], "spec": {"taints": row["taints"], "unschedulable": row["unschedulable"]}}
    given = daemons.daemon_tolerations(row.get("tolerations") or [], spec.host_network)
    said = daemons.verdict(msgspec.convert(plain, Node), spec, msgspec.convert(given, list[Toleration]))
    return {"should_run": said.runs, "should_continue_running": said.stays}


def counts(row: Row) -> Row:
    """maxSurge and maxUnavailable of the same value."""
    value = row["value"] if row["value"].endswith("%") else int(row["value"])
    rolling = {"maxSurge": value, "maxUnavailable": value}
    surge, unavailable = daemons.counts(msgspec.convert({"rollingUpdate": rolling}, Strategy), row["nodes"])
    return {"maxSurge": surge, "maxUnavailable": unavailable}


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("daemonset", "NodeShouldRunDaemonPod"): should_run,
    ("daemonset", "AddOrUpdateDaemonPodTolerations"): lambda row: daemons.daemon_tolerations([], row["hostNetwork"]),
    ("daemonset", "UnavailableCount_SurgeCount"): counts,
}

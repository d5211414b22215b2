"""Adapters of the tables hpa_replicas and hpa_behavior: labkit.autoscaling.hpa."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labkit.autoscaling.hpa import replicas, rules, spec
from labkit.autoscaling.hpa.fleet import requests_of
from labkit.autoscaling.hpa.replicas import PodState, Proposal, Sample, Tolerance, Totals
from labkit.autoscaling.hpa.rules import Bounds, Memory, Rules

Row = dict[str, Any]

_NOW = 10_000.0
_READY = {"True": True, "False": False, "None": None}


def resource(row: Row) -> Row:
    """GetResourceReplicas."""
    found = replicas.by_utilization(row["current"], row["target"], _totals(row, row["resource"], True), _tolerance(row))
    return {"raw": found.average, "replicas": found.replicas, "utilization": found.utilization}


def raw_resource(row: Row) -> Row:
    """GetRawResourceReplicas."""
    totals = _totals(row, row["resource"], False)
    return _shown(replicas.by_average(row["current"], row["target"], totals, _tolerance(row)))


def pods_metric(row: Row) -> Row:
    """GetMetricReplicas."""
    return _shown(replicas.by_average(row["current"], row["target"], _totals(row, "", False), _tolerance(row)))


def one_value(row: Row) -> Row:
    """GetObjectMetricReplicas and GetExternalMetricReplicas."""
    ready = row["ready_running_pods"] if row["pods_total"] else None
    return _shown(replicas.by_value(row["current"], row["target"], _value(row), ready, _tolerance(row)))


def per_pod(row: Row) -> Row:
    """GetObjectPerPodMetricReplicas and GetExternalPerPodMetricReplicas."""
    return _shown(replicas.by_value_per_pod(row["status_replicas"], row["target"], _value(row), _tolerance(row)))


def _value(row: Row) -> int:
    return int(sum(row["values"]) if "values" in row else row["value"])


def _tolerance(row: Row) -> Tolerance:
    return Tolerance(row["tolerance_up"], row["tolerance_down"])


def _shown(found: Proposal) -> Row:
    return {"replicas": found.replicas, "usage": found.average}


def _totals(row: Row, resource: str, requested: bool) -> Totals:
    if not row["pods"]:
        raise replicas.Unscalable(replicas.NO_PODS)
    samples = {
        pod["name"]: Sample(metric["milli"], _NOW - metric["ago"], metric["window"])
        for pod in row["pods"]
        if (metric := pod["metric"]) is not None
    }
    groups = replicas.grouped([_state(pod) for pod in row["pods"]], samples, resource, _NOW)
    requests = {pod["name"]: _request(pod, resource, row["container"]) for pod in row["pods"]} if requested else {}
    return replicas.totals(groups, sum(samples[name].value for name in groups.ready), requests)


def _request(pod: Row, resource: str, container: str) -> int:
    return requests_of(
        pod["name"],
        {one["name"]: one["milli"] for one in pod["requests"]},
        pod.get("pod_level_request_milli"),
        resource,
        container,
    )


def _state(pod: Row) -> PodState:
    started = None if pod["started_ago"] is None else _NOW - pod["started_ago"]
    changed = _NOW - pod["ready_changed_ago"]
    return PodState(pod["name"], pod["phase"], bool(pod.get("deleting")), started, _READY[pod["ready"]], changed)


def sequence(row: Row) -> list[Row]:
    """normalizeDesiredReplicas…: the workload is scaled at once to what comes out."""
    bounds, current = Bounds(row["min"], row["max"]), row["start_replicas"]
    memory = Memory(recommendations=((0.0, current),))
    up, down = _rules(row)
    found = []
    for step in row["steps"]:
        if up is None or down is None:
            got = rules.normalized(memory, step["t"], current, step["proposed"], bounds, row["downscale_stabilization"])
        else:
            got = rules.normalized_by_behavior(memory, step["t"], current, step["proposed"], bounds, up, down)
        found.append(
            {
                "current": current,
                "desired": got.replicas,
                "AbleToScale": got.able[0],
                "ScalingLimited": f"{got.limited} {got.limit[0]}",
            }
        )
        memory = got.memory
        if got.replicas != current and up is not None and down is not None:
            memory = rules.rescaled(memory, step["t"], current, got.replicas, up, down)
        current = got.replicas
    return found


def _rules(row: Row) -> tuple[Rules | None, Rules | None]:
    told = row.get("behavior_defaulted")
    if not told:
        return None, None
    return spec.rules(told["scaleUp"], 0.0), spec.rules(told["scaleDown"], row["downscale_stabilization"])


def limited(row: Row) -> list[Any]:
    """convertDesiredReplicasWithRules."""
    size, (reason, message) = rules.within_limits(row["current"], row["desired"], Bounds(row["min"], row["max"]))
    return [size, reason, message]


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("hpa_replicas", "GetResourceReplicas"): resource,
    ("hpa_replicas", "GetRawResourceReplicas"): raw_resource,
    ("hpa_replicas", "GetMetricReplicas"): pods_metric,
    ("hpa_replicas", "GetObjectMetricReplicas"): one_value,
    ("hpa_replicas", "GetExternalMetricReplicas"): one_value,
    ("hpa_replicas", "GetObjectPerPodMetricReplicas"): per_pod,
    ("hpa_replicas", "GetExternalPerPodMetricReplicas"): per_pod,
    ("hpa_behavior", "normalizeDesiredReplicas"): sequence,
    ("hpa_behavior", "normalizeDesiredReplicasWithBehaviors"): sequence,
    ("hpa_behavior", "calculateScaleUpLimit"): lambda row: rules.scale_up_limit(row["current"]),
    ("hpa_behavior", "convertDesiredReplicasWithRules"): limited,
}

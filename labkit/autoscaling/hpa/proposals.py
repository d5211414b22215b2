"""What each metric of an autoscaler proposes, with its status, its name in messages, and what went wrong.

Source: pkg/controller/podautoscaler/horizontal.go computeReplicasForMetric, computeStatusFor…Metric, v1.36.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from labkit.autoscaling.hpa import replicas
from labkit.autoscaling.hpa.fleet import Fleet
from labkit.autoscaling.hpa.replicas import Proposal, Tolerance, Totals, Unscalable
from labkit.autoscaling.hpa.sources import Sources
from labkit.autoscaling.hpa.spec import FIELDS, MetricSpec
from labkit.cluster import Cluster
from labkit.fields import quantity

Dict = dict[str, Any]
Summed = Callable[[MetricSpec], Totals]
"""The totals over the pods of a Resource, ContainerResource or Pods metric; raises Unscalable."""


class Scale(NamedTuple):
    """The scale of what is scaled: replicas as wanted and as they are."""

    wanted: int
    replicas: int


class Given(NamedTuple):
    """What a metric is looked at with."""

    cluster: Cluster
    namespace: str
    scale: Scale
    fleet: Fleet
    tolerance: Tolerance
    sources: Sources
    summed: Summed


class Found(NamedTuple):
    """What a metric proposes: how many pods, its name in messages, its entry in status.currentMetrics."""

    replicas: int
    name: str
    status: Dict
    current: int


class Failed(Exception):  # noqa: N818  an outcome that is reported in a status
    """A metric can't be had: the reason of the condition and event, what they say, what the whole sync says."""

    def __init__(self, reason: str, told: str, whole: str) -> None:
        super().__init__(whole)
        self.reason, self.told, self.whole = reason, told, whole


def proposed(metric: MetricSpec, given: Given) -> Found:
    """What one metric proposes; Failed if it can't be had."""
    return _BY_TYPE[metric.type](metric, given)


def _resource(metric: MetricSpec, given: Given) -> Found:
    used = "utilization" if metric.target_type == "Utilization" else "usage"
    try:
        by = replicas.by_utilization if used == "utilization" else replicas.by_average
        got = by(given.scale.wanted, metric.target, given.summed(metric), given.tolerance)
    except Unscalable as error:
        told = f"failed to get {metric.name} {used}: {error.message}"
        what = f"{metric.container} container" if metric.container else f"{metric.name} resource"
        reason = f"FailedGet{metric.type}Metric"
        raise Failed(reason, told, f"failed to get {what} metric value: {told}") from None
    name = f"{metric.name} resource{' utilization (percentage of request)' if used == 'utilization' else ''}"
    about = {"name": metric.name} | ({"container": metric.container} if metric.container else {})
    return _found(metric, got, name, about)


def _found(metric: MetricSpec, got: Proposal, name: str, about: Dict, value: bool = False) -> Found:
    current: Dict = {"value" if value else "averageValue": _written(got.average)}
    if got.utilization is not None:
        current = {"averageUtilization": got.utilization} | current
    status = {"type": metric.type, FIELDS[metric.type]: {**about, "current": current}}
    return Found(got.replicas, name, status, got.average if got.utilization is None else got.utilization)


@lru_cache(maxsize=4096)
def _written(milli: int) -> str:
    return str(quantity.of(milli, exponent=-3))


def _pods(metric: MetricSpec, given: Given) -> Found:
    try:
        got = replicas.by_average(given.scale.wanted, metric.target, given.summed(metric), given.tolerance)
    except Unscalable as error:
        raise Failed(
            "FailedGetPodsMetric", error.message, f"failed to get pods metric value: {error.message}"
        ) from None
    return _found(metric, got, f"pods metric {metric.name}", {"metric": _identified(metric)})


def _object(metric: MetricSpec, given: Given) -> Found:
    about = metric.about or {}
    try:
        value = given.sources.of_object(given.cluster, given.namespace, about, metric.name, metric.selector)
    except Unscalable as error:
        # The original's arguments don't fit its format: the error comes where the object's name should be.
        where = f"{about.get('kind')} on {given.namespace} {about.get('name')}/{error.message}"
        told = f"unable to get metric {metric.name}: {where}"
        per_pod = metric.target_type == "AverageValue"
        inner = f"failed to get {metric.name} object metric: {told}" if per_pod else told
        raise Failed("FailedGetObjectMetric", told, f"failed to get object metric value: {inner}") from None
    entry = {"metric": _identified(metric), "describedObject": about}
    if metric.target_type == "AverageValue":
        got = replicas.by_value_per_pod(given.scale.replicas, metric.target, value, given.tolerance)
        return _found(metric, got, f"external metric {metric.name}({selector_text(metric.selector)})", entry)
    got = replicas.by_value(given.scale.wanted, metric.target, value, given.fleet.ready, given.tolerance)
    return _found(metric, got, f"{about.get('kind')} metric {metric.name}", entry, value=True)


def _external(metric: MetricSpec, given: Given) -> Found:
    per_pod = metric.target_type == "AverageValue"
    try:
        value = given.sources.external(given.cluster, given.namespace, metric.name, metric.selector)
    except Unscalable as error:
        which = f"{given.namespace}/{metric.name}/{selector_text(metric.selector)}"
        told = f"unable to get external metric {which}: {error.message}"
        inner = f"{metric.name} external metric" if per_pod else f"external metric {metric.name}"
        whole = f"failed to get {metric.name} external metric value: failed to get {inner}: {told}"
        raise Failed("FailedGetExternalMetric", told, whole) from None
    name, entry = f"external metric {metric.name}({selector_text(metric.selector)})", {"metric": _identified(metric)}
    if per_pod:
        got = replicas.by_value_per_pod(given.scale.replicas, metric.target, value, given.tolerance)
    else:
        got = replicas.by_value(given.scale.wanted, metric.target, value, given.fleet.ready, given.tolerance)
    return _found(metric, got, name, entry, value=not per_pod)


_BY_TYPE: dict[str, Callable[[MetricSpec, Given], Found]] = {
    "Resource": _resource, "ContainerResource": _resource, "Pods": _pods, "Object": _object, "External": _external,
}  # fmt: skip


def _identified(metric: MetricSpec) -> Dict:
    return {"name": metric.name} | ({"selector": metric.selector} if metric.selector is not None else {})


def selector_text(selector: Dict | None) -> str:
    """A label selector as Go's `%+v` prints it."""
    if selector is None:
        return "nil"
    labels = "".join(f"{name}: {value}," for name, value in sorted((selector.get("matchLabels") or {}).items()))
    terms = "".join(_term(one) for one in selector.get("matchExpressions") or ())
    expressions = f"[]LabelSelectorRequirement{{{terms}}}"
    return f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:{expressions},}}"


def _term(one: Dict) -> str:
    values = " ".join(one.get("values") or ())
    return f"LabelSelectorRequirement{{Key:{one['key']},Operator:{one['operator']},Values:[{values}],}},"

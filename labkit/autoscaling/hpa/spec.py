"""What an autoscaler's spec asks for, read once: bounds, rules, tolerances, metrics with their targets.

Source: k8s.io/api autoscaling/v2 types.go, pkg/controller/podautoscaler/horizontal.go
maybeInitScaleDownStabilizationWindow, v1.36.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from labkit.autoscaling.hpa.replicas import TOLERANCE, Tolerance
from labkit.autoscaling.hpa.rules import DOWNSCALE_STABILIZATION, Bounds, Policy, Rules
from labkit.fields import quantity

Dict = dict[str, Any]

FIELDS = {
    "Resource": "resource", "ContainerResource": "containerResource", "Pods": "pods", "Object": "object",
    "External": "external",
}  # fmt: skip
"""The field of a metric's spec and status by its type."""


class MetricSpec(NamedTuple):
    """One metric: its type, name, target (in thousandths, or a percentage) and what it is about."""

    type: str
    name: str
    target_type: str
    target: int
    container: str = ""
    selector: Dict | None = None
    about: Dict | None = None


class Spec(NamedTuple):
    """The whole; `up` and `down` are None without spec.behavior."""

    bounds: Bounds
    metrics: tuple[MetricSpec, ...]
    tolerance: Tolerance
    up: Rules | None = None
    down: Rules | None = None


def read(spec: Dict) -> Spec:
    """A spec as stored, defaults filled in."""
    behavior = spec.get("behavior")
    up, down = (behavior or {}).get("scaleUp") or {}, (behavior or {}).get("scaleDown") or {}
    return Spec(
        Bounds(1 if spec.get("minReplicas") is None else spec["minReplicas"], spec["maxReplicas"]),
        tuple(_metric(one) for one in spec.get("metrics") or ()),
        Tolerance(_tolerance(up), _tolerance(down)),
        rules(up, 0.0) if behavior is not None else None,
        rules(down, DOWNSCALE_STABILIZATION) if behavior is not None else None,
    )


def _tolerance(rules: Dict) -> float:
    told = rules.get("tolerance")
    return TOLERANCE if told is None else quantity.read(told).float()


def rules(told: Dict, window: float) -> Rules:
    """The rules of one direction; `window`: the stabilisation where none is given."""
    policies = tuple(Policy(one["type"], one["value"], one["periodSeconds"]) for one in told.get("policies") or ())
    given = told.get("stabilizationWindowSeconds")
    return Rules(window if given is None else given, policies, told.get("selectPolicy") or "Max")


def _metric(metric: Dict) -> MetricSpec:
    told = metric[FIELDS[metric["type"]]]
    target = told.get("target") or {}
    named = told.get("metric") or {}
    kind, amount = _target(target)
    name, container = told.get("name") or named.get("name", ""), told.get("container", "")
    return MetricSpec(metric["type"], name, kind, amount, container, named.get("selector"), told.get("describedObject"))


def _target(target: Dict) -> tuple[str, int]:
    """Its type by which of the values is set, and that value."""
    if target.get("averageValue") is not None:
        return "AverageValue", quantity.milli(target["averageValue"])
    if target.get("averageUtilization") is not None:
        return "Utilization", target["averageUtilization"]
    return "Value", quantity.milli(target.get("value") or "0")

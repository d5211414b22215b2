"""HorizontalPodAutoscalers.

Source: pkg/apis/autoscaling/validation/validation.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import names, quantity
from labkit.manifests.causes import each, forbidden, invalid, one_of, required, unsupported

Object = dict[str, Any]
_SOURCES = {
    "Object": "object", "External": "external", "Pods": "pods", "Resource": "resource",
    "ContainerResource": "containerResource",
}  # fmt: skip
_TARGETS = ("Utilization", "Value", "AverageValue")
_POPULATE = "must populate information for the given metric source"
_LONGEST_WINDOW, _LONGEST_PERIOD = 3600, 1800


def autoscaler(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A HorizontalPodAutoscaler."""
    spec = obj.get("spec") or {}
    low, high = spec.get("minReplicas"), spec.get("maxReplicas", 0)
    if low is not None and low < 1:
        yield invalid("spec.minReplicas", low, "must be greater than or equal to 1")
    if high == 0:
        yield required("spec.maxReplicas", "must be set and greater than 0")
    elif high < 0:
        yield invalid("spec.maxReplicas", high, "must be greater than 0")
    if low is not None and high < low:
        yield invalid("spec.maxReplicas", high, "must be greater than or equal to `minReplicas`")
    yield from _scale_target(spec.get("scaleTargetRef") or {}, "spec.scaleTargetRef")
    for index, metric in enumerate(spec.get("metrics") or ()):
        yield from _metric(metric, f"spec.metrics[{index}]")
    for direction in ("scaleUp", "scaleDown"):
        rules = (spec.get("behavior") or {}).get(direction)
        if rules is not None:
            yield from _scaling_rules(rules, f"spec.behavior.{direction}")


def _scale_target(target: Object, path: str) -> Iterator[Cause]:
    for key in ("kind", "name"):
        if not target.get(key):
            yield required(f"{path}.{key}")
    version = target.get("apiVersion", "")
    if "/" not in version and target.get("kind") != "ReplicationController":
        yield invalid(f"{path}.apiVersion", version, "apiVersion must specify API group")


def _metric(metric: Object, path: str) -> Iterator[Cause]:
    kind = metric.get("type", "")
    if not kind:
        yield required(f"{path}.type", "must specify a metric source type")
    if kind not in _SOURCES:
        yield unsupported(f"{path}.type", kind, sorted(_SOURCES))
    given = [key for key in _SOURCES.values() if metric.get(key) is not None]
    if given:
        yield from _source(given[0], metric[given[0]], f"{path}.{given[0]}")
    expected = _SOURCES.get(kind, "")
    if expected and expected not in given:
        yield required(f"{path}.{expected}", _POPULATE)
    if len(given) != 1:
        for key in given:
            if key != expected:
                yield forbidden(f"{path}.{key}", "must populate the given metric source only")


def _source(key: str, source: Object, path: str) -> Iterator[Cause]:
    target = source.get("target") or {}
    if key in ("resource", "containerResource"):
        yield from _resource(key, source, path)
    else:
        name = (source.get("metric") or {}).get("name", "")
        if not name:
            yield required(f"{path}.metric.name", "must specify a metric name")
    yield from _target(target, f"{path}.target")
    if key in ("resource", "containerResource"):
        yield from _either(target, f"{path}.target")
    elif target.get("averageValue") is None and (key == "pods" or target.get("value") is None):
        words = {
            "pods": "must specify a positive target averageValue",
            "object": "must set either a target value or averageValue",
            "external": "must set either a target value for metric or a per-pod target",
        }
        yield required(f"{path}.target.averageValue", words[key])


def _resource(key: str, source: Object, path: str) -> Iterator[Cause]:
    if not source.get("name"):
        yield required(f"{path}.name", "must specify a resource name")
    if key != "containerResource":
        return
    container = source.get("container", "")
    if not container:
        yield required(f"{path}.container", "must specify a container")
    else:
        yield from each(f"{path}.container", container, names.dns1123_label(container))


def _either(target: Object, path: str) -> Iterator[Cause]:
    usage, value = target.get("averageUtilization"), target.get("averageValue")
    if usage is None and value is None:
        yield required(f"{path}.averageUtilization", "must set either a target raw value or a target utilization")
    elif usage is not None and value is not None:
        yield forbidden(f"{path}.averageValue", "may not set both a target raw value and a target utilization")


def _target(target: Object, path: str) -> Iterator[Cause]:
    kind = target.get("type", "")
    if not kind:
        yield required(f"{path}.type", "must specify a metric target type")
    if kind not in _TARGETS:
        yield invalid(f"{path}.type", kind, "must be either Utilization, Value, or AverageValue")
    for key in ("value", "averageValue"):
        if target.get(key) is not None and quantity.milli(target[key]) <= 0:
            yield invalid(f"{path}.{key}", target[key], "must be positive")
    usage = target.get("averageUtilization")
    if usage is not None and usage < 1:
        yield invalid(f"{path}.averageUtilization", usage, "must be greater than 0")


def _scaling_rules(rules: Object, path: str) -> Iterator[Cause]:
    window = rules.get("stabilizationWindowSeconds")
    if window is not None and window < 0:
        yield invalid(f"{path}.stabilizationWindowSeconds", window, "must be greater than or equal to zero")
    if window is not None and window > _LONGEST_WINDOW:
        yield invalid(f"{path}.stabilizationWindowSeconds", window, f"must be less than or equal to {_LONGEST_WINDOW}")
    yield from one_of(rules, path, "selectPolicy", ("Disabled", "Max", "Min"))
    if not rules.get("policies"):
        yield required(f"{path}.policies", "must specify at least one Policy")
    for index, policy in enumerate(rules.get("policies") or ()):
        yield from _policy(policy, f"{path}.policies[{index}]")


def _policy(policy: Object, path: str) -> Iterator[Cause]:
    if policy.get("type") not in ("Percent", "Pods"):
        yield unsupported(f"{path}.type", policy.get("type", ""), ("Percent", "Pods"))
    for key in ("value", "periodSeconds"):
        if policy.get(key, 0) <= 0:
            yield invalid(f"{path}.{key}", policy.get(key, 0), "must be greater than zero")
    period = policy.get("periodSeconds", 0)
    if period > _LONGEST_PERIOD:
        yield invalid(f"{path}.periodSeconds", period, f"must be less than or equal to {_LONGEST_PERIOD}")

"""What limits others: PodDisruptionBudgets, autoscalers, PriorityClasses, LimitRanges, ResourceQuotas.

Source: pkg/apis/{policy,autoscaling,scheduling,core}/validation/validation.go, v1.36.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.errors import Cause
from labkit.fields import quantity
from labkit.manifests.causes import (
    IMMUTABLE,
    at_most_all,
    duplicate,
    forbidden,
    int_or_percent,
    invalid,
    not_negative,
    one_of,
    required,
    shown,
    unsupported,
)
from labkit.manifests.gotypes import as_go
from labkit.manifests.validate_meta import label_selector
from labkit.manifests.validate_resources import amount, quota_name, resource_name

Object = dict[str, Any]
HIGHEST_PRIORITY = 1_000_000_000
"""The highest value of a PriorityClass that isn't the system's."""
_METRICS = {"Resource": "resource", "Pods": "pods", "Object": "object", "External": "external", "ContainerResource": "containerResource"}
_ORDERED = (
    # lower bound, upper bound, the field that is blamed, the value that is shown, words
    ("min", "max", "min", "min", "min value {} is greater than max value {}"),
    ("min", "defaultRequest", "defaultRequest", "defaultRequest", "min value {} is greater than default request value {}"),
    ("defaultRequest", "max", "defaultRequest", "defaultRequest", "default request value {} is greater than max value {}"),
    ("defaultRequest", "default", "defaultRequest", "defaultRequest", "default request value {} is greater than default limit value {}"),
    ("min", "default", "default", "min", "min value {} is greater than default value {}"),
    ("default", "max", "default", "max", "default value {} is greater than max value {}"),
)  # fmt: skip


def disruption_budget(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A PodDisruptionBudget."""
    spec = obj.get("spec") or {}
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        both = as_go("PodDisruptionBudgetSpec", spec)
        yield invalid("spec", both, "minAvailable and maxUnavailable cannot be both set")
    for key in ("minAvailable", "maxUnavailable"):
        if spec.get(key) is not None:
            yield from int_or_percent(f"spec.{key}", spec[key])
            yield from at_most_all(f"spec.{key}", spec[key])
    yield from one_of(spec, "spec", "unhealthyPodEvictionPolicy", ("AlwaysAllow", "IfHealthyBudget"))
    yield from label_selector(spec.get("selector"), "spec.selector")


def autoscaler(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A HorizontalPodAutoscaler."""
    spec = obj.get("spec") or {}
    low, high = spec.get("minReplicas"), spec.get("maxReplicas", 0)
    if low is not None and low < 1:
        yield invalid("spec.minReplicas", low, "must be greater than or equal to 1")
    if high < 1:
        yield required("spec.maxReplicas", "must be set and greater than 0")
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
    if "/" not in version and target.get("kind") not in ("ReplicationController",):
        yield invalid(f"{path}.apiVersion", version, "apiVersion must specify API group")


def _metric(metric: Object, path: str) -> Iterator[Cause]:
    kind = metric.get("type", "")
    if not kind:
        yield required(f"{path}.type", "must specify a metric source type")
        return
    if kind not in _METRICS:
        yield unsupported(f"{path}.type", kind, ("ContainerResource", "External", "Object", "Pods", "Resource"))
        return
    source = metric.get(_METRICS[kind])
    if source is None:
        yield required(f"{path}.{_METRICS[kind]}", "must populate information for the given metric source")
        return
    at = f"{path}.{_METRICS[kind]}"
    if kind in ("Resource", "ContainerResource") and not source.get("name"):
        yield required(f"{at}.name", "must specify a resource name")
    yield from _metric_target(source.get("target") or {}, f"{at}.target")


def _metric_target(target: Object, path: str) -> Iterator[Cause]:
    if not target.get("type"):
        yield required(f"{path}.type", "must specify a metric target type")
    yield from one_of(target, path, "type", ("AverageValue", "Utilization", "Value"))
    usage = target.get("averageUtilization")
    if usage is not None and usage < 1:
        yield invalid(f"{path}.averageUtilization", usage, "must be greater than 0")
    for key in ("value", "averageValue"):
        if target.get(key) is not None and quantity.milli(target[key]) <= 0:
            yield invalid(f"{path}.{key}", target[key], "must be positive")


def _scaling_rules(rules: Object, path: str) -> Iterator[Cause]:
    window = rules.get("stabilizationWindowSeconds")
    if window is not None and window > 3600:
        yield invalid(f"{path}.stabilizationWindowSeconds", window, "must be less than or equal to 3600")
    yield from not_negative(rules, path, "stabilizationWindowSeconds")
    yield from one_of(rules, path, "selectPolicy", ("Disabled", "Max", "Min"))
    for index, policy in enumerate(rules.get("policies") or ()):
        at = f"{path}.policies[{index}]"
        yield from one_of(policy, at, "type", ("Percent", "Pods"))
        for key, most in (("value", None), ("periodSeconds", 1800)):
            number = policy.get(key, 0)
            if number <= 0:
                yield invalid(f"{at}.{key}", number, "must be greater than zero")
            elif most and number > most:
                yield invalid(f"{at}.{key}", number, f"must be less than or equal to {most}")


def priority_class(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A PriorityClass; the system's own two are above what users may set."""
    name, value = obj["metadata"].get("name", ""), obj.get("value", 0)
    if name.startswith("system-") and name not in ("system-cluster-critical", "system-node-critical"):
        text = "priority class names with 'system-' prefix are reserved for system use only"
        yield forbidden("metadata.name", text)
    elif not name.startswith("system-") and value > HIGHEST_PRIORITY:
        yield forbidden("value", f"maximum allowed value of a user defined priority is {HIGHEST_PRIORITY}")
    yield from (
        cause._replace(field="preemptionPolicy")
        for cause in one_of(obj, "", "preemptionPolicy", ("PreemptLowerPriority", "Never"))
    )
    if old is None:
        return
    if value != old.get("value", 0):
        yield forbidden("value", "may not be changed in an update.")
    if obj.get("preemptionPolicy") != old.get("preemptionPolicy"):
        yield invalid("preemptionPolicy", obj.get("preemptionPolicy"), IMMUTABLE)


def limit_range(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A LimitRange: minimum, defaults and maximum must be in order."""
    seen: set[str] = set()
    for index, item in enumerate((obj.get("spec") or {}).get("limits") or ()):
        path, kind = f"spec.limits[{index}]", item.get("type", "")
        if kind in seen:
            yield duplicate(f"{path}.type", kind)
        seen.add(kind)
        for part in ("max", "min", "default", "defaultRequest"):
            for name in item.get(part) or ():
                yield from resource_name(name, f"{path}.{part}[{name}]")
        if kind == "Pod":
            for part in ("default", "defaultRequest"):
                if item.get(part):
                    yield forbidden(f"{path}.{part}", "may not be specified when `type` is 'Pod'")
        for name in dict.fromkeys(name for part in ("max", "min", "default", "defaultRequest") for name in item.get(part) or ()):
            yield from _limit_order(item, path, name)


def _limit_order(item: Object, path: str, name: str) -> Iterator[Cause]:
    for low, high, blamed, told, words in _ORDERED:
        lower, upper = (item.get(low) or {}).get(name), (item.get(high) or {}).get(name)
        if lower is not None and upper is not None and quantity.milli(lower) > quantity.milli(upper):
            yield invalid(f"{path}.{blamed}[{name}]", (item.get(told) or {})[name], words.format(lower, upper))
    ratio = (item.get("maxLimitRequestRatio") or {}).get(name)
    if ratio is not None and quantity.milli(ratio) < 1000:
        yield invalid(f"{path}.maxLimitRequestRatio[{name}]", ratio, f"ratio {ratio} is less than 1")


def resource_quota(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A ResourceQuota."""
    for name, value in ((obj.get("spec") or {}).get("hard") or {}).items():
        path = f"spec.hard[{name}]"
        yield from quota_name(name, path)
        yield from amount(name, value, path)
    scopes = (obj.get("spec") or {}).get("scopes") or ()
    known = ("BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating")
    for scope in scopes:
        if scope not in known:
            yield invalid("spec.scopes", scopes, f"unsupported scope {shown(scope)}")
    if old is not None and scopes != ((old.get("spec") or {}).get("scopes") or ()):
        yield invalid("spec.scopes", list(scopes), IMMUTABLE)

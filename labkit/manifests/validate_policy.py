"""What limits others: PodDisruptionBudgets, PriorityClasses, LimitRanges, ResourceQuotas.

Source: pkg/apis/{policy,scheduling,core}/validation/validation.go, v1.36.
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
    one_of,
    shown,
)
from labkit.manifests.gotypes import as_go
from labkit.manifests.validate_meta import label_selector
from labkit.manifests.validate_resources import amount, quota_name, resource_name

Object = dict[str, Any]
HIGHEST_PRIORITY = 1_000_000_000
"""The highest value of a PriorityClass that isn't the system's."""
_WORDS = {"min": "min", "max": "max", "default": "default", "defaultRequest": "default request"}
_PARTS = ("max", "min", "default", "defaultRequest")
_ORDERED = (
    # what is at most what, the field that is blamed, the part whose value is shown
    ("min", "max", "min", "min"),
    ("min", "defaultRequest", "defaultRequest", "defaultRequest"),
    ("defaultRequest", "max", "defaultRequest", "defaultRequest"),
    ("defaultRequest", "default", "defaultRequest", "defaultRequest"),
    ("min", "default", "default", "min"),
    ("default", "max", "default", "max"),
)
_SCOPES = ("BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating")


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
        for part in _PARTS:
            for name in item.get(part) or ():
                yield from resource_name(name, f"{path}.{part}[{name}]")
        if kind == "Pod":
            for part in ("default", "defaultRequest"):
                if item.get(part):
                    yield forbidden(f"{path}.{part}", "may not be specified when `type` is 'Pod'")
        for name in dict.fromkeys(name for part in _PARTS for name in item.get(part) or ()):
            yield from _limit_order(item, path, name)


def _limit_order(item: Object, path: str, name: str) -> Iterator[Cause]:
    for low, high, blamed, told in _ORDERED:
        lower, upper = (item.get(low) or {}).get(name), (item.get(high) or {}).get(name)
        if lower is not None and upper is not None and quantity.milli(lower) > quantity.milli(upper):
            words = f"{_WORDS[low]} value {lower} is greater than {_limit_word(low, high)} value {upper}"
            yield invalid(f"{path}.{blamed}[{name}]", (item.get(told) or {})[name], words)
    ratio = (item.get("maxLimitRequestRatio") or {}).get(name)
    if ratio is not None and quantity.milli(ratio) < 1000:
        yield invalid(f"{path}.maxLimitRequestRatio[{name}]", ratio, f"ratio {ratio} is less than 1")


def _limit_word(low: str, high: str) -> str:
    """The server calls the default a default limit only beside the default request."""
    return "default limit" if (low, high) == ("defaultRequest", "default") else _WORDS[high]


def resource_quota(obj: Object, old: Object | None) -> Iterator[Cause]:
    """A ResourceQuota."""
    for name, value in ((obj.get("spec") or {}).get("hard") or {}).items():
        path = f"spec.hard[{name}]"
        yield from quota_name(name, path)
        yield from amount(name, value, path)
    scopes = (obj.get("spec") or {}).get("scopes") or ()
    for scope in scopes:
        if scope not in _SCOPES:
            yield invalid("spec.scopes", scopes, f"unsupported scope {shown(scope)}")
    if old is not None and scopes != ((old.get("spec") or {}).get("scopes") or ()):
        yield invalid("spec.scopes", list(scopes), IMMUTABLE)

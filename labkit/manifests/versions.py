"""Older versions of a kind, turned into the one that is stored.

Source: pkg/apis/autoscaling/v1/conversion.go, v1.36.
"""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]


def stored(obj: Object) -> Object:
    """The object in the version that labkit keeps; most are in it already."""
    if obj["kind"] == "HorizontalPodAutoscaler" and obj["apiVersion"] == "autoscaling/v1":
        return _autoscaler(obj)
    return obj


def _autoscaler(obj: Object) -> Object:
    spec = dict(obj.get("spec") or {})
    percent = spec.pop("targetCPUUtilizationPercentage", None)
    if percent is not None:
        target = {"averageUtilization": percent, "type": "Utilization"}
        spec["metrics"] = [{"resource": {"name": "cpu", "target": target}, "type": "Resource"}]
    return {**obj, "apiVersion": "autoscaling/v2", "spec": spec}

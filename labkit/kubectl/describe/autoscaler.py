"""`kubectl describe hpa`.

Source: kubectl pkg/describe/describe.go describeHorizontalPodAutoscalerV2, v1.32.5.
"""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.kubectl.describe.metadata import (
    UNSET,
    Object,
    created,
    labels_and_annotations,
    name_and_namespace,
)
from labkit.kubectl.describe.registry import describer
from labkit.kubectl.describe.writer import Writer
from labkit.kubectl.printers.cells import UNKNOWN, amount, count

FIELDS = {
    "Resource": "resource", "ContainerResource": "containerResource", "Pods": "pods", "Object": "object",
    "External": "external",
}  # fmt: skip


@describer("HorizontalPodAutoscaler")
def horizontal_pod_autoscaler(w: Writer, obj: Object, cluster: Cluster) -> None:
    """An autoscaler: its metrics with their targets, its bounds, what it did."""
    spec, status = obj["spec"], obj.get("status") or {}
    name_and_namespace(w, obj)
    labels_and_annotations(w, obj)
    created(w, obj)
    target = spec.get("scaleTargetRef") or {}
    w.field("Reference", f"{target.get('kind', '')}/{target.get('name', '')}")
    w.field("Metrics", "( current / target )")
    told = status.get("currentMetrics") or []
    for at, metric in enumerate(spec.get("metrics") or ()):
        w.line(*_metric(metric, told[at] if at < len(told) else {}), level=1)
    w.field("Min replicas", spec.get("minReplicas", UNSET))
    w.field("Max replicas", spec.get("maxReplicas", 0))
    _behavior(w, spec.get("behavior"))
    replicas = f"{count(obj, 'status', 'currentReplicas')} current / {count(obj, 'status', 'desiredReplicas')} desired"
    w.field(f"{target.get('kind', '')} pods", replicas)
    if status.get("conditions"):
        w.heading("Conditions")
        w.table(("Type", "Status", "Reason", "Message"))
    for each in status.get("conditions") or ():
        w.line(each["type"], each["status"], each.get("reason", ""), each.get("message", ""), level=1)


def _metric(metric: Object, told: Object) -> tuple[str, str]:
    """One line: the metric in words, and `current / target`."""
    kind = metric.get("type", "")
    if kind not in FIELDS:
        return f'<unknown metric type "{kind}">', ""
    asked = metric.get(FIELDS[kind]) or {}
    target, current = asked.get("target") or {}, (told.get(FIELDS[kind]) or {}).get("current") or {}
    if kind in ("Resource", "ContainerResource"):
        return _resource(kind, asked, target, current)
    named = f'"{asked["metric"]["name"]}"'
    average = "averageValue" in target
    if kind == "Object":
        described = asked.get("describedObject") or {}
        named += f" on {described.get('kind', '')}/{described.get('name', '')}"
        average = target.get("type") == "AverageValue"
    field = "averageValue" if average or kind == "Pods" else "value"
    words = f"{named} on pods:" if kind == "Pods" else f"{named} (target {'average ' if average else ''}value):"
    return words, f"{_value(current, field)} / {_value(target, field)}"


def _resource(kind: str, asked: Object, target: Object, current: Object) -> tuple[str, str]:
    container = f' of container "{asked.get("container", "")}"' if kind == "ContainerResource" else ""
    named = f"resource {asked.get('name', '')}{container} on pods"
    if "averageValue" in target:
        return f"{named}:", f"{_value(current, 'averageValue')} / {_value(target, 'averageValue')}"
    used = current.get("averageUtilization")
    shown = UNKNOWN if used is None else f"{used}% ({_value(current, 'averageValue')})"
    wanted = target.get("averageUtilization")
    # Both halves of the line are indented by the real command, hence the two more spaces.
    return f"{named}  (as a percentage of request):", f"{shown} / {'<auto>' if wanted is None else f'{wanted}%'}"


def _value(side: Object, field: str) -> str:
    given: Any = side.get(field)
    return UNKNOWN if given is None else amount(given)


def _behavior(w: Writer, behavior: Object | None) -> None:
    if behavior is None:
        return
    w.heading("Behavior")
    for title, field in (("Scale Up", "scaleUp"), ("Scale Down", "scaleDown")):
        rules = behavior.get(field)
        if rules is None:
            continue
        w.heading(title, level=1)
        if rules.get("stabilizationWindowSeconds") is not None:
            w.line(f"Stabilization Window: {rules['stabilizationWindowSeconds']} seconds", level=2)
        if rules.get("policies"):
            w.line(f"Select Policy: {rules.get('selectPolicy') or 'Max'}", level=2)
            w.line("Policies:", level=2)
        for policy in rules.get("policies") or ():
            w.line(
                f"- Type: {policy['type']}",
                f"Value: {policy['value']}",
                f"Period: {policy['periodSeconds']} seconds",
                level=3,
            )

"""Workloads: Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet, ControllerRevision, HPA.

Source: pkg/printers/internalversion/printers.go, v1.36.
"""

from __future__ import annotations

from labkit.kubectl.printers.cells import (
    NONE,
    UNKNOWN,
    UNSET,
    amount,
    at,
    containers,
    count,
    created,
    labels,
    name,
    selector,
    template_spec,
)
from labkit.kubectl.printers.registry import Cell, Object, View, printer


@printer(
    "Deployment",
    columns=("Name", "Ready", "Up-to-date", "Available", "Age", "+Containers", "+Images", "+Selector"),
)
def deployment(obj: Object, view: View) -> list[Cell]:
    """A Deployment."""
    ready = f"{count(obj, 'status', 'readyReplicas')}/{count(obj, 'spec', 'replicas')}"
    updated, available = count(obj, "status", "updatedReplicas"), count(obj, "status", "availableReplicas")
    chosen = selector(at(obj, "spec", "selector"))
    return [name(obj), ready, updated, available, created(obj, view.now), *containers(template_spec(obj)), chosen]


@printer("ReplicaSet", columns=("Name", "Desired", "Current", "Ready", "Age", "+Containers", "+Images", "+Selector"))
def replicaset(obj: Object, view: View) -> list[Cell]:
    """A ReplicaSet."""
    return [*_replicas(obj, view), selector(at(obj, "spec", "selector"))]


@printer(
    "ReplicationController",
    columns=("Name", "Desired", "Current", "Ready", "Age", "+Containers", "+Images", "+Selector"),
)
def replicationcontroller(obj: Object, view: View) -> list[Cell]:
    """A ReplicationController, whose selector is plain labels."""
    return [*_replicas(obj, view), labels(at(obj, "spec", "selector"))]


def _replicas(obj: Object, view: View) -> list[Cell]:
    desired, current = count(obj, "spec", "replicas"), count(obj, "status", "replicas")
    ready = count(obj, "status", "readyReplicas")
    return [name(obj), desired, current, ready, created(obj, view.now), *containers(template_spec(obj))]


@printer("StatefulSet", columns=("Name", "Ready", "Age", "+Containers", "+Images"))
def statefulset(obj: Object, view: View) -> list[Cell]:
    """A StatefulSet."""
    ready = f"{count(obj, 'status', 'readyReplicas')}/{count(obj, 'spec', 'replicas')}"
    return [name(obj), ready, created(obj, view.now), *containers(template_spec(obj))]


@printer(
    "DaemonSet",
    columns=(
        "Name", "Desired", "Current", "Ready", "Up-to-date", "Available", "Node Selector", "Age",
        "+Containers", "+Images", "+Selector",
    ),
)  # fmt: skip
def daemonset(obj: Object, view: View) -> list[Cell]:
    """A DaemonSet."""
    counted = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled")
    numbers = [count(obj, "status", field) for field in (*counted, "numberAvailable")]
    spec = template_spec(obj)
    chosen = selector(at(obj, "spec", "selector"))
    return [name(obj), *numbers, labels(spec.get("nodeSelector")), created(obj, view.now), *containers(spec), chosen]


@printer("ControllerRevision", columns=("Name", "Controller", "Revision", "Age"))
def controllerrevision(obj: Object, view: View) -> list[Cell]:
    """A ControllerRevision: whose it is, as kind.group/name."""
    owner = next((each for each in obj["metadata"].get("ownerReferences") or () if each.get("controller")), None)
    return [name(obj), _owner(owner), obj.get("revision") or 0, created(obj, view.now)]


def _owner(reference: Object | None) -> str:
    if reference is None:
        return NONE
    group = reference.get("apiVersion", "").rpartition("/")[0]
    kind = reference["kind"].lower()
    return f"{kind}.{group}/{reference['name']}" if group else f"{kind}/{reference['name']}"


@printer(
    "HorizontalPodAutoscaler",
    columns=("Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"),
)
def horizontalpodautoscaler(obj: Object, view: View) -> list[Cell]:
    """A HorizontalPodAutoscaler."""
    target = at(obj, "spec", "scaleTargetRef") or {}
    lowest = at(obj, "spec", "minReplicas")
    return [
        name(obj), f"{target.get('kind', '')}/{target.get('name', '')}", targets(obj),
        UNSET if lowest is None else str(lowest), count(obj, "spec", "maxReplicas"),
        count(obj, "status", "currentReplicas"), created(obj, view.now),
    ]  # fmt: skip


def targets(obj: Object) -> str:
    """The metrics as current/target, the first two of them."""
    statuses = at(obj, "status", "currentMetrics") or []
    specs = at(obj, "spec", "metrics") or []
    texts = [_metric(spec, statuses[at_] if at_ < len(statuses) else {}) for at_, spec in enumerate(specs)]
    if len(texts) > 2:
        return f"{', '.join(texts[:2])} + {len(texts) - 2} more..."
    return ", ".join(texts) or NONE


METRIC_FIELDS = {
    "External": "external",
    "Pods": "pods",
    "Object": "object",
    "Resource": "resource",
    "ContainerResource": "containerResource",
}


def _metric(spec: Object, status: Object) -> str:
    field = METRIC_FIELDS.get(spec.get("type", ""))
    if field is None:
        return "<unknown type>"
    source, seen = spec.get(field) or {}, status.get(field)
    current = (seen or {}).get("current") or {}
    target = source.get("target") or {}
    if field in ("resource", "containerResource"):
        return f"{source.get('name', '')}: {_resource(target, current, seen is not None)}"
    if field == "pods":
        return f"{_amount(current.get('averageValue'), seen is not None)}/{_amount(target.get('averageValue'), True)}"
    return _value(target, current, seen is not None)


def _resource(target: Object, current: Object, seen: bool) -> str:
    if target.get("averageValue") is not None:
        return f"{_amount(current.get('averageValue'), seen)}/{amount(target['averageValue'])}"
    used, wanted = current.get("averageUtilization"), target.get("averageUtilization")
    return f"{UNKNOWN if used is None else f'{used}%'}/{'<auto>' if wanted is None else f'{wanted}%'}"


def _value(target: Object, current: Object, seen: bool) -> str:
    if target.get("averageValue") is not None:
        average = current.get("averageValue")
        return f"{_amount(average, average is not None)}/{amount(target['averageValue'])} (avg)"
    return f"{_amount(current.get('value'), seen)}/{_amount(target.get('value'), True)}"


def _amount(value: object, known: bool) -> str:
    """A quantity; what the server reports without a number is 0, what it doesn't report is unknown."""
    if value is not None:
        return amount(value)
    return "<nil>" if known else UNKNOWN

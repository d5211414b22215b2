"""Adapter of the table hpa_reconcile: labkit.autoscaling.hpa, whole syncs over a Deployment and its pods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from labkit.autoscaling.hpa.controller import HorizontalPodAutoscalers
from labkit.autoscaling.hpa.memory import State, autoscalers
from labkit.autoscaling.hpa.replicas import Sample, Unscalable
from labkit.autoscaling.hpa.sources import NO_RESOURCE_API
from labkit.cluster import Cluster
from labkit.kinds import Key
from labkit.manifests import defaults

Row = dict[str, Any]

_BEGIN = 10_000.0
_LABELS = {"app": "web"}
_HPA, _WEB = Key("HorizontalPodAutoscaler", "default", "web"), Key("Deployment", "default", "web")


class Recorded(NamedTuple):
    """The metrics of one step of a row."""

    step: Row
    fault: str

    def resource(self, cluster: Cluster, pods: Sequence[Key], resource: str, container: str) -> dict[str, Sample]:
        """Every pod uses the same."""
        return self.of_pods(cluster, pods, resource, None)

    def of_pods(self, cluster: Cluster, pods: Sequence[Key], name: str, selector: Any) -> dict[str, Sample]:
        """Every pod has the same."""
        self._check()
        sample = Sample(self.step["usage_milli_each"], cluster.clock.now, 60.0)
        return {} if self.fault == "no_metrics" else {key.name: sample for key in pods}

    def of_object(self, cluster: Cluster, namespace: str, about: Any, name: str, selector: Any) -> int:
        """No row has one."""
        raise Unscalable(f"no metric {name}")

    def external(self, cluster: Cluster, namespace: str, name: str, selector: Any) -> int:
        """The total."""
        self._check()
        return int(self.step["external_milli"])

    def _check(self) -> None:
        if self.fault == "metrics_api_error":
            raise Unscalable(NO_RESOURCE_API)


def syncs(row: Row) -> list[Row]:
    """One sync a step; the workload's pods are as many as the step says."""
    cluster = _world(row)
    found = []
    for step in row["steps"]:
        cluster.clock.advance(_BEGIN + step["t"])
        _populate(
            cluster, step["running_pods"], None if row["fault"] == "missing_request" else step["request_milli_each"]
        )
        before, events = _size(cluster), len(cluster.keys("Event"))
        held = autoscalers(cluster)
        held.forget_all()
        controller = HorizontalPodAutoscalers(Recorded(step, row["fault"]))
        controller.sync(cluster, _HPA, cluster.require(_HPA), held.states.setdefault(_HPA, State()))
        found.append(_shown(cluster, row, before, cluster.list("Event")[events:]))
    return found


def _size(cluster: Cluster) -> int | None:
    found = cluster.get(_WEB)
    return None if found is None else int(found["spec"]["replicas"])


def _shown(cluster: Cluster, row: Row, before: int | None, events: list[Row]) -> Row:
    status = cluster.require(_HPA).get("status") or {}
    told = {one["type"]: [one["status"], one["reason"], one["message"]] for one in status.get("conditions") or ()}
    failed = [one for one in events if one["reason"] in _ERRORS]
    size = row["start_replicas"]
    return {
        "conditions": told,
        "current_metrics": status.get("currentMetrics"),
        "error": _ERRORS[failed[0]["reason"]] + failed[0]["message"] if failed else None,
        "events": sorted(f"{one['type']} {one['reason']} {one['message']}" for one in events) or None,
        "scale_before": size if before is None else before,
        "scale_after": size if before is None else _size(cluster),
        "status_current": status.get("currentReplicas", 0),
        "status_desired": status.get("desiredReplicas", 0),
    }


_ERRORS = {
    "FailedGetScale": "failed to query scale subresource for Deployment/default/web: ",
    "FailedComputeMetricsReplicas": (
        "failed to compute desired number of replicas based on listed metrics for Deployment/default/web: "
    ),
}
"""What the real sync returns, before the text of its event."""


def _world(row: Row) -> Cluster:
    cluster = Cluster()
    cluster.clock.advance(_BEGIN)
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    if row["fault"] != "scale_not_found":
        spec = {"replicas": row["start_replicas"], "selector": {"matchLabels": _LABELS}, "template": _template(None)}
        _create(cluster, "apps/v1", "Deployment", "web", spec)
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"minReplicas": row["min"], "maxReplicas": row["max"], "metrics": row["metrics"], "scaleTargetRef": target}
    spec |= {"behavior": row["behavior"]} if row["behavior"] is not None else {}
    _create(cluster, "autoscaling/v2", "HorizontalPodAutoscaler", "web", spec)
    return cluster


def _template(request: int | None) -> Row:
    amounts = {"cpu": f"{request}m", "memory": f"{request}m"} if request is not None else {}
    container = {"name": "main", "image": "web", "resources": {"requests": amounts}}
    return {"metadata": {"labels": _LABELS}, "spec": {"containers": [container]}}


def _create(cluster: Cluster, version: str, kind: str, name: str, spec: Row) -> None:
    meta = {"name": name, "namespace": "default"} | ({"labels": _LABELS} if kind == "Pod" else {})
    cluster.create(defaults.defaulted({"apiVersion": version, "kind": kind, "metadata": meta, "spec": spec}))


def _populate(cluster: Cluster, count: int, request: int | None) -> None:
    """So many pods, running, ready and old."""
    for key in cluster.keys("Pod"):
        cluster.remove(key)
    since = cluster.clock.stamp(0.0)
    if cluster.get(_WEB) is not None:
        cluster.set_status(_WEB, {"replicas": count})
    for number in range(count):
        key = Key("Pod", "default", f"web-{number}")
        _create(cluster, "v1", "Pod", key.name, _template(request)["spec"])
        ready = {"type": "Ready", "status": "True", "lastTransitionTime": since}
        cluster.set_status(key, {"phase": "Running", "startTime": since, "conditions": [ready]})


TABLE: dict[tuple[str, str], Callable[[Any], Any]] = {("hpa_reconcile", "reconcileAutoscaler"): syncs}

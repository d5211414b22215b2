"""A Deployment behind a Service, with an autoscaler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labkit.lab import Lab

LABELS = {"app": "web"}
CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}


def workload(replicas: int = 2, kind: str = "Deployment") -> list[dict[str, Any]]:
    container = {"name": "app", "image": "nginx", "resources": {"requests": {"cpu": "200m"}, "limits": {"cpu": "500m"}}}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": LABELS}, "template": template}
    spec |= {"serviceName": "web"} if kind == "StatefulSet" else {}
    service = {"selector": LABELS, "ports": [{"port": 80}]}
    return [
        {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": spec},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": service},
    ]


def autoscaler(*metrics: dict[str, Any], kind: str = "Deployment", name: str = "web", **spec: Any) -> dict[str, Any]:
    target = {"apiVersion": "apps/v1", "kind": kind, "name": "web"}
    whole = {"minReplicas": 1, "maxReplicas": 20, "scaleTargetRef": target, "metrics": list(metrics or (CPU,))} | spec
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name},
        "spec": whole,
    }


@pytest.fixture
def scaling() -> Callable[..., Lab]:
    def make(*metrics: dict[str, Any], nodes: int = 4, metrics_server: bool = True, **spec: Any) -> Lab:
        lab = Lab.kubernetes(nodes=nodes, metrics_server=metrics_server)
        lab.behave("app=web", cost="10ms")
        lab.apply(workload(kind=spec.get("kind", "Deployment")))
        lab.run("30s")
        lab.apply(autoscaler(*metrics, **spec))
        return lab

    return make

"""A day of autoscaling: 20 services, 300 pods, an HPA each every 15 s, a Cluster Autoscaler every 10 s."""

from __future__ import annotations

from time import process_time
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from labkit import Lab, load

HOURS, SERVICES, REPLICAS, NODES = 24, 20, 15, 20
LIMIT = 10.0
"""Seconds of one core that the day may take."""


def service(name: str) -> list[dict[str, Any]]:
    """A Deployment with its Service and its autoscaler."""
    labels = {"app": name}
    resources = {"requests": {"cpu": "100m"}, "limits": {"cpu": "500m"}}
    container = {"name": "main", "image": f"shop/{name}:1.0", "resources": resources}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    deployment = {"replicas": REPLICAS, "selector": {"matchLabels": labels}, "template": template}
    target = {"type": "Utilization", "averageUtilization": 50}
    autoscaler = {
        "minReplicas": 3,
        "maxReplicas": 40,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
    }
    specs = {
        ("apps/v1", "Deployment"): deployment,
        ("v1", "Service"): {"selector": labels, "ports": [{"port": 80}]},
        ("autoscaling/v2", "HorizontalPodAutoscaler"): autoscaler,
    }
    meta = {"name": name}
    return [
        {"apiVersion": version, "kind": kind, "metadata": meta, "spec": spec} for (version, kind), spec in specs.items()
    ]


def under_load() -> Lab:
    """The services at work, each with a day's load that peaks at another hour, with noise."""
    lab = Lab.kubernetes(nodes=0).node_group("workers", "m5.2xlarge", min=3, max=NODES, desired=6)
    lab.cluster_autoscaler().run("2m")
    lab.apply([obj for number in range(SERVICES) for obj in service(f"app-{number}")])
    lab.run("2m")
    for number in range(SERVICES):
        day = load.day(20, 110, start=f"{number}h") + load.random(0, 10, every="5m", seed=number)
        lab.load(f"app-{number}", rps=day)
    return lab


def test_a_day_of_20_services_and_300_pods_that_scale(benchmark: BenchmarkFixture, capsys: Any) -> None:
    lab = under_load()
    began = process_time()
    benchmark.pedantic(lambda: lab.run(f"{HOURS}h"), rounds=1)
    seconds = process_time() - began
    ready = lab.metrics().groupby("time")["ready"].sum()
    with capsys.disabled():
        speed = f"{HOURS * 3600 / seconds:,.0f} times as fast as the clock on the wall"
        print(f"\na day took {seconds:.1f} s of one core: {speed}; {ready.mean():.0f} pods on average")
    assert 200 < ready.mean() < 400
    assert seconds < LIMIT

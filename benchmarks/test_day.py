"""A day in the life of a cluster: how much faster than the clock on the wall, and how much memory it takes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from labkit import Lab

HOURS, NODES, APPS, REPLICAS = 24, 50, 20, 25
PROBE = {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 10}
TICK = {
    "apiVersion": "batch/v1",
    "kind": "CronJob",
    "metadata": {"name": "tick"},
    "spec": {
        "schedule": "* * * * *",
        "jobTemplate": {
            "spec": {
                "template": {
                    "metadata": {"annotations": {"labkit.dev/exits-after": "5s"}},
                    "spec": {"restartPolicy": "OnFailure", "containers": [{"name": "main", "image": "tick:1"}]},
                }
            }
        },
    },
}


def app(name: str) -> list[dict[str, Any]]:
    """A Deployment whose pods are probed, and its Service."""
    labels = {"app": name}
    container = {
        "name": "main",
        "image": f"shop/{name}:1.0",
        "ports": [{"containerPort": 80}],
        "livenessProbe": PROBE,
        "readinessProbe": PROBE,
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": REPLICAS, "selector": {"matchLabels": labels}, "template": template}
    meta, service = {"name": name}, {"selector": labels, "ports": [{"port": 80}]}
    return [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec},
        {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": service},
    ]


def live(lab: Lab, hours: int, since: int = 0) -> list[int]:
    """Each hour a machine fails and is back after ten minutes; the process's memory after each hour, in bytes."""
    sizes = []
    for hour in range(since, since + hours):
        node = f"node-{1 + hour % NODES}"
        lab.fail(node).run("10m").recover(node).run("50m")
        sizes.append(memory())
    return sizes


def memory() -> int:
    """What the process takes of the machine's memory, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_a_day_of_50_nodes_and_500_pods(benchmark: BenchmarkFixture, capsys: Any) -> None:
    lab = Lab.kubernetes(nodes=NODES, cpu="8", memory="32Gi")
    lab.apply([obj for number in range(APPS) for obj in app(f"app-{number}")])
    lab.apply(TICK)
    lab.run("5m")
    sizes = benchmark.pedantic(lambda: live(lab, HOURS), rounds=1)
    ready = sum(lab.cluster.read(key).is_ready for key in lab.cluster.keys("Pod"))
    seconds = benchmark.stats.stats.total if benchmark.stats else 0.0
    sizes += live(lab, HOURS, since=HOURS)
    with capsys.disabled():
        speed = f": {HOURS * 3600 / seconds:,.0f} times as fast as the clock on the wall" if seconds else ""
        print(f"\na day took {seconds:.1f} s{speed}; memory " + ", ".join(
            f"{sizes[hour - 1] / 1e6:.0f} MB after {hour} h" for hour in (1, 12, 24, 36, 48)
        ))  # fmt: skip
    assert ready >= APPS * REPLICAS
    assert sizes[-1] < 1.2 * sizes[HOURS // 2]

"""How fast the lab is: `make bench` prints a table and writes benchmarks.json."""

from __future__ import annotations

from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from labkit import Lab
from labkit.kinds import key_of
from labkit.scheduler import Columns, decide


def deployment(name: str, replicas: int = 3) -> dict[str, Any]:
    labels = {"app": name}
    container = {
        "name": "main",
        "image": f"shop/{name}:1.0",
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def test_fork_a_lab_of_1000_nodes_and_5000_pods(benchmark: BenchmarkFixture, full: Lab) -> None:
    benchmark(full.fork)


def test_decide_for_one_pod_among_1000_nodes(benchmark: BenchmarkFixture, waiting: Lab) -> None:
    pod, columns = waiting.cluster.keys("Pod")[0], Columns(waiting.cluster)
    assert benchmark(lambda: decide(waiting.cluster, pod, columns)).node


def test_schedule_and_start_5000_pods_on_1000_nodes(benchmark: BenchmarkFixture, waiting: Lab) -> None:
    lab = benchmark.pedantic(lambda twin: twin.run("2m"), setup=lambda: ((waiting.fork(),), {}), rounds=1)
    assert all(pod["spec"].get("nodeName") for pod in lab.get("pods"))


def test_apply_a_deployment(benchmark: BenchmarkFixture) -> None:
    labs = iter([Lab.kubernetes(nodes=3) for _ in range(50)])
    benchmark.pedantic(lambda lab: lab.apply(deployment("web")), setup=lambda: ((next(labs),), {}), rounds=50)


def test_run_a_shop_of_20_deployments_for_5_minutes(benchmark: BenchmarkFixture) -> None:
    shop = Lab.kubernetes(nodes=4)
    shop.apply([deployment(f"part-{number}") for number in range(20)])
    lab = benchmark.pedantic(lambda twin: twin.run("5m"), setup=lambda: ((shop.fork(),), {}), rounds=5)
    assert key_of(lab.get("pods")[0]).kind == "Pod"


def test_look_back(benchmark: BenchmarkFixture, full: Lab) -> None:
    benchmark.pedantic(lambda: full.at("30s"), rounds=5)

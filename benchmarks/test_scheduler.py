"""How many pods a second are decided on the whole default profile, every node scored; the goal stands beside it.

`LABKIT_BENCH_SCALE=0.1 make bench` takes a tenth of nodes and pods, for a quick look.
"""

from __future__ import annotations

import os
import resource
from typing import Any

import pytest
from deciding import APART, EVERY_NODE, NEAR, SPREAD, decide_all, different, nodes, pod, preempt_all, structs
from pytest_benchmark.fixture import BenchmarkFixture

from labkit.cluster import Cluster
from labkit.running import Loop
from labkit.scheduler import Columns, Scheduler
from labkit.scheduler.memory import Memory
from labkit.scheduler.podinfo import PodInfo

SCALE = float(os.environ.get("LABKIT_BENCH_SCALE", "1"))

KINDS = {
    "equal": pod,
    "different": different,
    "spread": lambda number: pod(number, topologySpreadConstraints=SPREAD),
    "apart": lambda number: pod(number, affinity=APART),
    "near": lambda number: pod(number, affinity=NEAR),
}
CASES = [
    ("equal", 1_000, 5_000, 20_000),
    ("equal", 5_000, 10_000, 10_000),
    ("different", 5_000, 10_000, 2_000),
    ("spread", 5_000, 5_000, 2_000),
    ("apart", 5_000, 5_000, 1_000),
    ("near", 5_000, 5_000, 1_000),
]
NODES, PODS, PREEMPTING = 5_000, 150_000, 500


def scaled(count: int) -> int:
    """A number of nodes or pods, for a smaller run a share of it."""
    return max(int(count * SCALE), 3)


def tell(benchmark: BenchmarkFixture, pods: int, goal: float) -> None:
    """Put pods per second and the goal beside the measurement."""
    seconds = benchmark.stats.stats.min if benchmark.stats else float("inf")
    benchmark.extra_info |= {"pods per second": round(pods / seconds), "goal": goal}


@pytest.mark.parametrize(("kind", "node_count", "pod_count", "goal"), CASES, ids=lambda value: str(value))
def test_decide(benchmark: BenchmarkFixture, kind: str, node_count: int, pod_count: int, goal: int) -> None:
    cluster, pods = nodes(scaled(node_count)), structs(KINDS[kind](number) for number in range(scaled(pod_count)))
    ready: Any = lambda: ((cluster, Columns(cluster), Memory(), pods), {})  # noqa: E731
    assert benchmark.pedantic(decide_all, setup=ready, rounds=2).node
    tell(benchmark, len(pods), goal)


def test_preempt_on_full_nodes(benchmark: BenchmarkFixture) -> None:
    cluster = nodes(scaled(NODES), cpu="4")
    placed = structs(pod(number, "1") for number in range(4 * scaled(NODES)))
    pods = structs(pod(10**6 + number, "2", priority=100) for number in range(scaled(PREEMPTING)))

    def full() -> Any:
        columns = Columns(cluster)
        for number, one in enumerate(placed):
            columns.put_on(number % len(columns), PodInfo.of(*one, number))
        return (cluster, columns, Memory(), pods), {}

    assert benchmark.pedantic(preempt_all, setup=full, rounds=1).victims
    tell(benchmark, len(pods), 200)


def test_schedule_and_bind_in_the_world(benchmark: BenchmarkFixture) -> None:
    cluster = nodes(scaled(NODES))
    for number in range(scaled(PODS)):
        cluster.create(pod(number))
    lab = benchmark.pedantic(bound, args=(cluster,), rounds=1)
    assert all(obj["spec"].get("nodeName") for obj in lab.list("Pod"))
    tell(benchmark, scaled(PODS), PODS / 60)
    benchmark.extra_info["peak memory in MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def bound(cluster: Cluster) -> Cluster:
    """The cluster when its scheduler has nothing left to do."""
    loop = Loop(cluster, [Scheduler([EVERY_NODE])])
    loop.relist()
    loop.run(cluster.clock.now + 1)
    return cluster

"""5,000 tasks on 500 container instances by every chain of rules, each task written to the world: under 3 seconds.

`LABKIT_BENCH_SCALE=0.1 make bench` takes a tenth of both, for a quick look.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from placing import CHAINS, order, world
from pytest_benchmark.fixture import BenchmarkFixture

from labkit.ecs.runtask import place

SCALE = float(os.environ.get("LABKIT_BENCH_SCALE", "1"))
INSTANCES, TASKS, GOAL = 500, 5_000, 3.0


@pytest.mark.parametrize("chain", CHAINS)
def test_place_and_write(benchmark: BenchmarkFixture, chain: str) -> None:
    count = max(int(TASKS * SCALE), 10)
    ready: Any = lambda: ((world(max(int(INSTANCES * SCALE), 3)), order(chain), count), {})  # noqa: E731
    answer = benchmark.pedantic(place, setup=ready, rounds=1)
    assert len(answer["tasks"]) == count
    benchmark.extra_info["goal in seconds"] = GOAL

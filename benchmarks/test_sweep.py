"""200 experiments over a grid: how well they use the cores."""

from __future__ import annotations

import os
import resource
from time import perf_counter
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from labkit import Experiment, Lab, load, sweep

CORES = 2
LEAST = 0.85
"""The share of both cores that a sweep is to use."""
GRID = {"load web": [20, 40, 60, 80, 100], "seed": list(range(40))}


def spent() -> float:
    """Seconds of all cores that this process and those it waited for have used."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def test_sweep_200_experiments(benchmark: BenchmarkFixture, capsys: Any) -> None:
    lab = Lab.kubernetes(nodes=3)
    lab.kubectl("create deployment web --image=nginx --replicas=3")
    lab.kubectl("set resources deployment web --requests=cpu=250m --limits=cpu=500m")
    lab.kubectl("expose deployment web --port=80")
    lab.kubectl("autoscale deployment web --min=2 --max=10 --cpu=60%")
    experiment = Experiment(lab.run("1m"), {"web": load.random(10, 90)})
    before, began = spent(), perf_counter()
    benchmark.pedantic(lambda: sweep(experiment, GRID, "6h", workers=CORES), rounds=1)
    seconds = perf_counter() - began
    share = (spent() - before) / (seconds * CORES)
    with capsys.disabled():
        print(f"\n200 experiments of 6 hours in {seconds:.1f} s: {share:.0%} of {CORES} cores ({os.cpu_count()} there)")
    assert share > LEAST

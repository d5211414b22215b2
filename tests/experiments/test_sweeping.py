"""Tests of labkit.experiments.sweeping: the same results wherever they are made."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from labkit import Experiment, Lab, load, sweep
from labkit.errors import FieldError, LabError
from labkit.experiments.sweeping import points_of

GRID = {"load web": [20, 60], "seed": [1, 2]}


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    lab = Lab.kubernetes(nodes=2)
    lab.kubectl("create deployment web --image=nginx --replicas=2")
    lab.kubectl("expose deployment web --port=80")
    return Experiment(lab.run("30s"), {"web": load.random(10, 50)}).frozen()


@pytest.fixture(scope="module")
def alone(experiment: Experiment) -> pd.DataFrame:
    return sweep(experiment, GRID, "10m", workers=1)


def test_a_row_for_every_point_in_the_grids_order(alone: pd.DataFrame) -> None:
    assert list(zip(alone["load web"], alone["seed"], strict=True)) == [(20, 1), (20, 2), (60, 1), (60, 2)]
    assert list(alone.columns) == ["load web", "seed", "kept", "served", "usd", "wasted", "per_million"]


def test_two_processes_come_to_the_same(experiment: Experiment, alone: pd.DataFrame) -> None:
    assert sweep(experiment, GRID, "10m", workers=2).equals(alone)


def test_a_stopped_sweep_goes_on_and_results_are_the_same_to_the_byte(experiment: Experiment, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    sweep(experiment, GRID, "10m", workers=1, folder=first)
    sweep(experiment, {**GRID, "seed": [2]}, "10m", workers=2, folder=second)
    assert len(list(second.glob("*.json"))) == 2
    kept = {path.name: path.stat().st_mtime_ns for path in second.glob("*.json")}
    sweep(experiment, GRID, "10m", workers=2, folder=second)
    assert {path.name: path.read_bytes() for path in first.iterdir()} == {
        path.name: path.read_bytes() for path in second.iterdir()
    }
    assert all((second / name).stat().st_mtime_ns == moment for name, moment in kept.items())


def test_what_is_kept_is_read_back(experiment: Experiment, tmp_path: Path) -> None:
    sweep(experiment, GRID, "10m", workers=1, folder=tmp_path)
    for path in tmp_path.iterdir():
        told = json.loads(path.read_text())
        path.write_text(json.dumps({**told, "score": {**told["score"], "usd": 42.0}}))
    assert (sweep(experiment, GRID, "10m", workers=1, folder=tmp_path)["usd"] == 42.0).all()


def test_two_workers_of_dask_come_to_the_same(experiment: Experiment, alone: pd.DataFrame) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        assert sweep(experiment, GRID, "10m", dask=cluster.scheduler_address).equals(alone)


def test_a_run_that_fails_says_why(experiment: Experiment) -> None:
    with pytest.raises(FieldError, match="is no setting"):
        sweep(experiment, {"speed": [1]}, "1m", workers=2)


def test_an_empty_list_of_values_is_refused(experiment: Experiment) -> None:
    with pytest.raises(LabError, match='no values for "seed"'):
        sweep(experiment, {"seed": []}, "1m")


def test_points_differ_in_their_keys(experiment: Experiment) -> None:
    keys = {point.key for duration in ("1m", "2m") for point in points_of(experiment, GRID, duration)}
    assert len(keys) == 8

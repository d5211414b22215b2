"""Many experiments over a grid of settings: in this process, in several, or on a Dask cluster.

Each point of the grid is one run that depends on nothing but its settings, so results are the same wherever they are
made. With a folder every result is kept as a file as soon as it is there, and a sweep that was stopped goes on.
"""

from __future__ import annotations

import hashlib
import inspect
import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from labkit.errors import LabError
from labkit.experiments.experiment import Experiment
from labkit.experiments.scoring import Score, as_text

Settings = dict[str, Any]


class Point(NamedTuple):
    """One point of a grid, with the name under which its result is kept."""

    settings: Settings
    key: str


def sweep(
    experiment: Experiment,
    grid: Mapping[str, Sequence[Any]],
    duration: str | float = "1h",
    workers: int | None = None,
    dask: str | None = None,
    folder: str | Path | None = None,
) -> pd.DataFrame:
    """Run the experiment at every point of the grid: one row each, settings and score, in the grid's order.

    `grid`: for each setting (see `Experiment.having`) the values to try. `workers`: processes, as many as there are
    cores if left out; 1 stays in this one. `dask`: the address of a Dask scheduler to run on instead
    (`pip install labkit[sweep]`). `folder`: where results are kept; points that are there already aren't run again.
    """
    frozen = experiment.frozen()
    points = points_of(frozen, grid, duration)
    kept = Path(folder) if folder is not None else None
    found = {point.key: held for point in points if (held := _held(kept, point)) is not None}
    missing = [point for point in points if point.key not in found]
    runner = _on_dask(dask) if dask else _in_processes(workers)
    with _bar(len(points), len(found)) as step:
        for key, text in runner(frozen, missing, duration) if missing else ():
            found[key] = text
            _keep(kept, key, text)
            step()
    rows = [json.loads(found[point.key]) for point in points]
    return pd.DataFrame([{**row["settings"], **row["score"]} for row in rows], columns=[*grid, *Score._fields])


def points_of(experiment: Experiment, grid: Mapping[str, Sequence[Any]], duration: str | float) -> list[Point]:
    """Every point of the grid, the last setting changing fastest. LabError for a setting without values."""
    if empty := next((name for name, values in grid.items() if not len(values)), None):
        raise LabError(f'the grid has no values for "{empty}"')
    names = list(grid)
    chosen = (dict(zip(names, values, strict=True)) for values in itertools.product(*grid.values()))
    return [Point(settings, key_of(experiment, settings, duration)) for settings in chosen]


def key_of(experiment: Experiment, settings: Settings, duration: str | float) -> str:
    """What tells a run from every other: the lab, load, policies, settings and duration, digested."""
    policies = [_written(one) if callable(one) else one for one in experiment.policies]
    held = (experiment.lab, experiment.load, policies, experiment.slo, experiment.settings, settings)
    digest = hashlib.sha256()
    for part in (*held, duration):
        digest.update(part if isinstance(part, bytes) else repr(part).encode())
    return digest.hexdigest()[:24]


def _written(policy: Callable[..., Any]) -> tuple[Any, ...]:
    """A function as what it says and knows: its address is another in every process."""
    try:
        source = inspect.getsource(policy)
    except (OSError, TypeError):
        source = repr(policy)
    known = [cell.cell_contents for cell in getattr(policy, "__closure__", None) or ()]
    return source, known, getattr(policy, "__defaults__", None)


def run_point(experiment: Experiment, point: Point, duration: str | float) -> tuple[str, str]:
    """Run one point; its key, and its result as text, the same to the byte wherever it is run."""
    run = experiment.having(point.settings).run(duration)
    told = as_text(run) | {"settings": {name: _plain(value) for name, value in point.settings.items()}}
    return point.key, json.dumps(told, sort_keys=True)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else repr(value)


Runner = Callable[[Experiment, list[Point], str | float], Iterable[tuple[str, str]]]

_shipped: list[Any] = []


def _receive(experiment: Experiment, duration: str | float) -> None:
    _shipped[:] = [experiment, duration]


def _run_shipped(point: Point) -> tuple[str, str]:
    return run_point(_shipped[0], point, _shipped[1])


def _in_processes(workers: int | None) -> Runner:
    count = workers or os.cpu_count() or 1

    def run(experiment: Experiment, points: list[Point], duration: str | float) -> Iterator[tuple[str, str]]:
        if count == 1:
            yield from (run_point(experiment, point, duration) for point in points)
            return
        # A forked process knows what was defined in the notebook.
        context = get_context("fork" if os.name == "posix" else "spawn")
        with ProcessPoolExecutor(count, context, _receive, (experiment, duration)) as pool:
            yield from _done([pool.submit(_run_shipped, point) for point in points])

    return run


def _done(futures: list[Future[tuple[str, str]]]) -> Iterator[tuple[str, str]]:
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def _on_dask(address: str) -> Runner:
    def run(experiment: Experiment, points: list[Point], duration: str | float) -> Iterator[tuple[str, str]]:
        try:
            from distributed import Client
            from distributed import as_completed as completed
        except ModuleNotFoundError:
            raise LabError("a sweep on Dask needs the package distributed", "pip install labkit[sweep]") from None
        with Client(address) as client:
            shared = client.scatter(experiment, broadcast=True)
            futures = [client.submit(run_point, shared, point, duration, pure=False) for point in points]
            yield from (future.result() for future in completed(futures))

    return run


def _held(folder: Path | None, point: Point) -> str | None:
    path = folder / f"{point.key}.json" if folder else None
    return path.read_text(encoding="utf-8") if path is not None and path.exists() else None


def _keep(folder: Path | None, key: str, text: str) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{key}.part"
    part.write_text(text, encoding="utf-8")
    part.replace(folder / f"{key}.json")


@contextmanager
def _bar(total: int, done: int) -> Iterator[Callable[[], None]]:
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("experiments", total=total, completed=done)
        yield lambda: progress.advance(task)

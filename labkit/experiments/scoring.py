"""What became of an experiment: tidy series, and a score by what was promised and what it cost.

`Run.frame` has a row a moment (each 15 s), series and subject:

| series | subject | unit |
|---|---|---|
| rps, ready, utilisation, latency, errors | a Service under load | 1/s, pods, % of requests, s, 1/s |
| replicas | a HorizontalPodAutoscaler's workload, a service of ECS | pods, tasks that are desired |
| nodes, pending | the cluster | machines; pods or tasks that wait for one |
| cost, waste | the cluster | USD an hour, and of that what nobody asks for; see labkit.experiments.machines |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from labkit.cluster import Cluster
from labkit.experiments.machines import machines
from labkit.fields import durations
from labkit.kinds import ecs
from labkit.metrics.samples import RESOLUTION
from labkit.views.load_frame import autoscalers, during, services, spans

COLUMNS = ["time", "series", "subject", "value"]


@dataclass(frozen=True)
class Slo:
    """What is promised: answers within `latency` seconds, and at most the share `errors` of requests failed."""

    latency: float = 0.5
    errors: float = 0.01

    @classmethod
    def of(cls, latency: str | float = 0.5, errors: float = 0.01) -> Slo:
        """From words: `Slo.of(latency="300ms", errors=0.001)`."""
        return cls(durations.seconds(latency), errors)


class Score(NamedTuple):
    """Shares from 0 to 1, and dollars.

    `kept`: share of the requests that came while the promise was kept. `served`: share that was answered.
    `usd`: what the nodes cost; `wasted`: the share of it that nobody asked for. `per_million`: USD a million requests.
    """

    kept: float
    served: float
    usd: float
    wasted: float
    per_million: float

    def __str__(self) -> str:
        return (
            f"promise kept for {self.kept:.2%} of requests, {self.served:.2%} answered, "
            f"{self.usd:.2f} USD ({self.wasted:.0%} of it idle), {self.per_million:.2f} USD a million requests"
        )


@dataclass(frozen=True)
class Run:
    """One experiment that was run: its settings, series and score."""

    settings: dict[str, Any]
    frame: pd.DataFrame
    score: Score

    def wide(self, series: str) -> pd.DataFrame:
        """One series as a table: a row a moment, a column a subject."""
        part = self.frame[self.frame["series"] == series]
        return part.pivot(index="time", columns="subject", values="value")

    def row(self) -> dict[str, Any]:
        """Settings and score as one row of a table."""
        return {**self.settings, **self.score._asdict()}

    def _repr_html_(self) -> str:
        return f"<p>{self.score}</p>"

    def __str__(self) -> str:
        return str(self.score)


def observed(cluster: Cluster, begin: float, slo: Slo, settings: dict[str, Any]) -> Run:
    """What a cluster did from the moment `begin` on."""
    times = np.arange(np.ceil(begin / RESOLUTION) * RESOLUTION, cluster.clock.now + 1e-9, RESOLUTION)
    load = services(cluster)
    load = load[load["time"] >= begin]
    capacity = machines(cluster, times)
    frame = pd.concat([_of_services(load), _of_workloads(cluster, times), capacity])
    frame = frame.sort_values(["time", "series", "subject"], ignore_index=True)
    return Run(settings, frame, scored(load, capacity, slo))


def scored(load: pd.DataFrame, capacity: pd.DataFrame, slo: Slo) -> Score:
    """The score of what services and machines did."""
    requests = load["rps"].sum()
    failed = load["errors"] / load["rps"].replace(0.0, np.nan)
    kept = (load["latency"].fillna(np.inf) <= slo.latency) & (failed.fillna(0.0) <= slo.errors)
    total = {name: part["value"].sum() * RESOLUTION / 3600 for name, part in capacity.groupby("series")}
    usd, waste = float(total.get("cost", 0.0)), float(total.get("waste", 0.0))
    return Score(
        float(load["rps"][kept].sum() / requests) if requests else 1.0,
        float(1 - load["errors"].sum() / requests) if requests else 1.0,
        usd,
        waste / usd if usd else 0.0,
        usd / (requests * RESOLUTION) * 1e6 if requests else 0.0,
    )


def _of_services(load: pd.DataFrame) -> pd.DataFrame:
    measures = ["rps", "ready", "utilisation", "latency", "errors"]
    named = load.assign(subject=load["service"]).rename(columns={})
    tidy = named.melt(id_vars=["time", "subject"], value_vars=measures, var_name="series", value_name="value")
    return tidy[COLUMNS]


def _of_workloads(cluster: Cluster, times: Any) -> pd.DataFrame:
    sizes = autoscalers(cluster)
    sizes = sizes[sizes["time"] >= times[0]] if len(times) else sizes
    scaled = sizes.assign(subject=sizes["autoscaler"], value=sizes["replicas"].astype(float))
    desired = [pd.DataFrame({"time": times, "subject": name, "value": held}) for name, held in _desired(cluster, times)]
    tidy: pd.DataFrame = pd.concat([scaled, *desired]).dropna(subset="value").assign(series="replicas")
    return tidy[COLUMNS]


def _desired(cluster: Cluster, times: Any) -> Iterable[tuple[str, Any]]:
    """The desired count of each service of ECS at each moment, NaN where it isn't ACTIVE."""
    found: dict[str, Any] = {}
    for span in spans(cluster, ecs.SERVICE):
        counts = found.setdefault(span.obj["serviceName"], np.full(len(times), np.nan))
        if span.obj["status"] == "ACTIVE":
            counts[during(times, span.begin, span.end)] = span.obj["desiredCount"]
    return found.items()


def as_text(run: Run) -> dict[str, Any]:
    """A run's settings and score as JSON can hold them."""
    return {"settings": run.settings, "score": run.score._asdict()}


__all__ = ["Run", "Score", "Slo", "as_text", "observed", "scored"]

"""metrics-server: whether a cluster has one, and when it knows what.

It scrapes every kubelet each 15 s and answers with the newest scrape. It needs two points of a container to know its
cpu: a container younger than 10 s at a scrape is unknown until the next, and so is its whole pod.
Source: metrics-server v0.8 pkg/storage/{pod,node}.go (freshContainerMinMetricsResolution), cmd/metrics-server options.
"""

from __future__ import annotations

from typing import NamedTuple

from labkit.cluster import Cluster
from labkit.metrics.samples import RESOLUTION

BESIDE = "metrics-server"
FRESH = 10.0
"""Seconds that a container has to have run at a scrape."""


class MetricsServer(NamedTuple):
    """What a cluster with a metrics-server carries beside its graph; it remembers nothing itself."""

    resolution: float = RESOLUTION

    def fork(self) -> MetricsServer:
        """The same."""
        return self

    def until(self, time: float) -> MetricsServer:
        """The same at every moment."""
        return self


def serves(cluster: Cluster) -> bool:
    """Whether the cluster has the API metrics.k8s.io."""
    return BESIDE in cluster.beside


def last_scrape(now: float) -> float:
    """When the newest scrape was."""
    return now // RESOLUTION * RESOLUTION


def window(scrape: float, started: float) -> float | None:
    """Over how many seconds a scrape knows the cpu of what started at `started`; None if it doesn't know it yet."""
    ran = scrape - started
    return None if ran < FRESH else min(ran, RESOLUTION)

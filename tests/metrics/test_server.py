"""When metrics-server knows what."""

from __future__ import annotations

import pytest

from labkit.cluster import Cluster
from labkit.metrics.server import BESIDE, MetricsServer, last_scrape, serves, window


@pytest.mark.parametrize(("now", "scrape"), [(0, 0), (14.9, 0), (15, 15), (44, 30)])
def test_it_scrapes_every_15_seconds(now, scrape):
    assert last_scrape(now) == scrape


@pytest.mark.parametrize(("started", "known"), [(0, 15), (18, 12), (20, 10), (20.1, None), (29, None)])
def test_a_container_is_known_from_its_tenth_second_on(started, known):
    assert window(30, started) == known


def test_a_cluster_has_it_or_not_and_a_fork_and_the_past_have_it_too():
    cluster = Cluster()
    assert not serves(cluster)
    cluster.beside[BESIDE] = MetricsServer()
    assert serves(cluster) and serves(cluster.fork()) and serves(cluster.at(0))

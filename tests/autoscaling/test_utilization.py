"""Tests of labkit.autoscaling.clusterautoscaler.utilization."""

from __future__ import annotations

import math

import pytest

from labkit.autoscaling.clusterautoscaler.utilization import Held, utilization


def test_the_larger_share_counts() -> None:
    found = utilization(1000, 1000, [Held(300, 600)])
    assert (found.resource, found.share) == ("memory", 0.6)


def test_a_skipped_daemon_makes_the_node_smaller_instead() -> None:
    pods = [Held(400, 0, is_daemon=True), Held(300, 0)]
    assert utilization(1000, 1000, pods).cpu == 0.7
    assert utilization(1000, 1000, pods, skip_daemons=True).cpu == 0.5


def test_a_pod_long_overdue_to_end_does_not_count() -> None:
    assert utilization(1000, 1000, [Held(500, 0, overdue=31)]).cpu == 0


@pytest.mark.parametrize(("asked", "share"), [(100, math.inf), (0, math.nan)])
def test_of_nothing_everything_is_too_much(asked: int, share: float) -> None:
    pods = [Held(1000, 0, is_mirror=True), Held(asked, 0)]
    assert utilization(1000, 1000, pods, skip_mirrors=True).cpu == pytest.approx(share, nan_ok=True)

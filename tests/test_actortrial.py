"""The world in which controllers are tried."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import actortrial
from labkit.cluster import Cluster
from labkit.kinds import Key
from labkit.running import Loop


def loop_of(*actors: Any) -> Loop:
    return Loop(Cluster(seed=1), actors)


def test_objects_of_all_sorts_come_change_and_go() -> None:
    loop = loop_of()
    actortrial.begin(loop)
    there = {key.kind for key in loop.cluster.objects()}
    assert {"Pod", "Node", "Deployment", "Job", "Service", "PersistentVolumeClaim"} <= there
    assert loop.cluster.require(Key("Pod", "default", "bare"))["status"]["phase"] == "Running"
    actortrial.go_on(loop)
    left = {key.kind for key in loop.cluster.objects() if key.namespace == "default" and key.kind != "Event"}
    assert left <= {"Pod", "Service", "PersistentVolumeClaim"}  # claims in use wait


def test_a_controller_that_never_rests_is_stopped() -> None:
    class Busy:
        name = "busy"
        watches = {"ConfigMap": lambda cluster, entry: [entry.key]}

        def reconcile(self, cluster: Cluster, key: Key) -> float:
            return 0.0

    with pytest.raises(actortrial.RestlessError, match="500 times at one moment, the last time for ConfigMap"):
        actortrial.work(loop_of(Busy()))

"""What containers use."""

from __future__ import annotations

import pytest

from labkit.kinds import Key
from labkit.kubelet import usage
from labkit.lab import Lab
from labkit.metrics import model

TWO = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "two", "labels": {"app": "two"}},
    "spec": {"containers": [{"name": "app", "image": "nginx"}, {"name": "log", "image": "busybox"}]},
}


@pytest.fixture
def lab() -> Lab:
    made = Lab.kubernetes(nodes=1)
    made.apply(TWO)
    return made.run("30s")


def test_what_nothing_is_declared_of_uses_a_little(lab):
    used = usage.of(lab.cluster, Key("Pod", "default", "two"))
    assert used == {name: usage.Use(model.IDLE_CPU, model.IDLE_MEMORY) for name in ("app", "log")}


def test_each_container_uses_what_is_declared_of_it(lab):
    lab.behave("app=two", container="log", cpu="30m", memory="90Mi")
    used = usage.of(lab.cluster, Key("Pod", "default", "two"))
    assert used["log"] == (30, 90 * 2**20)
    assert used["app"].cpu == model.IDLE_CPU


def test_the_first_container_bears_the_requests_unless_a_cost_is_declared(lab):
    pod = lab.cluster.read(Key("Pod", "default", "two"))
    assert [one.cost for one in usage.works_of(lab.cluster, pod, 1000)] == [model.COST, 0]
    lab.behave("app=two", container="log", cost="2ms")
    assert [one.cost for one in usage.works_of(lab.cluster, pod, 1000)] == [0, 0.002]


def test_what_does_not_run_uses_nothing(lab):
    lab.behave("app=two", container="log", crashes_after="5s").run("10s")
    assert set(usage.of(lab.cluster, Key("Pod", "default", "two"))) == {"app"}

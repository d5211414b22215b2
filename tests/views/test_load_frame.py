"""Metrics as frames."""

from __future__ import annotations

import pytest

from labkit.errors import FieldError
from labkit.lab import Lab
from labkit.metrics import load

LABELS = {"node.kubernetes.io/instance-type": "m5.large"}


@pytest.fixture(scope="module")
def lab() -> Lab:
    from labkit.founding import machine

    made = Lab.of([machine("node-1", labels=LABELS), machine("node-2")])
    container = {"name": "c", "image": "nginx", "resources": {"requests": {"cpu": "100m"}, "limits": {"cpu": "1"}}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "labels": {"app": "web"}}}
    pod["spec"] = {"containers": [container], "nodeSelector": {"kubernetes.io/hostname": "node-1"}}
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    made.apply([pod, {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}])
    made.behave("app=web", cpu="10m", cost="10ms").run("30s")
    return made.load("web", rps=load.step(10, 20, at="60s")).run("2m")


def test_a_row_a_sample_of_a_service(lab):
    frame = lab.metrics()
    assert list(frame.columns)[:5] == ["time", "namespace", "service", "rps", "ready"]
    assert frame.set_index("time")["rps"].to_dict()[90.0] == 20
    assert frame.set_index("time")["cpu"].to_dict() == {30.0 + 15 * n: 110.0 if n < 4 else 210.0 for n in range(9)}


def test_a_row_a_node_and_moment(lab):
    frame = lab.metrics("nodes")
    cpu = frame.pivot(index="time", columns="node", values="cpu")
    assert list(cpu["node-1"][cpu.index >= 30]) == [110.0] * 4 + [210.0] * 5
    assert (cpu["node-2"] == 0).all()
    assert frame.groupby("node")["price"].first().dropna().to_dict() == {"node-1": 0.096}


def test_what_it_has_cost(lab):
    last = lab.metrics("cost").iloc[-1]
    assert (last["nodes"], last["unpriced"], last["usd_per_hour"]) == (2, 1, 0.096)
    assert last["usd"] == pytest.approx(0.096 * 150 / 3600)


def test_an_empty_lab_has_empty_frames():
    empty = Lab.kubernetes(nodes=0)
    assert empty.metrics().empty and empty.metrics("nodes").empty


def test_another_name_is_refused(lab):
    with pytest.raises(FieldError, match="there are metrics of services"):
        lab.metrics("weather")

"""Samples beside the graph."""

from __future__ import annotations

import math

import pytest

from labkit.kinds import Key
from labkit.metrics.model import Work, server
from labkit.metrics.samples import NOBODY, Group, Layout, Traffic

WEB = Key("Service", "default", "web")
PODS = tuple(Key("Pod", "default", f"web-{n}") for n in range(2))
SERVER = server((Work("c", 0, 0.010, 500, request=200),))
LAYOUT = Layout(0.0, (Group(PODS, SERVER, ("node-1", "node-2")),), 2, dict.fromkeys(PODS, 0))


@pytest.fixture
def traffic() -> Traffic:
    made = Traffic()
    made.place(WEB, LAYOUT)
    for number, rps in enumerate((20.0, 40.0, 120.0)):
        made.shares = {WEB: rps / 2}
        made.sample(WEB, 15.0 * number, rps)
    return made


def column(traffic: Traffic, name: str) -> list[float]:
    return list(traffic.series[WEB].columns[name])


def test_a_sample_is_what_the_load_does_to_the_pods(traffic):
    assert column(traffic, "cpu") == [100, 200, 500]
    assert column(traffic, "utilisation") == [50, 100, 250]
    assert column(traffic, "errors") == [0, 0, 20]
    assert column(traffic, "ready") == [2, 2, 2]


def test_without_endpoints_every_request_fails():
    traffic = Traffic()
    traffic.place(WEB, NOBODY)
    traffic.shares = {WEB: 0.0}
    traffic.sample(WEB, 0.0, 30.0)
    assert column(traffic, "errors") == [30]
    assert math.isnan(column(traffic, "latency")[0])


def test_a_pod_has_the_load_of_the_last_sample(traffic):
    _, got = traffic.load_of(PODS[0], [WEB])
    assert got.served == 50
    assert traffic.load_of(Key("Pod", "default", "other"), [WEB]) is None


def test_a_look_into_the_past_has_the_samples_up_to_then(traffic):
    past = traffic.until(15.0)
    assert column(past, "rps") == [20, 40]
    assert past.load_of(PODS[0], [WEB])[1].served == 20


def test_a_fork_goes_on_by_itself(traffic):
    twin = traffic.fork()
    twin.shares = {WEB: 0.0}
    twin.sample(WEB, 45.0, 0.0)
    assert len(column(twin, "rps")) == 4 and len(column(traffic, "rps")) == 3


def test_a_layout_that_is_the_same_is_kept_once(traffic):
    traffic.place(WEB, LAYOUT._replace(since=60.0))
    assert traffic.layouts[WEB] == [LAYOUT]

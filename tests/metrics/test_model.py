"""labkit's model of a server under load."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.metrics.model import Work, answer, dead, fair_share, server

POD = server((Work("c", idle=100, cost=0.010, may=600, memory=1000, memory_per_request=10),), latency=0.02, timeout=1.0)
"""It can answer (600 - 100) / 10 = 50 requests a second."""


def test_capacity_is_what_the_cpu_limit_leaves_for_requests():
    assert POD.capacity == 50


def test_the_container_that_is_first_at_its_limit_decides():
    pod = server((Work("app", 0, 0.010, 1000), Work("proxy", 0, 0.005, 100)))
    assert pod.capacity == 20


def test_a_container_without_cost_never_limits():
    assert server((Work("c", 0, 0.0, 100),)).capacity == math.inf


@pytest.mark.parametrize(
    ("rate", "served", "latency", "errors"),
    [(0, 0, 0.02, 0), (25, 25, 0.04, 0), (49.99, 49.99, 1.0, 0), (50, 50, 1.0, 0), (80, 50, 1.0, 30)],
)
def test_latency_grows_until_the_timeout_and_what_is_too_much_fails(rate, served, latency, errors):
    got = answer(POD, rate)
    assert (got.served, got.latency, got.errors) == pytest.approx((served, latency, errors))


def test_cpu_is_idle_use_and_cost_up_to_the_limit():
    work = POD.works[0]
    assert [work.cpu(served) for served in (0, 10, 50, 90)] == [100, 200, 600, 600]


def test_memory_grows_with_the_requests_in_flight():
    got = answer(POD, 25)
    assert got.in_flight == pytest.approx(1.0)
    assert POD.works[0].memory_at(got.in_flight) == pytest.approx(1010)


def test_a_pod_that_does_not_answer_fails_everything():
    got = answer(dead(POD.works), 5)
    assert (got.served, got.errors) == (0, 5)


@given(st.floats(0, 1e4))
def test_every_request_is_answered_or_fails(rate):
    got = answer(POD, rate)
    assert got.served + got.errors == pytest.approx(rate)
    assert POD.latency <= got.latency <= POD.timeout
    assert POD.works[0].cpu(got.served) <= 600


def test_pods_without_limit_share_by_their_requests_what_idle_ones_leave():
    assert fair_share(4000, idle=1000, weight=100, weights=300) == 1000

"""`lab.load`."""

from __future__ import annotations

import pytest

import labkit
from labkit.errors import ApiError, FieldError
from labkit.lab import Lab
from labkit.metrics.declared import LOADS, loads

SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}}


@pytest.fixture
def lab() -> Lab:
    made = Lab.kubernetes(nodes=1)
    made.apply(SERVICE)
    return made


def test_the_patterns_are_a_name_of_labkit():
    assert labkit.load.constant(5).rate(0) == 5


@pytest.mark.parametrize("target", ["web", "service/web", "svc/web"])
def test_a_service_is_named_as_kubectl_names_it(lab, target):
    lab.load(target, rps="50")
    assert [(one.target.name, one.rate(0)) for one in loads(lab.cluster).values()] == [("web", 50)]


def test_a_new_load_takes_the_place_of_the_last_and_counts_from_its_moment(lab):
    lab.load("web", rps=5).run("1m")
    lab.load("web", rps=labkit.load.ramp(0, 60, over="1m"))
    (one,) = loads(lab.cluster).values()
    assert one.since == 60 and one.rate(90) == 30


@pytest.mark.parametrize("end", [0, None, "0"])
def test_a_load_ends(lab, end):
    lab.load("web", rps=5).load("web", rps=end)
    assert loads(lab.cluster) == {}


def test_a_fork_and_the_past_have_their_own_loads(lab):
    lab.load("web", rps=5).run("1m")
    twin = lab.fork()
    lab.load("web", rps=0).run("1m")
    assert len(loads(twin.cluster)) == len(loads(lab.at("30s").cluster)) == 1


def test_what_cannot_be_is_refused_and_nothing_is_written(lab):
    with pytest.raises(ApiError, match='services "nobody" not found'):
        lab.load("nobody", rps=5)
    with pytest.raises(FieldError, match="load goes to a Service"):
        lab.load("deployment/web", rps=5)
    with pytest.raises(FieldError):
        lab.load("web", rps="much")
    assert lab.cluster.get(LOADS) is None

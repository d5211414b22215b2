"""Why an autoscaler wants its size."""

from __future__ import annotations

import re

import pytest

from labkit.errors import ApiError


def test_the_arithmetic_is_told_line_by_line(scaling):
    lab = scaling()
    lab.load("web", rps=30).run("14s")
    assert str(lab.why_size("web")) == (
        "web: 2 pods now, 3 wanted\n"
        "- cpu resource utilization (percentage of request) proposes 3\n"
        "    2 pods use 302m of the 400m that they request: 75 %, the target is 50 %\n"
        "    ratio 1.50\n"
        "    1.50 x 2 pods, rounded up: 3\n"
        "within 1 to 20: 3"
    )


def test_asking_changes_nothing(scaling):
    lab = scaling()
    lab.load("web", rps=90).run("1m")
    twin, before = lab.fork(), len(lab.history)
    lab.why_size("web")
    assert len(lab.history) == before
    lab.run("5m")
    twin.run("5m")
    assert [one[:2] for one in lab.history] == [one[:2] for one in twin.history]


def test_the_size_it_names_is_the_next_one(scaling):
    lab = scaling()
    lab.load("web", rps=90).run("14.9s")
    told = lab.why_size("web").wanted
    assert lab.run("0.1s").get("deploy", "web")["spec"]["replicas"] == told


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("scale deployment web --replicas=0", "scaling is switched off"),
        ("scale deployment web --replicas=30", "30 is not within 1 to 20: that goes before all metrics"),
        ("delete deployment web", 'nothing is scaled: deployments/scale.apps "web" not found'),
    ],
)
def test_what_goes_before_metrics_is_told(scaling, command, text):
    lab = scaling()
    lab.kubectl(command)
    assert text in str(lab.why_size("web"))


def test_a_metric_that_is_missing_is_told(scaling):
    lab = scaling(metrics_server=False)
    assert re.search("cpu: no size, as failed to get cpu utilization", str(lab.why_size("web")))


def test_stabilisation_is_told(scaling):
    lab = scaling()
    lab.load("web", rps=100).run("3m")
    lab.load("web", rps=0).run("1m")
    assert "ScaleDownStabilized" in str(lab.why_size("web"))


def test_an_autoscaler_that_is_not_there_is_not_found(scaling):
    with pytest.raises(ApiError, match='"none" not found'):
        scaling().why_size("none")

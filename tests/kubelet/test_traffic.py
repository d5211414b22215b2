"""Load on Services, from its declaration to what pods suffer."""

from __future__ import annotations

import math

import pytest

from labkit.kinds import Key
from labkit.kubelet.traffic import traffic_of
from labkit.lab import Lab
from labkit.metrics import load

WEB = Key("Service", "default", "web")


def shop(cpu: str | None = "500m", replicas: int = 2, name: str = "web") -> list[dict]:
    limits = {"limits": {"cpu": cpu, "memory": "128Mi"}} if cpu else {}
    container = {"name": "c", "image": "nginx", "resources": {"requests": {"cpu": "200m", "memory": "64Mi"}, **limits}}
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec},
        service(name, labels),
    ]


def service(name: str, labels: dict) -> dict:
    spec = {"selector": labels, "ports": [{"port": 80}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


@pytest.fixture
def lab() -> Lab:
    made = Lab.kubernetes(nodes=2)
    made.apply(shop())
    return made.behave("app=web", cpu="10m", cost="10ms").run("30s")


def last(lab: Lab, measure: str, service: Key = WEB) -> float:
    return traffic_of(lab.cluster).series[service].last(measure)


def test_nothing_happens_without_a_load(lab):
    assert traffic_of(lab.cluster) is None
    assert not any(call[0] == "load" for _, call in lab.cluster.clock.waiting())


def test_a_load_is_spread_over_the_ready_endpoints(lab):
    lab.load("service/web", rps=40).run("15s")
    assert (last(lab, "rps"), last(lab, "ready"), last(lab, "cpu"), last(lab, "utilisation")) == (40, 2, 210, 105)


def test_more_pods_bear_the_load_together(lab):
    lab.load("web", rps=40)
    lab.kubectl("scale deployment web --replicas=4")
    lab.run("1m")
    assert (last(lab, "ready"), last(lab, "cpu")) == (4, 110)


def test_more_than_the_capacity_is_throttled_and_fails(lab):
    lab.load("web", rps=120).run("30s")
    assert last(lab, "cpu") == 500
    assert last(lab, "errors") == pytest.approx(120 - 2 * 49)
    assert last(lab, "latency") == 10


def test_without_ready_pods_every_request_fails(lab):
    lab.load("web", rps=30)
    lab.kubectl("scale deployment web --replicas=0")
    lab.run("1m")
    assert (last(lab, "ready"), last(lab, "errors")) == (0, 30)
    assert math.isnan(last(lab, "latency"))


def test_a_load_ends_with_zero_and_the_clock_is_quiet_again(lab):
    lab.load("web", rps=30).run("1m")
    lab.load("web", rps=0).run("1m")
    assert (last(lab, "rps"), last(lab, "cpu")) == (0, 10)
    assert not any(call[0] == "load" for _, call in lab.cluster.clock.waiting())


def test_a_node_that_is_down_fails_its_share_until_it_is_noticed(lab):
    lab.load("web", rps=30).run("30s")
    lab.fail("node-1").run("15s")
    assert last(lab, "errors") == pytest.approx(15)


def test_two_services_on_the_same_pods_add_up(lab):
    lab.apply(service("also", {"app": "web"}))
    lab.run("5s")
    lab.load("web", rps=20).load("also", rps=20).run("30s")
    assert last(lab, "cpu") == last(lab, "cpu", Key("Service", "default", "also")) == 210


def test_pods_without_a_limit_take_what_their_node_has():
    lab = Lab.kubernetes(nodes=1, cpu="2")
    lab.apply(shop(cpu=None))
    lab.behave("app=web", cost="10ms").run("30s").load("web", rps=1000).run("30s")
    assert last(lab, "cpu") == pytest.approx(1000)


def test_requests_in_flight_take_memory_until_the_container_is_killed(lab):
    lab.behave("app=web", cpu="10m", cost="10ms", memory="50Mi", memory_per_request="1Mi")
    lab.load("web", rps=load.step(20, 200, at="1m")).run("50s")
    assert 50 * 2**20 < last(lab, "memory") < 128 * 2**20
    lab.run("30s")
    states = [one["lastState"] for pod in lab.get("pods") for one in pod["status"]["containerStatuses"]]
    assert {one["terminated"]["reason"] for one in states} == {"OOMKilled"}


def test_a_fork_and_a_replay_meet_the_same_load(lab):
    lab.load("web", rps=load.random(10, 60, seed=3)).run("2m")
    twin = lab.fork()
    lab.run("5m")
    twin.run("5m")
    assert traffic_of(twin.cluster).series[WEB].columns == traffic_of(lab.cluster).series[WEB].columns


def test_the_past_has_the_samples_of_the_past_and_can_go_on(lab):
    lab.load("web", rps=load.sine(10, 60, "10m")).run("5m")
    assert lab.now == 330
    past = lab.at("2m")
    assert traffic_of(past.cluster).series[WEB].last("time") == 120
    again = past.fork().run("210s")
    assert traffic_of(again.cluster).series[WEB].columns == traffic_of(lab.cluster).series[WEB].columns


def test_samples_are_no_entries_of_the_history(lab):
    lab.load("web", rps=load.random(10, 60)).run("1m")
    before = len(lab.history)
    lab.run("10m")
    assert len(lab.history) == before

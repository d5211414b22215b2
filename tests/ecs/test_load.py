"""The load on a service of ECS."""

from __future__ import annotations

import pytest

from labkit import Lab, load
from labkit.kinds import Key, ecs
from labkit.kubelet.traffic import traffic_of

WEB = Key(ecs.SERVICE, "default", "web")


def served(cpu: str | None = None, tasks: int = 2) -> Lab:
    """A service's running tasks."""
    lab = Lab.ecs(instances=2)
    container = {"name": "web", "image": "nginx", "cpu": 256, "memory": 256}
    whole = {"cpu": cpu, "memory": "512"} if cpu else {}
    lab.client.register_task_definition(family="web", containerDefinitions=[container], **whole)
    strategy = [{"type": "spread", "field": "instanceId"}]
    asked = {"serviceName": "web", "taskDefinition": "web", "desiredCount": tasks, "placementStrategy": strategy}
    lab.client.create_service(cluster="default", **asked)
    lab.run("1m")
    return lab.behave("service:web", cost="10ms", cpu="0m")


def last(lab: Lab, measure: str) -> float:
    return traffic_of(lab.cluster).series[WEB].last(measure)


def test_running_tasks_share_the_load():
    lab = served()
    lab.load("service/web", rps=40).run("30s")
    assert (last(lab, "ready"), last(lab, "cpu")) == (2, 200)


def test_utilisation_is_that_of_cloudwatch_and_may_pass_100_per_cent_without_a_task_limit():
    lab = served()
    lab.load("service/web", rps=100).run("30s")
    assert last(lab, "utilisation") == pytest.approx(100 * 500 / 250)


def test_a_tasks_own_cpu_is_its_limit():
    lab = served(cpu="256")
    lab.load("service/web", rps=100).run("30s")
    assert last(lab, "cpu") == 250
    assert last(lab, "errors") == pytest.approx(50)


def test_a_task_that_stops_leaves_its_share_to_the_others():
    lab = served()
    lab.load("service/web", rps=40).run("30s")
    lab.client.update_service(cluster="default", service="web", desiredCount=1)
    lab.run("1m")
    assert (last(lab, "ready"), last(lab, "cpu")) == (1, 400)


def test_forks_and_ends_are_as_in_kubernetes():
    lab = served()
    lab.load("service/web", rps=load.random(5, 50)).run("1m")
    twin = lab.fork().run("1m")
    lab.load("service/web", rps=0).run("1m")
    assert last(lab, "rps") == 0 and last(twin, "rps") > 0

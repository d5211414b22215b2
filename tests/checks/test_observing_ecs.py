"""What checks see of an ECS cluster."""

from __future__ import annotations

import pytest

from labkit.checks.observing_ecs import by_host, by_zone, definition_of, hosts, newest, running, tasks
from labkit.lab import Lab


@pytest.fixture
def lab() -> Lab:
    made = Lab.ecs(3, zones="ab", seed=1)
    for family in ("web", "web-admin"):
        container = {"name": family, "image": "shop/web:1.0", "cpu": 256, "memory": 512}
        made.client.register_task_definition(family=family, containerDefinitions=[container])
    apart = [{"type": "distinctInstance"}]
    made.client.run_task(taskDefinition="web", count=3, placementConstraints=apart)
    made.client.run_task(taskDefinition="web-admin")
    return made


def test_tasks_are_told_by_their_family_from_their_first_moment(lab: Lab) -> None:
    assert (len(tasks(lab, "web")), running(lab, "web")) == (3, 0)
    assert running(lab.run("1m"), "web") == 3
    assert len(tasks(lab, "web-admin")) == 1


def test_where_they_are(lab: Lab) -> None:
    assert sorted(by_host(lab, "web").values()) == [1, 1, 1]
    assert by_zone(lab, "web") == {"us-east-1a": 2, "us-east-1b": 1}
    assert {host.instance_type for host in hosts(lab, "web")} == {"m5.large"}


def test_stopped_tasks_are_not_seen(lab: Lab) -> None:
    lab.run("1m").client.stop_task(task=tasks(lab, "web")[0].task_arn)
    assert len(tasks(lab, "web")) == 2


def test_the_newest_revision_and_what_a_task_is_of(lab: Lab) -> None:
    container = {"name": "web", "image": "shop/web:2.0", "memory": 256}
    lab.client.register_task_definition(family="web", containerDefinitions=[container])
    assert newest(lab, "web").revision == 2
    assert definition_of(lab, tasks(lab, "web")[0]).revision == 1

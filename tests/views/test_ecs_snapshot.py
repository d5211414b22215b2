"""The picture of an ECS cluster: instances, tasks, what waits, Fargate."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from labkit.kinds.ecs import Task
from labkit.lab import Lab
from labkit.views import show
from labkit.views.ecs_snapshot import fleet_of
from labkit.views.film import film_of
from labkit.views.picture import describe
from labkit.views.snapshot import pictures


@pytest.fixture
def lab() -> Lab:
    made = Lab.ecs(3, zones="ab", seed=1)
    container = {"name": "web", "image": "shop/web:1.0", "cpu": 256, "memory": 512}
    made.client.register_task_definition(family="web", containerDefinitions=[container])
    made.client.run_task(taskDefinition="web", count=3, placementConstraints=[{"type": "distinctInstance"}])
    return made.run("1m")


def instances(lab: Lab) -> list[str]:
    arns: list[str] = lab.client.list_container_instances()["containerInstanceArns"]
    return arns


def test_instances_are_boxes_with_what_tasks_hold_of_them(lab: Lab) -> None:
    shown = pictures(lab.cluster)[0]
    first = shown.nodes[0]
    assert (first.zone, first.state, [pod.owner for pod in first.pods]) == (
        "us-east-1a",
        "ACTIVE",
        ["family/default/web"],
    )
    assert [gauge.words() for gauge in first.gauges] == ["256 / 2048", "512 / 7680", "1"]
    assert describe(shown).startswith("A cluster of 3 instances with 3 tasks, 3 of them running, after 60 s.")


def test_draining_and_attributes_are_seen(lab: Lab) -> None:
    one, two, _ = instances(lab)
    lab.client.update_container_instances_state(containerInstances=[one], status="DRAINING")
    lab.client.put_attributes(attributes=[{"name": "stack", "value": "prod", "targetId": two}])
    drawn = show(lab)
    words = [each.text for each in ElementTree.fromstring(drawn.svg).iter("{http://www.w3.org/2000/svg}text")]
    assert {"DRAINING", "stack=prod"} <= set(words)
    assert drawn.tables[0].columns[0] == "Instance" and drawn.tables[1].columns[1] == "Task"
    assert repr(drawn) == "<picture: 3 instances, 3 tasks, 0 pending>"
    assert drawn.tables[0].rows[0][2:6] == ("DRAINING", "256 / 2048", "512 / 7680", "1")


def test_ended_tasks_are_not_drawn(lab: Lab) -> None:
    lab.client.stop_task(task=lab.client.list_tasks()["taskArns"][0])
    assert len(pictures(lab.run("3m").cluster)[0].pods) == 2


def test_tasks_without_an_instance_wait_and_those_of_fargate_have_a_box_of_their_own() -> None:
    waits = Task("t/1", "c/default", "d", "PROVISIONING", "RUNNING", capacity_provider_name="asg", group="service:web")
    served = Task("t/2", "c/default", "d", "RUNNING", "RUNNING", launch_type="FARGATE", availability_zone="us-east-1a")
    shown = fleet_of((), (waits, served), 0.0)
    assert shown.pending[0].reason == "waits for an instance of asg"
    assert [(box.name, box.zone, len(box.pods)) for box in shown.nodes] == [("Fargate", "us-east-1a", 1)]
    assert shown.pending[0].owner == "service/default/web"


def test_a_lab_with_nodes_is_drawn_as_kubernetes_and_one_with_both_orchestrators_twice() -> None:
    both = Lab.kubernetes(nodes=2)
    assert [shown.nouns[0] for shown in pictures(both.cluster)] == ["node"]
    both.client.create_cluster(clusterName="default")
    both.launch(1, "m5.large")
    drawn = show(both)
    assert repr(drawn) == "<picture: 2 nodes, 0 pods, 0 pending>, <picture: 1 instance, 0 tasks, 0 pending>"
    assert "A cluster of 2 nodes" in str(drawn) and "A cluster of 1 instance" in drawn._repr_html_()


def test_a_film_of_tasks_has_a_moment_for_each_that_comes_and_goes(lab: Lab) -> None:
    lab.client.stop_task(task=lab.client.list_tasks()["taskArns"][0])
    film = film_of(lab.run("3m").cluster)
    sizes = [len(film.picture(place).pods) for place in range(len(film))]
    assert [size for size, before in zip(sizes, [None, *sizes], strict=False) if size != before] == [0, 1, 2, 3, 2]
    assert film.picture(-1) == pictures(lab.cluster)[0]
    assert (film.owners, film.most_pods) == (["family/default/web"], 1)

"""Container instances that fail, are cut off, and come back; and what is declared of tasks."""

import pytest

from labkit import Lab
from labkit.ecs import behaviour, outages
from labkit.errors import FieldError, LabError
from labkit.kinds import ecs
from tests.ecs.conftest import container


@pytest.fixture
def task(lab):
    """A task that runs, by its key."""
    key = ecs.key_of_arn(lab.client.run_task(taskDefinition="web")["tasks"][0]["taskArn"])
    lab.run("30s")
    return key


def home(lab, task):
    return ecs.key_of_arn(lab.cluster.read(task).container_instance_arn)


def test_a_machine_that_stops_keeps_its_status_and_loses_agent_and_tasks(lab, task):
    instance = home(lab, task)
    lab.fail(instance.name)
    lab.run("30s")
    assert lab.cluster.read(instance).agent_connected and lab.cluster.read(task).last_status == "RUNNING"
    lab.run("1m")
    held, gone = lab.cluster.read(instance), lab.cluster.read(task)
    assert (held.status, held.agent_connected, held.remaining("CPU")) == ("ACTIVE", False, 2048)
    assert gone.last_status == "STOPPED" and held.ec2_instance_id in gone.stopped_reason
    assert instance.name not in str(lab.client.run_task(taskDefinition="web", count=10)["tasks"])
    lab.recover(instance.name).run("10s")
    assert lab.cluster.read(instance).is_available


def test_a_network_that_breaks_leaves_tasks_running(lab, task):
    lab.cut("").run("5m")
    assert not any(lab.cluster.read(key).agent_connected for key in lab.cluster.keys(ecs.CONTAINER_INSTANCE))
    assert lab.cluster.read(task).last_status == "RUNNING"
    lab.client.stop_task(task=task.name)
    lab.run("5m")
    assert lab.cluster.read(task).last_status == "RUNNING"
    lab.recover().run("1m")
    assert lab.cluster.read(task).last_status == "STOPPED"


def test_a_zone_is_named_in_full_or_by_its_letter(lab):
    for name in ("us-east-1a", "a"):
        assert [lab.cluster.read(key).zone for key in outages.places(lab.cluster, name)] == ["us-east-1a"] * 2
    assert len(outages.places(lab.cluster, "")) == 4
    with pytest.raises(LabError, match="neither a node nor a zone"):
        lab.fail("moon")


def test_both_orchestrators_may_be_cut_at_once():
    lab = Lab.kubernetes(nodes=3)
    lab.client.create_cluster()
    lab.launch(2)
    lab.cut("a").run("3m")
    assert [lab.cluster.read(key).agent_connected for key in lab.cluster.keys(ecs.CONTAINER_INSTANCE)] == [False, True]
    assert not lab.cluster.items("Node")[0].is_ready
    lab.recover().run("3m")
    assert all(node.is_ready for node in lab.cluster.items("Node"))


@pytest.mark.parametrize(
    ("selector", "about"),
    [("family:web", True), ("family:shop", False), ("group:family:web", True), ("service:web", False)],
)
def test_tasks_are_chosen_by_family_group_or_id(lab, task, selector, about):
    assert behaviour.concerns(selector, lab.cluster.read(task)) == about
    assert behaviour.concerns(f"task:{task.name[:8]}", lab.cluster.read(task))


def test_labels_declare_and_lab_behave_goes_before_them(lab):
    labels = {"labkit.dev/exits-after": "30s", "labkit.dev/exit-code": "2"}
    lab.client.register_task_definition(family="job", containerDefinitions=[container(dockerLabels=labels)])
    lab.behave("family:job", exit_code=5)
    key = ecs.key_of_arn(lab.client.run_task(taskDefinition="job")["tasks"][0]["taskArn"])
    told = behaviour.of(lab.cluster, lab.cluster.read(key), "web")
    assert (told.exits_after, told.exit_code) == (30, 5)


def test_what_cannot_be_read_is_refused_and_nothing_written(lab):
    before = len(lab.history)
    with pytest.raises(FieldError):
        lab.behave("service:web", exits_after="soon")
    with pytest.raises(TypeError, match="can't be told 'flies'"):
        lab.behave("service:web", flies=True)
    assert len(lab.history) == before


def test_pods_are_meant_by_any_other_selector():
    assert behaviour.is_for_tasks("service:web") and not behaviour.is_for_tasks("app=web")
    assert not behaviour.is_for_tasks("service:")

"""boto3's client over a lab: errors, pages and waiters are botocore's, time is the lab's."""

import datetime
import time

import pytest
from botocore.exceptions import ClientError, ParamValidationError, WaiterError

from labkit import Lab
from labkit.errors import LabError
from labkit.kinds import ecs
from tests.ecs.conftest import container


def test_an_unknown_parameter_is_refused_by_botocore(lab):
    with pytest.raises(ParamValidationError, match='Unknown parameter in input: "taskDefinitio"'):
        lab.client.run_task(taskDefinitio="web")
    with pytest.raises(ParamValidationError, match="Invalid type for parameter count"):
        lab.client.run_task(taskDefinition="web", count="two")


def test_a_misspelt_operation_is_no_attribute(lab):
    with pytest.raises(AttributeError, match="register_task_defination"):
        lab.client.register_task_defination(family="web")


def test_refusals_are_the_exceptions_of_the_client(lab):
    with pytest.raises(lab.client.exceptions.ClusterNotFoundException) as refusal:
        lab.client.list_tasks(cluster="nix")
    assert isinstance(refusal.value, ClientError)
    assert refusal.value.response["Error"]["Code"] == "ClusterNotFoundException"
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    words = "An error occurred (ClusterNotFoundException) when calling the ListTasks operation: Cluster not found."
    assert str(refusal.value) == words


def test_answers_have_datetimes_and_nothing_of_labkits_own(lab):
    task = lab.client.run_task(taskDefinition="web")["tasks"][0]
    assert task["createdAt"] == datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC)
    assert "reserved" not in task and "gpuIds" not in task
    instance = lab.client.describe_container_instances(containerInstances=[task["containerInstanceArn"]])
    assert "enis" not in instance["containerInstances"][0] and "instanceType" not in instance["containerInstances"][0]
    assert instance["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_neither_arguments_nor_answers_are_shared_with_the_world(lab):
    definition = container(name="own")
    answer = lab.client.register_task_definition(family="own", containerDefinitions=[definition])
    definition["image"] = "other"
    answer["taskDefinition"]["containerDefinitions"][0]["image"] = "other"
    held = lab.client.describe_task_definition(taskDefinition="own")["taskDefinition"]
    assert held["containerDefinitions"][0]["image"] == "nginx"


def test_paginators_turn_pages(lab):
    for _ in range(5):
        lab.client.run_task(taskDefinition="web", count=5)
    pages = lab.client.get_paginator("list_tasks").paginate(PaginationConfig={"PageSize": 10})
    assert [len(page["taskArns"]) for page in pages] == [10, 10, 5]


def test_waiters_let_the_labs_time_pass(lab):
    arn = lab.client.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    began = time.monotonic()
    lab.client.get_waiter("tasks_running").wait(tasks=[arn])
    assert lab.now == 6 and time.monotonic() - began < 2
    lab.behave("family:web", exits_after="10m")
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        lab.client.get_waiter("tasks_stopped").wait(tasks=[arn], WaiterConfig={"Delay": 10, "MaxAttempts": 4})
    assert lab.now == 6 + 3 * 10
    with pytest.raises(ValueError, match="Waiter does not exist"):
        lab.client.get_waiter("tasks_flying")


def test_calling_changes_no_randomness(lab):
    twin = lab.fork()
    for _ in range(3):
        lab.client.describe_clusters()
        lab.client.list_tasks()
    ours, theirs = (one.client.run_task(taskDefinition="web")["tasks"] for one in (lab, twin))
    assert ours == theirs


def test_a_past_lab_can_be_asked_but_not_changed(lab):
    lab.client.run_task(taskDefinition="web")
    past = lab.run("1m").at("1s")
    assert past.client.describe_clusters()["clusters"][0]["pendingTasksCount"] == 1
    with pytest.raises(LabError, match="moment of the past"):
        past.client.run_task(taskDefinition="web")


def test_configuration_and_credentials_of_the_machine_are_not_read(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "9")
    assert Lab.ecs(instances=0).client.list_clusters()["clusterArns"][0].endswith("default")


def test_what_the_lab_does_not_answer_says_so(lab):
    with pytest.raises(NotImplementedError, match="ExecuteCommand"):
        lab.client.execute_command(task="x", command="ls", interactive=True)
    with pytest.raises(LabError, match="no service 's3'"):
        lab.boto3.client("s3")


def test_a_kubernetes_lab_holds_ecs_too():
    lab = Lab.kubernetes(nodes=1)
    lab.client.create_cluster(clusterName="shop")
    lab.launch(2, {"m5.large": 1, "c5.large": 1}, cluster="shop")
    kinds = {one.instance_type for one in lab.cluster.items(ecs.CONTAINER_INSTANCE)}
    assert kinds == {"m5.large", "c5.large"} and len(lab.get("nodes")) == 1

"""Tasks: described, listed, stopped, protected."""

import pytest

from labkit.ecs import tasks
from labkit.errors import AwsError
from labkit.kinds import ecs


def test_missing_tasks_are_failures(call):
    task = call("run_task", taskDefinition="web")["tasks"][0]
    answer = call("describe_tasks", tasks=[task["taskArn"], task["taskArn"].rpartition("/")[2], "nix"])
    assert len(answer["tasks"]) == 2 and answer["failures"] == [
        {"arn": "arn:aws:ecs:us-east-1:123456789012:task/default/nix", "reason": "MISSING"}
    ]


def test_tasks_are_listed_by_what_they_are(call):
    mine = call("run_task", taskDefinition="web", startedBy="me", group="batch")["tasks"][0]
    other = call("run_task", taskDefinition="web")["tasks"][0]

    def listed(**request):
        return call("list_tasks", **request)["taskArns"]

    assert listed() == [mine["taskArn"], other["taskArn"]]
    assert listed(startedBy="me") == [mine["taskArn"]]
    assert listed(containerInstance=other["containerInstanceArn"]).count(other["taskArn"]) == 1
    assert len(listed(family="web")) == 2 and listed(family="shop") == [] and listed(serviceName="web") == []
    assert listed(launchType="FARGATE") == [] and listed(desiredStatus="STOPPED") == []
    call("stop_task", task=mine["taskArn"])
    assert listed() == [other["taskArn"]] and listed(desiredStatus="STOPPED") == [mine["taskArn"]]


def test_the_first_reason_to_stop_stays(call, world):
    task = call("run_task", taskDefinition="web")["tasks"][0]
    assert call("stop_task", task=task["taskArn"], reason="enough")["task"]["stoppedReason"] == "enough"
    assert call("stop_task", task=task["taskArn"], reason="again")["task"]["stoppedReason"] == "enough"
    with pytest.raises(AwsError, match=r"The referenced task was not found\."):
        call("stop_task", task="nix")


def test_each_change_counts_up_the_version(call, world):
    key = ecs.key_of_arn(call("run_task", taskDefinition="web")["tasks"][0]["taskArn"])
    assert tasks.changed(world, key, lastStatus="RUNNING")["version"] == 2
    assert tasks.changed(world, key, lastStatus="RUNNING")["version"] == 2


def test_only_tasks_of_services_are_protected(call, world):
    alone = call("run_task", taskDefinition="web")["tasks"][0]["taskArn"]
    owned = call("run_task", taskDefinition="web")["tasks"][0]["taskArn"]
    tasks.changed(world, ecs.key_of_arn(owned), group="service:web")
    answer = call("update_task_protection", cluster="default", tasks=[alone, owned, "nix"], protectionEnabled=True)
    assert [one["reason"] for one in answer["failures"]] == ["TASK_NOT_VALID", "MISSING"]
    held = call("get_task_protection", cluster="default", tasks=[owned])["protectedTasks"]
    assert held == [{"taskArn": owned, "protectionEnabled": True, "expirationDate": "2026-01-05T11:00:00Z"}]
    world.clock.advance(7201)
    assert not call("get_task_protection", cluster="default", tasks=[owned])["protectedTasks"][0]["protectionEnabled"]
    with pytest.raises(AwsError, match="between 1 and 2880"):
        call("update_task_protection", cluster="default", tasks=[owned], protectionEnabled=True, expiresInMinutes=2881)

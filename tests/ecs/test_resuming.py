"""Tasks go on from what they were: at a moment of the past, and in another process."""

from __future__ import annotations

from collections import Counter

import pytest

from labkit import Lab
from labkit.experiments.freezing import freeze, thaw
from labkit.kinds import ecs

CHECK = {"command": ["CMD", "true"], "interval": 10, "timeout": 5, "retries": 2}
PARTS = [
    {"name": "init", "image": "shop/init:1", "cpu": 10, "memory": 64, "essential": False},
    {"name": "web", "image": "shop/web:1", "cpu": 100, "memory": 128, "healthCheck": CHECK,
     "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}]},
]  # fmt: skip


@pytest.fixture(scope="module")
def lab() -> Lab:
    """Two minutes in which a service starts, a task ends by itself, and another is stopped."""
    made = Lab.ecs(instances=3, seed=2)
    made.client.register_task_definition(family="web", containerDefinitions=PARTS)
    made.behave("service:web", container="init", exits_after="7s", exit_code=0)
    for family in ("batch", "slow"):
        part = {"name": "main", "image": "shop/job:1", "cpu": 100, "memory": 128}
        made.client.register_task_definition(family=family, containerDefinitions=[part])
    made.behave("family:batch", exits_after="50s", exit_code=3)
    made.behave("family:slow", stops_in="20s")
    made.client.create_service(serviceName="web", taskDefinition="web", desiredCount=3)
    made.client.run_task(taskDefinition="batch")
    [task] = made.client.run_task(taskDefinition="slow")["tasks"]
    made.run("60s")
    made.client.stop_task(task=task["taskArn"])
    return made.run("60s")


def ends(lab: Lab) -> Counter[tuple[str, ...]]:
    tasks = lab.cluster.list(ecs.TASK)
    codes = [[str(one.get("exitCode")) for one in task["containers"]] for task in tasks]
    return Counter(
        (task["group"], task["lastStatus"], str(task.get("stopCode")), task["healthStatus"], *code)
        for task, code in zip(tasks, codes, strict=True)
    )


def test_the_lab_ends_as_it_is_meant_to(lab: Lab) -> None:
    assert ends(lab) == {
        ("service:web", "RUNNING", "None", "HEALTHY", "0", "None"): 3,
        ("family:batch", "STOPPED", "EssentialContainerExited", "UNKNOWN", "3"): 1,
        ("family:slow", "STOPPED", "UserInitiated", "UNKNOWN", "0"): 1,
    }


@pytest.mark.parametrize("moment", [0.2, 0.8, 1.2, 3, 8, 12, 40, 58, 61, 75, 119])
def test_a_moment_of_the_past_goes_on_to_the_same_end(lab: Lab, moment: float) -> None:
    twin = lab.at(moment).fork()
    stopped = [task["taskArn"] for task in twin.cluster.list(ecs.TASK) if task["group"] == "family:slow"]
    twin.run(60 - moment if moment < 60 else 0)
    for arn in stopped if moment < 60 else ():
        twin.client.stop_task(task=arn)
    assert ends(twin.run("80s")) == ends(lab)


def test_a_lab_goes_on_in_another_process(lab: Lab) -> None:
    twin = thaw(freeze(lab)).run("10m")
    assert ends(twin) == ends(lab)
    assert not [entry for entry in twin.history[len(lab.history) :] if entry.key.kind == ecs.TASK]


def test_a_task_that_has_ended_is_forgotten_in_its_time(lab: Lab) -> None:
    twin = lab.at(119).fork().run("61m")
    assert [*ends(twin)] == [("service:web", "RUNNING", "None", "HEALTHY", "0", "None")]

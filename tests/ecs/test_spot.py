"""Fargate Spot: the warning, its two minutes, and what is started instead."""

from collections import Counter

import pytest

from labkit import Lab
from labkit.ecs import spot
from labkit.errors import LabError
from labkit.kinds import ecs
from tests.ecs.conftest import container
from tests.ecs.on_fargate import SPOT, VPC, register, run


def states(lab: Lab, arn: str) -> dict[str, float]:
    """When a task reached each of its states."""
    found: dict[str, float] = {}
    for entry in lab.history.of(ecs.key_of_arn(arn)):
        found.setdefault(entry.new["lastStatus"], entry.time) if entry.new else None
    return found


@pytest.mark.parametrize(
    ("stop_timeout", "stops_in", "seconds", "code"),
    [(None, "5s", 5, 0), (None, "300s", 30, 137), (120, "90s", 90, 0), (120, "300s", 120, 137), (2, "60s", 2, 137)],
)
def test_a_container_has_its_stop_timeout_after_the_warning(fargate, stop_timeout, stops_in, seconds, code):
    more = {"stopTimeout": stop_timeout} if stop_timeout else {}
    register(fargate, container(cpu=0, **more))
    task = run(fargate, definition="g", capacityProviderStrategy=SPOT)["tasks"][0]["taskArn"]
    fargate.behave("family:g", stops_in=stops_in).run("1m").interrupt()
    told = fargate.client.describe_tasks(tasks=[task])["tasks"][0]
    assert (told["desiredStatus"], told["lastStatus"]) == ("STOPPED", "RUNNING")
    assert (told["stopCode"], told["stoppedReason"]) == ("SpotInterruption", "Your Spot Task was interrupted.")
    fargate.run("3m")
    when = states(fargate, task)
    assert when["STOPPING"] == 60 and when["DEPROVISIONING"] == pytest.approx(60 + seconds)
    assert fargate.client.describe_tasks(tasks=[task])["tasks"][0]["containers"][0]["exitCode"] == code


def test_nothing_runs_on_after_two_minutes(fargate):
    chain = [
        container("web", cpu=0, stopTimeout=120, memory=200, dependsOn=[{"containerName": "db", "condition": "START"}]),
        container("db", cpu=0, stopTimeout=120, memory=200),
    ]
    fargate.client.register_task_definition(family="g", containerDefinitions=chain, cpu="256", memory="512",
        networkMode="awsvpc", requiresCompatibilities=["FARGATE"])  # fmt: skip
    task = run(fargate, definition="g", capacityProviderStrategy=SPOT)["tasks"][0]["taskArn"]
    fargate.behave("family:g", stops_in="100s").run("1m").interrupt().run("5m")
    assert states(fargate, task)["DEPROVISIONING"] == pytest.approx(60 + spot.WARNING)
    codes = [one["exitCode"] for one in fargate.client.describe_tasks(tasks=[task])["tasks"][0]["containers"]]
    assert codes == [0, 137]


def test_only_tasks_on_spot_that_are_meant_are_taken(fargate):
    run(fargate, 2)
    tasks = run(fargate, 3, capacityProviderStrategy=SPOT)["tasks"]
    fargate.run("1m").interrupt("b")
    wanted = [task["desiredStatus"] for task in fargate.cluster.list(ecs.TASK)]
    assert wanted.count("STOPPED") == 1
    fargate.interrupt(tasks[0]["taskArn"]).interrupt("family:f")
    assert [task["desiredStatus"] for task in fargate.cluster.list(ecs.TASK)].count("STOPPED") == 3
    with pytest.raises(LabError, match="no task on FARGATE_SPOT"):
        fargate.interrupt()


def service(lab, strategy, count):
    lab.client.create_service(
        serviceName="web",
        taskDefinition="f",
        desiredCount=count,
        networkConfiguration=VPC,
        capacityProviderStrategy=strategy,
    )
    return lab.run("3m")


def running(lab):
    """How many tasks run by capacity provider."""
    tasks = [one for one in lab.cluster.list(ecs.TASK) if one["lastStatus"] == "RUNNING"]
    return dict(Counter(one["capacityProviderName"] for one in tasks))


MIXED = [
    {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
    {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 3},
]


def test_a_service_starts_others_on_spot_at_once_where_there_is_capacity(fargate):
    lab = service(fargate, MIXED, 9)
    assert running(lab) == {"FARGATE": 3, "FARGATE_SPOT": 6}
    lab.interrupt("service:web").run("1m")
    assert running(lab) == {"FARGATE": 3, "FARGATE_SPOT": 6}


def test_a_service_waits_for_spot_and_does_not_fall_back(fargate):
    lab = service(fargate, MIXED, 9).capacity("FARGATE_SPOT", 0).interrupt("service:web").run("5m")
    assert running(lab) == {"FARGATE": 3}
    events = [one["message"] for one in lab.client.describe_services(services=["web"])["services"][0]["events"]]
    reason = "Capacity is unavailable at this time. Please try again later or in a different availability zone."
    assert any(reason in one for one in events)
    assert running(lab.capacity("FARGATE_SPOT", None).run("3m")) == {"FARGATE": 3, "FARGATE_SPOT": 6}

"""The life of a task: its states, its dependencies, its ends."""

import pytest

from labkit import Lab
from labkit.ecs import newtask
from labkit.kinds import Key, ecs
from tests.ecs.conftest import container

VPC = {"awsvpcConfiguration": {"subnets": ["subnet-0ec50000000000001"]}}
HEALTH = {"command": ["CMD-SHELL", "true"], "interval": 5, "retries": 2}


def states(lab, task, field="lastStatus"):
    """Every value that a field of a task has had, in order."""
    key = ecs.key_of_arn(task["taskArn"])
    values = [entry.new.get(field) for entry in lab.history.of(key) if entry.new is not None]
    return [value for place, value in enumerate(values) if value not in values[:place]]


def run(lab, *containers, network=None, **fields):
    lab.client.register_task_definition(family="t", containerDefinitions=list(containers) or [container()], **fields)
    more = {"networkConfiguration": network} if network else {}
    return lab.client.run_task(taskDefinition="t", **more)["tasks"][0]


def shown(lab, task):
    return lab.client.describe_tasks(tasks=[task["taskArn"]])["tasks"][0]


def part(lab, task, name):
    return next(one for one in shown(lab, task)["containers"] if one["name"] == name)


def test_a_bridge_task_is_pending_running_stopped(lab):
    task = run(lab)
    lab.run("30s")
    assert shown(lab, task)["lastStatus"] == "RUNNING" and shown(lab, task)["connectivity"] == "CONNECTED"
    lab.client.stop_task(task=task["taskArn"])
    lab.run("30s")
    assert states(lab, task) == ["PENDING", "RUNNING", "STOPPED"]
    told = shown(lab, task)
    assert (told["stopCode"], told["stoppedReason"]) == ("UserInitiated", "Task stopped by user")
    moments = (
        "createdAt",
        "pullStartedAt",
        "pullStoppedAt",
        "startedAt",
        "stoppingAt",
        "executionStoppedAt",
        "stoppedAt",
    )
    assert [told[name] for name in moments] == sorted(told[name] for name in moments)


def test_a_task_with_its_own_interface_goes_through_all_states(lab):
    task = run(lab, networkMode="awsvpc", network=VPC)
    lab.run("30s")
    details = {one["name"]: one["value"] for one in shown(lab, task)["attachments"][0]["details"]}
    assert details["privateIPv4Address"] == newtask.address(shown(lab, task)["taskArn"].rpartition("/")[2])
    lab.client.stop_task(task=task["taskArn"])
    lab.run("30s")
    assert states(lab, task) == [
        "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "STOPPING", "DEPROVISIONING", "STOPPED",
    ]  # fmt: skip


def test_what_a_task_took_is_given_back_when_it_has_stopped(lab):
    task = run(lab, container(portMappings=[{"containerPort": 80, "hostPort": 80}]))
    key = ecs.key_of_arn(task["containerInstanceArn"])
    fresh = lab.at(0).cluster.read(key)
    lab.run("30s")
    assert 80 in lab.cluster.read(key).ports() and lab.cluster.read(key).running_tasks_count == 1
    lab.client.stop_task(task=task["taskArn"])
    lab.run("30s")
    now = lab.cluster.read(key)
    assert now.remaining_resources == fresh.registered_resources
    assert (now.running_tasks_count, now.enis) == (0, 0)


def test_a_stopped_task_is_forgotten_after_an_hour(lab):
    task = run(lab)
    lab.client.stop_task(task=task["taskArn"])
    lab.run("59m")
    assert shown(lab, task)["lastStatus"] == "STOPPED"
    lab.run("2m")
    assert lab.cluster.keys(ecs.TASK) == []


def test_the_second_pull_of_an_image_is_quick(lab):
    first = run(lab)
    lab.run("1m")
    arn = first["containerInstanceArn"]
    second = lab.client.start_task(taskDefinition="t", containerInstances=[arn])["tasks"][0]
    start = lab.now
    lab.run(until=lambda lab: shown(lab, second)["lastStatus"] == "RUNNING")
    assert lab.now - start < 2


def test_an_essential_container_takes_the_task_with_it(lab):
    lab.behave("family:t", container="web", exits_after="20s", exit_code=3)
    task = run(lab, container(), container("log"))
    lab.run("1m")
    told = shown(lab, task)
    assert (told["stopCode"], told["stoppedReason"]) == (
        "EssentialContainerExited", "Essential container in task exited",
    )  # fmt: skip
    assert (part(lab, task, "web")["exitCode"], part(lab, task, "log")["exitCode"]) == (3, 0)


def test_another_container_may_end_without_it(lab):
    task = run(lab, container(), container("job", essential=False, dockerLabels={"labkit.dev/exits-after": "5s"}))
    lab.run("1m")
    assert shown(lab, task)["lastStatus"] == "RUNNING"
    assert (part(lab, task, "job")["lastStatus"], part(lab, task, "job")["exitCode"]) == ("STOPPED", 0)


def test_more_memory_than_the_limit_kills(lab):
    lab.behave("family:t", memory="600Mi")
    task = run(lab)
    lab.run("1m")
    assert part(lab, task, "web")["exitCode"] == 137
    assert part(lab, task, "web")["reason"] == "OutOfMemoryError: Container killed due to memory usage"


def test_an_image_that_cannot_be_pulled_fails_the_task(lab):
    lab.behave("family:t", image_error="pull access denied for nginx")
    task = run(lab)
    lab.run("1m")
    told = shown(lab, task)
    assert told["stopCode"] == "TaskFailedToStart" and "startedAt" not in told
    assert told["stoppedReason"] == "CannotPullContainerError: pull access denied for nginx"


def test_stop_timeout_is_the_limit_after_sigterm(lab):
    lab.behave("family:t", stops_in="2m")
    task = run(lab, container(stopTimeout=10))
    lab.run("30s")
    lab.client.stop_task(task=task["taskArn"], reason="enough")
    lab.run("9s")
    assert part(lab, task, "web")["lastStatus"] == "RUNNING"
    lab.run("3s")
    assert part(lab, task, "web")["exitCode"] == 137 and shown(lab, task)["stoppedReason"] == "enough"


def waits_for(condition, **other):
    """A container `web` that waits for `db`."""
    return container(dependsOn=[{"containerName": "db", "condition": condition}]), container("db", **other)


def started(lab, task, name):
    """When a container first ran."""
    for entry in lab.history.of(ecs.key_of_arn(task["taskArn"])):
        held = next(one for one in entry.new["containers"] if one["name"] == name)
        if held["lastStatus"] == "RUNNING":
            return entry.time
    return None


def test_start_waits_for_a_start(lab):
    task = run(lab, *waits_for("START"))
    lab.run("1m")
    assert started(lab, task, "db") < started(lab, task, "web")


@pytest.mark.parametrize(
    ("condition", "code", "starts"), [("COMPLETE", 1, True), ("SUCCESS", 0, True), ("SUCCESS", 1, False)]
)
def test_complete_and_success_wait_for_an_end(lab, condition, code, starts):
    lab.behave("family:t", container="db", exits_after="10s", exit_code=code)
    task = run(lab, *waits_for(condition, essential=False))
    lab.run("2m")
    assert (shown(lab, task)["lastStatus"] == "RUNNING") == starts
    if starts:
        assert started(lab, task, "web") >= started(lab, task, "db") + 10
    else:
        assert shown(lab, task)["stopCode"] == "TaskFailedToStart"
        assert "container ordering dependency" in shown(lab, task)["stoppedReason"]


def test_healthy_waits_for_a_passed_check(lab):
    lab.behave("family:t", container="db", starts_in="12s")
    task = run(lab, *waits_for("HEALTHY", healthCheck=HEALTH | {"retries": 5}))
    lab.run("2m")
    assert started(lab, task, "web") >= started(lab, task, "db") + 15
    assert shown(lab, task)["containers"][1]["healthStatus"] == "HEALTHY"


def test_start_timeout_gives_up_those_that_wait(lab):
    lab.behave("family:t", container="db", live=False)
    task = run(lab, *waits_for("HEALTHY", healthCheck=HEALTH | {"retries": 10}, startTimeout=20))
    lab.run("2m")
    assert "timed out" in shown(lab, task)["stoppedReason"] and started(lab, task, "web") is None


def test_containers_are_stopped_in_the_reverse_order(lab):
    lab.behave("family:t", stops_in="5s")
    task = run(lab, *waits_for("START"))
    lab.run("1m")
    lab.client.stop_task(task=task["taskArn"])
    lab.run("6s")
    assert (part(lab, task, "web")["lastStatus"], part(lab, task, "db")["lastStatus"]) == ("STOPPED", "RUNNING")
    lab.run("6s")
    assert shown(lab, task)["lastStatus"] == "STOPPED"


def test_health_follows_what_the_application_does(lab):
    lab.behave("family:t", live="60s")
    task = run(lab, container(healthCheck=HEALTH))
    lab.run("30s")
    assert shown(lab, task)["healthStatus"] == "HEALTHY"
    lab.run("1m")
    assert shown(lab, task)["healthStatus"] == "UNHEALTHY" and shown(lab, task)["lastStatus"] == "RUNNING"
    lab.behave("family:t", live=True)
    lab.run("30s")
    assert shown(lab, task)["healthStatus"] == "HEALTHY"


def test_a_restart_policy_starts_the_container_again(lab):
    policy = {"enabled": True, "restartAttemptPeriod": 60}
    lab.behave("family:t", exits_after="90s", exit_code=1)
    task = run(lab, container(restartPolicy=policy))
    lab.run("10m")
    assert shown(lab, task)["lastStatus"] == "RUNNING"
    assert lab.cluster.read(ecs.key_of_arn(task["taskArn"])).containers[0].runs > 5


def test_a_container_that_ended_too_soon_is_not_started_again(lab):
    lab.behave("family:t", exits_after="30s", exit_code=1)
    task = run(lab, container(restartPolicy={"enabled": True, "restartAttemptPeriod": 60}))
    lab.run("2m")
    assert shown(lab, task)["lastStatus"] == "STOPPED"


def test_dynamic_ports_differ_on_an_instance(lab):
    lab.client.register_task_definition(
        family="d", containerDefinitions=[container(portMappings=[{"containerPort": 80}])]
    )
    arn = lab.client.list_container_instances()["containerInstanceArns"][0]
    tasks = [lab.client.start_task(taskDefinition="d", containerInstances=[arn])["tasks"][0] for _ in range(3)]
    lab.run("1m")
    ports = {part(lab, task, "web")["networkBindings"][0]["hostPort"] for task in tasks}
    assert ports == {32768, 32769, 32770}


def test_a_fork_goes_on_by_itself_and_the_past_stays(lab):
    task = run(lab)
    twin = lab.fork()
    twin.run("1m")
    assert shown(twin, task)["lastStatus"] == "RUNNING" and shown(lab, task)["lastStatus"] == "PENDING"
    assert shown(twin.at(0), task)["lastStatus"] == "PENDING"
    again = lab.fork().run("1m")
    assert twin.cluster.objects() == again.cluster.objects()


def test_two_runs_of_one_seed_are_the_same():
    def story():
        lab = Lab.ecs(seed=7)
        run(lab, container(), container("log"))
        lab.run("1m")
        return [(entry.time, entry.verb, entry.key, entry.new) for entry in lab.history]

    assert story() == story()


def test_a_task_stops_at_whatever_stage_it_is(lab):
    for seconds in (0, 0.6, 3, 7, 12):
        task = run(lab, networkMode="awsvpc", network=VPC)
        lab.run(seconds)
        lab.client.stop_task(task=task["taskArn"])
        lab.run("1m")
        assert shown(lab, task)["lastStatus"] == "STOPPED"
    assert all(lab.cluster.read(key).enis == 0 for key in lab.cluster.keys(ecs.CONTAINER_INSTANCE))
    assert Key(ecs.CLUSTER, "", "default") in lab.cluster.keys(ecs.CLUSTER)

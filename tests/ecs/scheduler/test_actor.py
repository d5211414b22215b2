"""Services as they go: a first demonstration, updates, failures, draining, deletion."""

from itertools import pairwise

import pytest

from labkit import Key

ALARM = {
    "Namespace": "Shop", "MetricName": "latency", "Statistic": "Average", "Period": 60, "EvaluationPeriods": 5,
    "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1.0, "TreatMissingData": "ignore",
}  # fmt: skip
STUCK = "was unable to stop or start tasks during a deployment because of the service deployment configuration."


def percent(least: int, most: int, **more: object) -> dict[str, object]:
    return {"minimumHealthyPercent": least, "maximumPercent": most, **more}


def test_a_first_demonstration_ends_steady(shop):
    shop.create()
    shop.lab.client.get_waiter("services_stable").wait(services=["shop"])
    assert shop.service["runningCount"] == 2
    shop.run("1m")
    assert shop.messages[0] == "(service shop) has reached a steady state."
    ids = " ".join(f"(task {one['taskArn'].rpartition('/')[2]})" for one in shop.tasks())
    assert sorted(shop.messages[-1].split()) == sorted(f"(service shop) has started 2 tasks: {ids}.".split())
    deployment = shop.service["deployments"][0]
    assert deployment["rolloutState"] == "COMPLETED"
    assert deployment["rolloutStateReason"] == f"ECS deployment {deployment['id']} completed."


def test_events_come_newest_first_and_a_hundred_at_most(shop):
    shop.create(1).run("1m")
    for turn in range(60):
        shop.update(desiredCount=2 - turn % 2).run("1m")
    events = shop.service["events"]
    assert len(events) == 100 and len({one["id"] for one in events}) == 100
    assert [one["createdAt"] for one in events] == sorted((one["createdAt"] for one in events), reverse=True)


def test_an_update_starts_new_tasks_and_then_stops_old_ones(shop):
    shop.create().run("1m")
    before = {one["taskArn"] for one in shop.tasks()}
    shop.define()
    shop.update(taskDefinition="web").run("10s")
    assert len(shop.tasks()) == 4 and shop.rollouts[0][1] == "IN_PROGRESS"
    shop.run("2m")
    assert shop.rollouts == [("PRIMARY", "COMPLETED", 2)] and not before & {one["taskArn"] for one in shop.tasks()}
    gone = next(one for one in shop.tasks("STOPPED") if one["taskArn"] in before)
    assert gone["stopCode"] == "ServiceSchedulerInitiated"
    assert gone["stoppedReason"].startswith("Scaling activity initiated by (deployment ecs-svc/")


@pytest.mark.parametrize(("count", "least", "most"), [(1, 100, 100), (1, 50, 100), (3, 100, 125), (2, 75, 100)])
def test_bounds_that_allow_nothing_leave_a_deployment_stuck(shop, count, least, most):
    shop.create(count, deploymentConfiguration=percent(least, most)).run("1m")
    shop.update(forceNewDeployment=True).run("1h")
    assert shop.rollouts == [("PRIMARY", "IN_PROGRESS", 0), ("ACTIVE", "COMPLETED", count)]
    assert shop.messages[0].startswith(f"(service shop) {STUCK}")
    shop.update(deploymentConfiguration=percent(0, 100), availabilityZoneRebalancing="DISABLED").run("3m")
    assert shop.rollouts == [("PRIMARY", "COMPLETED", count)]


def test_the_circuit_breaker_rolls_back_to_the_revision_that_was_steady(shop):
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    shop.create(2, deploymentConfiguration=breaker).run("1m")
    good = shop.service["deployments"][0]["id"]
    bad = shop.define(dockerLabels={"labkit.dev/image-error": "no such image"})
    shop.update(taskDefinition=bad).run("5m")
    assert [one["id"] for one in shop.service["deployments"]] == [good]
    assert shop.service["taskDefinition"].endswith("web:1") and shop.rollouts == [("PRIMARY", "COMPLETED", 2)]
    said = " ".join(shop.messages)
    assert "deployment failed: tasks failed to start." in said and f"rolling back to deployment {good}." in said
    tale = shop.lab.client.list_service_deployments(service="shop")["serviceDeployments"][0]
    assert tale["status"] == "ROLLBACK_SUCCESSFUL"


def test_without_rollback_a_failed_deployment_stands_still(shop):
    bad = shop.define(dockerLabels={"labkit.dev/image-error": "no such image"})
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    shop.create(1, deploymentConfiguration=breaker, taskDefinition="web:1").run("1m")
    shop.update(taskDefinition=bad).run("30m")
    assert shop.rollouts == [("PRIMARY", "FAILED", 0), ("ACTIVE", "COMPLETED", 1)]
    assert shop.service["deployments"][0]["failedTasks"] == 3
    reason = "ECS deployment circuit breaker: tasks failed to start."
    assert shop.service["deployments"][0]["rolloutStateReason"] == reason


def test_without_a_breaker_starts_that_fail_are_tried_ever_more_seldom(shop):
    shop.define(dockerLabels={"labkit.dev/image-error": "no such image"})
    shop.create(1).run("2h")
    moments = [one["createdAt"].timestamp() for one in shop.service["events"] if "has started" in one["message"]]
    gaps = [later - sooner for later, sooner in pairwise(moments)]
    assert gaps[0] == pytest.approx(27 * 60, abs=5) and gaps == sorted(gaps, reverse=True)
    assert any("is unable to consistently start tasks successfully." in one for one in shop.messages)


def test_tasks_that_fail_after_they_ran_are_replaced_at_once(shop):
    shop.define(dockerLabels={"labkit.dev/exits-after": "100s"})
    shop.create(1).run("1h")
    moments = [one["createdAt"].timestamp() for one in shop.service["events"] if "has started" in one["message"]]
    assert max(later - sooner for later, sooner in pairwise(moments)) < 110
    assert shop.service["deployments"][0]["failedTasks"] == 0


def test_a_service_that_nobody_can_take_says_so_once_and_goes_on_when_there_is_room(on):
    shop = on(instances=1)
    shop.define(cpu=2048)
    shop.create().run("2h")
    said = [one for one in shop.messages if "was unable to place a task" in one]
    assert len(said) == 1 and "has insufficient CPU units available." in said[0]
    shop.lab.launch(1)
    shop.run("2m")
    assert shop.service["runningCount"] == 2


def test_another_cause_is_said_though_the_first_was(on):
    shop = on(instances=0)
    shop.define(cpu=2048)
    shop.create().run("2m")
    shop.lab.launch(1)
    shop.run("10m")
    said = [one for one in shop.messages if "was unable to place a task" in one]
    assert "has insufficient CPU units available." in said[0]
    assert "No Container Instances were found in your cluster." in said[1] and len(said) == 2


def test_tasks_of_draining_instances_are_replaced_within_the_bounds(shop):
    shop.create(4).run("1m")
    client = shop.lab.client
    place = shop.tasks()[0]["containerInstanceArn"]
    client.update_container_instances_state(containerInstances=[place], status="DRAINING")
    for _ in range(20):
        shop.run("5s")
        assert shop.service["runningCount"] >= 4
    assert place not in {one["containerInstanceArn"] for one in shop.tasks()} and len(shop.tasks()) == 4


def test_a_hundred_per_cent_both_ways_blocks_draining(shop):
    shop.create(4, deploymentConfiguration=percent(100, 100)).run("1m")
    place = shop.tasks()[0]["containerInstanceArn"]
    shop.lab.client.update_container_instances_state(containerInstances=[place], status="DRAINING")
    shop.run("1h")
    assert place in {one["containerInstanceArn"] for one in shop.tasks()} and STUCK in shop.messages[0]


def test_a_protected_task_survives_scaling_in(shop):
    shop.create(3).run("1m")
    kept = shop.tasks()[1]["taskArn"]
    shop.lab.client.update_task_protection(cluster="default", tasks=[kept], protectionEnabled=True)
    shop.update(desiredCount=1).run("2m")
    assert [one["taskArn"] for one in shop.tasks()] == [kept]


def test_a_deleted_service_is_draining_until_its_tasks_have_ended(shop):
    shop.create(2).run("1m")
    assert shop.lab.client.delete_service(service="shop", force=True)["service"]["status"] == "DRAINING"
    shop.run("1m")
    assert shop.service["status"] == "INACTIVE" and not shop.tasks()


def test_an_alarm_lets_a_deployment_fail_but_not_one_that_went_off_before(shop):
    shop.create(1).run("1m")
    alarms = {"alarms": {"alarmNames": ["slow", "old"], "enable": True, "rollback": True}}
    cluster = shop.lab.cluster
    for name, state in (("slow", "OK"), ("old", "ALARM")):
        cluster.put(alarm_key(name), {**ALARM, "AlarmName": name, "StateValue": state})
    shop.define()
    shop.update(taskDefinition="web", deploymentConfiguration=alarms).run("2m")
    assert shop.rollouts[0] == ("PRIMARY", "IN_PROGRESS", 1)
    cluster.put(alarm_key("slow"), {**cluster.require(alarm_key("slow")), "StateValue": "ALARM"})
    shop.run("2m")
    assert shop.service["taskDefinition"].endswith("web:1")
    assert any("deployment failed: alarm detected." in one for one in shop.messages)


def alarm_key(name):
    return Key("AWS::CloudWatch::Alarm", "", name)

"""Target groups, and services behind them."""

import pytest

from labkit import Lab
from tests.ecs.conftest import container


@pytest.fixture
def lab():
    """A lab with a service of two tasks behind a target group whose targets drain for 60 s."""
    lab = Lab.ecs(seed=1)
    elb = lab.boto3.client("elbv2")
    group = elb.create_target_group(Name="shop", Protocol="HTTP", Port=80)["TargetGroups"][0]["TargetGroupArn"]
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": "60"}
    elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=[delay])
    ports = [{"containerPort": 80}]
    lab.client.register_task_definition(family="web", containerDefinitions=[container(portMappings=ports)])
    balancer = {"targetGroupArn": group, "containerName": "web", "containerPort": 80}
    asked = {"serviceName": "shop", "taskDefinition": "web", "desiredCount": 2, "loadBalancers": [balancer]}
    lab.client.create_service(**asked)
    return lab


def states(lab):
    elb = lab.boto3.client("elbv2")
    arn = elb.describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    found = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return sorted(one["TargetHealth"]["State"] for one in found)


def messages(lab):
    return [one["message"] for one in lab.client.describe_services(services=["shop"])["services"][0]["events"]]


def test_defaults_are_those_of_the_api(lab):
    group = lab.boto3.client("elbv2").describe_target_groups(Names=["shop"])["TargetGroups"][0]
    fields = ("HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds", "HealthyThresholdCount")
    assert [group[one] for one in (*fields, "UnhealthyThresholdCount")] == [30, 6, 5, 2]


def test_a_new_target_is_healthy_after_one_passed_check(lab):
    lab.run("20s")
    assert states(lab) == ["initial", "initial"]
    assert sum("registered 1 targets in (target-group arn:" in one for one in messages(lab)) == 2
    lab.run("30s")
    assert states(lab) == ["healthy", "healthy"] and messages(lab)[0].endswith("has reached a steady state.")


def test_a_task_whose_target_fails_is_replaced(lab):
    lab.run("2m")
    task = lab.client.list_tasks()["taskArns"][0]
    lab.behave(f"task:{task.rpartition('/')[2]}", ready=False)
    lab.run("4m")
    reason = lab.client.describe_tasks(tasks=[task])["tasks"][0]["stoppedReason"]
    assert reason.startswith("Task failed ELB health checks in (target-group arn:")
    assert any("due to (reason Health checks failed with these codes: [503])." in one for one in messages(lab))
    assert states(lab) == ["healthy", "healthy"]


def test_stopping_tasks_drain_for_the_delay(lab):
    lab.run("2m")
    lab.client.update_service(service="shop", desiredCount=1)
    lab.run("59s")
    assert states(lab) == ["draining", "healthy"]
    stopping = lab.client.list_tasks(desiredStatus="STOPPED")["taskArns"]
    assert lab.client.describe_tasks(tasks=stopping)["tasks"][0]["lastStatus"] == "DEACTIVATING"
    lab.run("30s")
    assert states(lab) == ["healthy"]
    assert any("has begun draining connections on 1 tasks." in one for one in messages(lab))


def test_a_target_group_that_is_not_there_is_told_so(lab):
    elb = lab.boto3.client("elbv2")
    with pytest.raises(elb.exceptions.TargetGroupNotFoundException):
        elb.describe_target_groups(Names=["nix"])


def test_failing_checks_are_ignored_in_the_grace_period(lab):
    lab.client.update_service(service="shop", healthCheckGracePeriodSeconds=600)
    lab.behave("service:shop", ready=False)
    lab.run("9m")
    assert states(lab) == ["unhealthy", "unhealthy"] and not lab.client.list_tasks(desiredStatus="STOPPED")["taskArns"]
    lab.run("2m")
    assert lab.client.list_tasks(desiredStatus="STOPPED")["taskArns"]

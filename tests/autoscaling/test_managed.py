"""Capacity providers with managed scaling, worked out by hand from sections of the ECS developer guide."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab
from labkit.autoscaling.capacity.managed import plan
from labkit.autoscaling.capacity.reservation import Bounds
from labkit.autoscaling.capacity.supply import Supply, managed, supply
from labkit.cloud import machines
from labkit.cloud.metrics import metrics_of
from labkit.kinds import Key, ecs
from tests.autoscaling.ecs_groups import GROUP, cluster, register, run, size, statuses


def values(lab: Lab) -> list[float]:
    [provider] = managed(lab.cluster)
    return [point.sum for point in metrics_of(lab.cluster).points(provider.metric, 0, 1e9)]


# 5.1: M, N and the metric. (running, empty, more, waiting, fitting) -> value at targets 100 and 50, machines for those.
@pytest.mark.parametrize(
    ("found", "value", "at_100", "at_50"),
    [
        (Supply(10, 0, 0, 0, 0), 100, 10, 20),  # all busy
        (Supply(0, 0, 0, 0, 0), 100, 0, 0),  # nothing there, nothing needed
        (Supply(0, 0, 5, 20, 20), 200, 2, 2),  # nothing there: to two first
        (Supply(10, 0, 5, 20, 20), 150, 15, 30),  # 20 wait, 4 fit a machine
        (Supply(10, 4, 0, 0, 0), 60, 6, 12),  # four empty: the current guide's ratio
    ],
)
def test_metric_and_size(found: Supply, value: float, at_100: int, at_50: int) -> None:
    assert found.value(Bounds()) == value
    assert (found.desired(Bounds()), found.desired(Bounds(target=50))) == (at_100, at_50)


def test_a_task_that_fits_no_machine_leaves_the_metric_at_its_target() -> None:
    assert Supply(3, 0, 0, 7, 0).value(Bounds(target=80)) == 80
    lab = cluster()
    register(lab, "huge", cpu=4096)
    run(lab, 1, "huge")
    lab.run("10m")
    assert (size(lab), statuses(lab)) == (0, {"PROVISIONING": 1})
    assert set(values(lab)) == {100}


def test_nothing_grows_to_two_first_and_on_after_the_warm_up() -> None:
    lab = cluster()
    run(lab, 20)
    sizes = []
    for _ in range(9):
        lab.run("1m")
        sizes.append(size(lab))
    # 0 -> 2 at the first minute; 12 tasks wait then for 3 more, asked for once the two are 300 s old.
    assert sizes == [2, 2, 2, 2, 2, 5, 5, 5, 5]
    assert statuses(lab) == {"RUNNING": 20}
    assert values(lab)[:8] == [200, 200, 250, 250, 250, 250, 250, 100]


def test_the_first_step_is_bounded_by_the_groups_maximum() -> None:
    lab = cluster(most=1)
    run(lab, 20)
    assert size(lab.run("3m")) == 1


def test_a_step_is_at_most_the_maximum_and_at_least_the_minimum() -> None:
    wide = cluster(desired=1, maximumScalingStepSize=2, instanceWarmupPeriod=0)
    wide.run("4m")
    run(wide, 40)
    assert size(wide.run("1m")) == 3
    narrow = cluster(desired=1, minimumScalingStepSize=4, instanceWarmupPeriod=0).run("4m")
    run(narrow, 5)
    assert size(narrow.run("1m")) == 5


def test_headroom_by_a_lower_target() -> None:
    lab = cluster(desired=1, targetCapacity=50, instanceWarmupPeriod=0).run("3m")
    run(lab, 1)
    # One busy machine of one is 100 per cent: twice as many make it 50.
    assert size(lab.run("2m")) == 2


def test_scale_in_after_15_points_and_fewer_than_half_a_minute() -> None:
    lab = cluster(desired=8, instanceWarmupPeriod=0).run("2m30s")
    seen = []
    for _ in range(25):
        lab.run("1m")
        seen.append(size(lab))
    # The machines are there after 90 s: 15 low points by 16m, then 3 of 8, 2 of 5, 1 of 3, 1 of 2, the last one.
    assert [number for at, number in enumerate(seen) if number not in seen[:at]] == [8, 5, 3, 2, 1, 0]
    assert seen.index(5) == 13


def test_tasks_that_wait_stop_a_scale_in() -> None:
    lab = cluster(desired=4, instanceWarmupPeriod=0).run("10m")
    run(lab, 17)
    lab.run("20m")
    assert size(lab) == 5


def test_tasks_without_a_provider_move_nothing() -> None:
    lab = cluster()
    with pytest.raises(ClientError):
        lab.client.run_task(taskDefinition="web", launchType="EC2")
    assert size(lab.run("5m")) == 0


def test_the_group_gets_policy_alarms_and_tag() -> None:
    lab = cluster(targetCapacity=80)
    asg, cw = lab.boto3.client("autoscaling"), lab.boto3.client("cloudwatch")
    [group] = asg.describe_auto_scaling_groups()["AutoScalingGroups"]
    assert [tag["Key"] for tag in group["Tags"]] == ["AmazonECSManaged"]
    [policy] = asg.describe_policies(AutoScalingGroupName="web")["ScalingPolicies"]
    assert policy["PolicyName"].startswith("ECSManagedAutoScalingPolicy-")
    high, low = cw.describe_alarms()["MetricAlarms"]
    assert (high["ComparisonOperator"], high["EvaluationPeriods"]) == ("GreaterThanThreshold", 1)
    assert (low["ComparisonOperator"], low["EvaluationPeriods"]) == ("LessThanThreshold", 15)
    assert high["Threshold"] == low["Threshold"] == 80


def test_they_go_when_managed_scaling_is_switched_off() -> None:
    lab = cluster()
    provider = {"managedScaling": {"status": "DISABLED"}}
    lab.client.update_capacity_provider(name="web", autoScalingGroupProvider=provider)
    lab.run("1m")
    assert lab.boto3.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert lab.boto3.client("autoscaling").describe_policies()["ScalingPolicies"] == []


def test_machines_of_the_group_are_the_providers() -> None:
    lab = cluster(desired=2).run("2m")
    assert {one["capacityProviderName"] for one in lab.cluster.list(ecs.CONTAINER_INSTANCE)} == {"web"}


def test_termination_protection_keeps_machines_with_tasks() -> None:
    lab = cluster(desired=4, protect=True, instanceWarmupPeriod=0).run("3m")
    run(lab, 2)
    lab.run("30m")
    assert statuses(lab) == {"RUNNING": 2}
    assert size(lab) == len({task["containerInstanceArn"] for task in lab.cluster.list(ecs.TASK)})


def test_termination_protection_needs_the_groups_own() -> None:
    lab = Lab.ecs(instances=0)
    arn = lab.instance_group("web")
    provider = {
        "autoScalingGroupArn": arn,
        "managedScaling": {"status": "ENABLED"},
        "managedTerminationProtection": "ENABLED",
    }
    with pytest.raises(ClientError, match="must have instance protection from scale in enabled"):
        lab.client.create_capacity_provider(name="web", autoScalingGroupProvider=provider)


def draining_lab(draining: str) -> tuple[Lab, str]:
    lab = cluster(desired=1, draining=draining).run("3m")
    run(lab, 1)
    lab.run("1m")
    lab.boto3.client("autoscaling").set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=0)
    [name] = [key.name for key in lab.cluster.keys(machines.INSTANCE)]
    return lab.run(0), name


def test_a_machine_drains_until_its_tasks_are_gone() -> None:
    lab, name = draining_lab("ENABLED")
    [instance] = lab.cluster.list(ecs.CONTAINER_INSTANCE)
    [group] = lab.boto3.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert (instance["status"], group["Instances"][0]["LifecycleState"]) == ("DRAINING", "Terminating:Wait")
    lab.run("1h")
    assert machines.state_of(lab.cluster.require(Key(machines.INSTANCE, "", name))) == "running"
    lab.client.stop_task(task=lab.cluster.keys(ecs.TASK)[0].name)
    lab.run("2m")
    assert machines.state_of(lab.cluster.require(Key(machines.INSTANCE, "", name))) == "terminated"


def test_it_waits_for_48_hours_at_most() -> None:
    lab, name = draining_lab("ENABLED")
    for key in lab.cluster.keys(ecs.CAPACITY_PROVIDER):
        lab.cluster.remove(key)  # so that nobody wakes each minute
    lab.run("47h59m")
    assert machines.state_of(lab.cluster.require(Key(machines.INSTANCE, "", name))) == "running"
    lab.run("5m")
    assert machines.state_of(lab.cluster.require(Key(machines.INSTANCE, "", name))) == "terminated"


def test_without_draining_it_goes_at_once() -> None:
    lab, name = draining_lab("DISABLED")
    assert machines.state_of(lab.cluster.require(Key(machines.INSTANCE, "", name))) == "shutting-down"


def test_the_plan_says_what_holds_it_back() -> None:
    lab = cluster()
    run(lab, 20)
    [provider] = managed(lab.cluster)
    made = plan(lab.run("3m").cluster, provider)
    assert (made.alarm, made.held) == ("high", "2 of its machines are younger than the warm-up")
    assert supply(lab.cluster, provider).more == 3


def test_forks_go_the_same_way() -> None:
    lab = cluster()
    run(lab, 30)
    twin = lab.run("5m").fork()
    assert (lab.run("1h").cluster.require(GROUP), values(lab)) == (twin.run("1h").cluster.require(GROUP), values(twin))


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 60), st.integers(1, 8), st.integers(30, 100))
def test_all_that_fits_runs_in_the_end_and_no_machine_is_left_over(tasks: int, most: int, target: int) -> None:
    lab = cluster(most=most, targetCapacity=target, instanceWarmupPeriod=60, launch="30s")
    run(lab, tasks)
    lab.run("45m")
    assert statuses(lab).get("RUNNING", 0) == min(tasks, 4 * most)
    assert size(lab) <= most

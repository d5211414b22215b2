"""What ECS publishes to CloudWatch, by the worked examples of its guide."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.cloud.metrics import Metric, metric, metrics_of
from labkit.kinds import Key, ecs

GROUP = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/73e2d6bc24d8a067"


def lab_with(units: int, mib: int, tasks: int, types: dict[str, int], **definition: str) -> Lab:
    lab = Lab.ecs(instances=0, seed=1)
    lab.launch(sum(types.values()), types)
    container = {"name": "web", "image": "nginx", "cpu": units, "memory": mib}
    lab.client.register_task_definition(family="web", containerDefinitions=[container], **definition)
    lab.client.create_service(serviceName="web", taskDefinition="web", desiredCount=tasks)
    return lab.behave("service:web", cost="10ms", cpu="0m", memory=f"{mib // 2}Mi")


def last(lab: Lab, of: Metric, statistic: str = "Average") -> float:
    return metrics_of(lab.cluster).points(of, 0, 1e9)[-1].statistic(statistic)


def of_service(name: str) -> Metric:
    return metric("AWS/ECS", name, ClusterName="default", ServiceName="web")


def test_reservations_of_the_guides_two_instances() -> None:
    # 4.1: c4.4xlarge + c4.large have 18,432 units and 33,926 MiB; ten tasks of 1,024 and 2,048: 55 and 60 per cent.
    lab = lab_with(1024, 2048, 10, {"c4.4xlarge": 1, "c4.large": 1})
    lab.load("service/web", rps=10).run("4m")
    cluster = {"ClusterName": "default"}
    assert last(lab, metric("AWS/ECS", "CPUReservation", **cluster)) == pytest.approx(100 * 10240 / 18432)
    assert int(last(lab, metric("AWS/ECS", "CPUReservation", **cluster))) == 55
    assert int(last(lab, metric("AWS/ECS", "MemoryReservation", **cluster))) == 60


def test_a_container_alone_on_an_instance_may_use_four_times_its_units() -> None:
    # 4.1: a task of 512 units alone on 2,048: up to 400 per cent where the cpu is the container's.
    lab = lab_with(512, 512, 1, {"m5.large": 1})
    lab.load("service/web", rps=500).run("4m")
    assert last(lab, of_service("CPUUtilization")) == pytest.approx(400)
    capped = lab_with(512, 512, 1, {"m5.large": 1}, cpu="512", memory="512")
    capped.load("service/web", rps=500).run("4m")
    assert last(capped, of_service("CPUUtilization")) == pytest.approx(100)


def test_use_by_what_is_reserved() -> None:
    # 40 requests/s x 10 ms = 400 millicores = 409.6 units of two tasks' 1,024; half of the memory is declared.
    lab = lab_with(512, 512, 2, {"m5.large": 1})
    lab.load("service/web", rps=40).run("4m")
    assert last(lab, of_service("CPUUtilization")) == pytest.approx(40)
    assert last(lab, of_service("MemoryUtilization")) == pytest.approx(50)


def test_without_running_tasks_nothing_is_published() -> None:
    lab = lab_with(512, 512, 0, {"m5.large": 1})
    lab.load("service/web", rps=40).run("10m")
    assert metrics_of(lab.cluster).series == {}


def test_requests_by_target() -> None:
    lab = lab_with(512, 512, 2, {"m5.large": 1}).run("2m")
    web = Key(ecs.SERVICE, "default", "web")
    lab.cluster.put(web, {**lab.cluster.require(web), "loadBalancers": [{"targetGroupArn": GROUP}]})
    lab.load("service/web", rps=40).run("4m")
    of = metric("AWS/ApplicationELB", "RequestCountPerTarget", TargetGroup="targetgroup/web/73e2d6bc24d8a067")
    assert last(lab, of, "Sum") == pytest.approx(20 * 60)


def test_what_an_alarm_sees_of_the_time_before_it_is_published_afterwards() -> None:
    lab = lab_with(512, 512, 2, {"m5.large": 1}).run("30m")
    assert metrics_of(lab.cluster).series == {}
    lab.boto3.client("cloudwatch").put_metric_alarm(
        AlarmName="idle", Namespace="AWS/ECS", MetricName="CPUUtilization", Statistic="Average", Period=60,
        EvaluationPeriods=15, Threshold=5, ComparisonOperator="LessThanThreshold",
        Dimensions=[{"Name": "ClusterName", "Value": "default"}, {"Name": "ServiceName", "Value": "web"}],
    )  # fmt: skip
    lab.run("1m")
    assert len(metrics_of(lab.cluster).points(of_service("CPUUtilization"), 0, 1e9)) == 19
    assert lab.boto3.client("cloudwatch").describe_alarms()["MetricAlarms"][0]["StateValue"] == "ALARM"

"""A day of both loops of ECS: services that track their cpu, over capacity providers."""

from __future__ import annotations

from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from labkit import Lab, load
from labkit.kinds import ecs

SERVICES, LOW, HIGH = 10, 20, 400


def shop() -> Lab:
    """Ten services, each from 2 to 40 tasks at 60 per cent, and one group of m5.xlarge for all."""
    lab = Lab.ecs(instances=0, seed=1)
    arn = lab.instance_group("fleet", "m5.xlarge", max=60, launch="90s")
    provider = {"autoScalingGroupArn": arn, "managedScaling": {"status": "ENABLED"}}
    lab.client.create_capacity_provider(name="fleet", autoScalingGroupProvider=provider)
    strategy = [{"capacityProvider": "fleet", "weight": 1}]
    lab.client.put_cluster_capacity_providers(
        cluster="default", capacityProviders=["fleet"], defaultCapacityProviderStrategy=strategy
    )
    for number in range(SERVICES):
        scaled(lab, f"app-{number}", number)
    return lab


def scaled(lab: Lab, name: str, hour: int) -> None:
    """A service under a day's load that begins at its own hour."""
    container = {"name": "main", "image": f"shop/{name}:1", "cpu": 256, "memory": 512}
    lab.client.register_task_definition(family=name, containerDefinitions=[container])
    lab.client.create_service(serviceName=name, taskDefinition=name, desiredCount=2)
    lab.behave(f"service:{name}", cost="10ms")
    aas = lab.boto3.client("application-autoscaling")
    of = {"ServiceNamespace": "ecs", "ResourceId": f"service/default/{name}"}
    of["ScalableDimension"] = "ecs:service:DesiredCount"
    aas.register_scalable_target(**of, MinCapacity=2, MaxCapacity=40)
    metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    given = {"TargetValue": 60, "PredefinedMetricSpecification": metric}
    kind = {"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling"}
    aas.put_scaling_policy(**of, **kind, TargetTrackingScalingPolicyConfiguration=given)
    lab.load(f"service/{name}", rps=load.day(LOW, HIGH, start=3600 * hour))


def test_a_day_of_ten_services_that_scale(benchmark: BenchmarkFixture, capsys: Any) -> None:
    lab = shop()
    benchmark.pedantic(lambda: lab.run("24h"), rounds=1)
    seconds = benchmark.stats.stats.total if benchmark.stats else 0.0
    running = sum(task["lastStatus"] == "RUNNING" for task in lab.cluster.list(ecs.TASK))
    machines = len([one for one in lab.cluster.list(ecs.CONTAINER_INSTANCE) if one["status"] == "ACTIVE"])
    with capsys.disabled():
        print(f"\na day of ECS took {seconds:.1f} s; {running} tasks on {machines} machines at its end")
    assert running >= 2 * SERVICES
    assert machines <= 60

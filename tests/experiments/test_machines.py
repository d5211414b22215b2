"""Tests of labkit.experiments.machines: machines, what waits for them, and money, of ECS as of Kubernetes."""

from __future__ import annotations

import pytest

from labkit import Experiment, Lab, load, sweep
from tests.autoscaling.ecs_groups import cluster, register
from tests.autoscaling.test_application import NAMED as OF

POLICY = {"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling"}
CPU = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}


def track(lab: Lab, target: float = 60) -> None:
    scaling = lab.boto3.client("application-autoscaling")
    scaling.register_scalable_target(**OF, MinCapacity=2, MaxCapacity=20)
    given = {"TargetValue": target, "PredefinedMetricSpecification": CPU}
    scaling.put_scaling_policy(**OF, **POLICY, TargetTrackingScalingPolicyConfiguration=given)


@pytest.fixture(scope="module")
def lab() -> Lab:
    """Two tasks of a service on a group of machines that ECS scales."""
    made = cluster()
    register(made, cpu=1024)
    made.client.create_service(serviceName="web", taskDefinition="web", desiredCount=2)
    return made.run("10m")


def test_an_experiment_of_ecs_has_the_same_series(lab: Lab) -> None:
    run = Experiment(lab, {"service/web": load.step(20, 400, at="5m")}, [track]).run("40m")
    expected = {"rps", "ready", "utilisation", "latency", "errors", "replicas", "nodes", "pending", "cost", "waste"}
    assert set(run.frame["series"]) == expected
    assert run.wide("replicas")["web"].iloc[-1] > 2
    nodes = run.wide("nodes")["cluster"]
    assert nodes.iloc[-1] > nodes.iloc[0]


def test_tasks_that_wait_for_a_machine_are_pending(lab: Lab) -> None:
    run = Experiment(lab, {"service/web": load.step(20, 400, at="5m")}, [track]).run("40m")
    pending = run.wide("pending")["cluster"]
    assert pending.iloc[0] == pending.iloc[-1] == 0
    assert pending.max() > 0


def test_a_machine_costs_its_price_and_wastes_what_no_task_holds() -> None:
    lab = Lab.ecs(instances=1, seed=1)
    container = {"name": "web", "image": "shop/web:1", "cpu": 1024, "memory": 512}
    lab.client.register_task_definition(family="web", containerDefinitions=[container])
    lab.client.run_task(taskDefinition="web")
    score = Experiment(lab.run("1m")).run("1h").score
    assert score.usd == pytest.approx(0.096, rel=0.01)
    assert score.wasted == pytest.approx(0.5)


def test_fargate_costs_and_wastes_nothing() -> None:
    lab = Lab.ecs(instances=0, seed=1)
    size = {"cpu": "1024", "memory": "2048", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
    lab.client.register_task_definition(family="web", containerDefinitions=[{"name": "a", "image": "a"}], **size)
    network = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    lab.client.run_task(taskDefinition="web", launchType="FARGATE", networkConfiguration=network)
    run = Experiment(lab.run("2m")).run("1h")
    assert run.score.usd == pytest.approx(0.04048 + 2 * 0.004445, rel=0.01)
    assert run.score.wasted == 0 and run.wide("nodes")["cluster"].max() == 0


def test_policies_of_ecs_can_be_swept_in_processes(lab: Lab) -> None:
    experiment = Experiment(lab, {"service/web": load.step(20, 400, at="5m")}, [track])
    grid = {"track target": [40, 80]}
    alone = sweep(experiment, grid, "30m", workers=1)
    assert alone["kept"].iloc[0] > alone["kept"].iloc[1]
    assert sweep(experiment, grid, "30m", workers=2).equals(alone)

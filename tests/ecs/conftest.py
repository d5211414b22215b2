"""What tests of ECS share: a world with a cluster of three instances, and a call of an operation by its boto3 name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labkit import Lab
from labkit.cluster import Cluster
from labkit.ecs.containerinstances import launch
from labkit.ecs.operations import OPERATIONS, api_name

Call = Callable[..., dict[str, Any]]


def caller(world: Cluster) -> Call:
    """Call operations of a world: `call("run_task", taskDefinition="web")`."""
    return lambda operation, /, **request: OPERATIONS[api_name(operation)](world, request)


def container(name: str = "web", **fields: Any) -> dict[str, Any]:
    """A container definition."""
    return {"name": name, "image": "nginx", "cpu": 256, "memory": 512, **fields}


@pytest.fixture
def bare() -> Cluster:
    """A world with an empty cluster of ECS."""
    world = Cluster(seed=1)
    caller(world)("create_cluster")
    return world


@pytest.fixture
def world(bare) -> Cluster:
    """The same with an m5.large in each of three zones, and the task definition web:1."""
    for zone in "abc":
        launch(bare, zone=f"us-east-1{zone}")
    caller(bare)("register_task_definition", family="web", containerDefinitions=[container()])
    return bare


@pytest.fixture
def call(world) -> Call:
    """Call operations of that world."""
    return caller(world)


@pytest.fixture
def lab() -> Lab:
    """A lab with four m5.large and web:1."""
    lab = Lab.ecs(seed=1)
    caller(lab.cluster)("register_task_definition", family="web", containerDefinitions=[container()])
    return lab


@pytest.fixture
def fargate() -> Lab:
    """A lab without instances, with both Fargate providers and the task definition f:1."""
    lab = Lab.ecs(instances=0, seed=1)
    providers = ["FARGATE", "FARGATE_SPOT"]
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}]
    lab.client.put_cluster_capacity_providers(
        cluster="default", capacityProviders=providers, defaultCapacityProviderStrategy=strategy
    )
    lab.client.register_task_definition(
        family="f",
        containerDefinitions=[container(cpu=0)],
        cpu="256",
        memory="512",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
    )
    return lab

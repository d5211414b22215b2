"""Whatever is asked: it is answered or refused in AWS's words, and time goes on."""

from __future__ import annotations

import random

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError

from labkit import Lab
from labkit.kinds import ecs
from tests.ecs.any_request import request

STEPS = 12


def shop(seed: int) -> Lab:
    """Two instances, a group that ECS scales, a service under load, a definition for Fargate."""
    lab = Lab.ecs(2, seed=seed)
    provider = {
        "autoScalingGroupArn": lab.instance_group("fleet", max=5, desired=1),
        "managedScaling": {"status": "ENABLED"},
    }
    lab.client.create_capacity_provider(name="fleet", autoScalingGroupProvider=provider)
    lab.client.put_cluster_capacity_providers(
        cluster="default", capacityProviders=["fleet", "FARGATE", "FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
    )
    container = {"name": "web", "image": "shop/web:1", "cpu": 256, "memory": 256}
    lab.client.register_task_definition(family="web", containerDefinitions=[container])
    size = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
    lab.client.register_task_definition(family="fg", containerDefinitions=[{**container, "cpu": 0}], **size)
    lab.client.create_service(serviceName="web", taskDefinition="web", desiredCount=2)
    return lab.load("service/web", rps=20).run("1m")


def free(lab: Lab) -> bool:
    """Whether no instance has given away more than it has."""
    instances = [lab.cluster.read(key) for key in lab.cluster.keys(ecs.CONTAINER_INSTANCE)]
    return all(one.remaining(name) >= 0 for one in instances for name in ("CPU", "MEMORY"))


@pytest.mark.parametrize("seed", range(12))
def test_no_request_breaks_the_lab(seed: int) -> None:
    draw, lab = random.Random(seed), shop(seed)
    for _ in range(STEPS):
        service, name, given = request(draw, lab)
        before = len(lab.history)
        try:
            getattr(lab.boto3.client(service), xform_name(name))(**given)
        except (ClientError, ParamValidationError):
            assert len(lab.history) == before, (name, given)
        lab.run(draw.choice((0, 5, 60, 300)))
        assert free(lab)

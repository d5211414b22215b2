"""What tests of Fargate share: a network, a size, and calls that use them."""

from typing import Any

from labkit import Lab
from labkit.ecs import capabilities
from tests.ecs.conftest import container

SUBNETS = [capabilities.subnet_of(zone) for zone in "abc"]
VPC = {"awsvpcConfiguration": {"subnets": SUBNETS}}
SMALL = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]


def run(lab: Lab, count: int = 1, definition: str = "f", **more: Any) -> Any:
    """Run tasks in all three zones."""
    return lab.client.run_task(taskDefinition=definition, count=count, networkConfiguration=VPC, **more)


def register(lab: Lab, parts: Any = None, **more: Any) -> Any:
    """Register the definition g for Fargate."""
    return lab.client.register_task_definition(
        family="g", containerDefinitions=[parts or container(cpu=0)], **{**SMALL, **more}
    )

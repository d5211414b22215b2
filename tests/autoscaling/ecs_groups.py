"""What tests of ECS's cluster auto scaling share: a lab whose cluster has one capacity provider over a group."""

from __future__ import annotations

from collections import Counter
from typing import Any

from labkit import Lab
from labkit.kinds import Key, ecs

GROUP = Key(ecs.AUTO_SCALING_GROUP, "", "web")


def cluster(
    desired: int = 0,
    most: int = 10,
    launch: str = "90s",
    protect: bool = False,
    draining: str = "ENABLED",
    **scaling: Any,
) -> Lab:
    """m5.large machines (2048 units) behind the default strategy; task definition web: 512 units, 1024 MiB."""
    lab = Lab.ecs(instances=0, seed=1)
    arn = lab.instance_group("web", min=0, max=most, desired=desired, launch=launch, protect=protect)
    provider = {
        "autoScalingGroupArn": arn,
        "managedScaling": {"status": "ENABLED", **scaling},
        "managedTerminationProtection": "ENABLED" if protect else "DISABLED",
        "managedDraining": draining,
    }
    lab.client.create_capacity_provider(name="web", autoScalingGroupProvider=provider)
    strategy = [{"capacityProvider": "web", "weight": 1}]
    lab.client.put_cluster_capacity_providers(
        cluster="default", capacityProviders=["web"], defaultCapacityProviderStrategy=strategy
    )
    register(lab)
    return lab.run(0)


def register(lab: Lab, name: str = "web", cpu: int = 512, memory: int = 1024) -> None:
    """A task definition."""
    container = {"name": "web", "image": "nginx", "cpu": cpu, "memory": memory}
    lab.client.register_task_definition(family=name, containerDefinitions=[container])


def run(lab: Lab, tasks: int, definition: str = "web") -> list[str]:
    """Run so many tasks; their ARNs."""
    counts = [10] * (tasks // 10) + ([tasks % 10] if tasks % 10 else [])
    answers = [lab.client.run_task(taskDefinition=definition, count=count) for count in counts]
    return [task["taskArn"] for answer in answers for task in answer["tasks"]]


def statuses(lab: Lab) -> dict[str, int]:
    """Tasks by status."""
    return dict(Counter(task["lastStatus"] for task in lab.cluster.list(ecs.TASK)))


def size(lab: Lab) -> int:
    """How many machines the group shall have."""
    return int(lab.cluster.require(GROUP)["DesiredCapacity"])

"""What the benchmarks of ECS placement are made of: a world of container instances, and orders by strategy."""

from __future__ import annotations

from typing import Any

from labkit.cluster import Cluster
from labkit.ecs import clusters, containerinstances, taskdefinitions
from labkit.ecs.ordering import Order
from labkit.kinds import Key
from labkit.kinds.ecs import CLUSTER, TASK_DEFINITION

Object = dict[str, Any]

ZONE: Object = {"type": "spread", "field": "attribute:ecs.availability-zone"}
RACK: Object = {"type": "spread", "field": "attribute:rack"}
HOST: Object = {"type": "spread", "field": "instanceId"}
CPU: Object = {"type": "binpack", "field": "cpu"}
MEMORY: Object = {"type": "binpack", "field": "memory"}

CHAINS: dict[str, tuple[Object, ...]] = {
    "default": (),
    "random": ({"type": "random"},),
    "zone": (ZONE,),
    "zone-host": (ZONE, HOST),
    "zone-memory": (ZONE, MEMORY),
    "cpu": (CPU,),
    "five": (ZONE, RACK, HOST, MEMORY, CPU),
}
NEAR_NO_DATABASE: Object = {
    "type": "memberOf",
    "expression": "attribute:ecs.instance-type =~ m5.* and not(task:group == database)",
}


def world(count: int) -> Cluster:
    """So many m5.4xlarge in three zones and ten racks, and a task definition of 256 CPU units and 512 MiB."""
    made = Cluster()
    clusters.create_cluster(made, {"clusterName": "default"})
    for number in range(count):
        rack = {"rack": f"rack-{number % 10}"}
        containerinstances.launch(made, "m5.4xlarge", f"us-east-1{'abc'[number % 3]}", attributes=rack)
    container = {"name": "web", "image": "nginx", "cpu": 256, "memory": 512}
    taskdefinitions.register_task_definition(made, {"family": "web", "containerDefinitions": [container]})
    return made


def order(chain: str) -> Order:
    """An order of a service's tasks with a chain of rules and a constraint."""
    definition = Key(TASK_DEFINITION, "", "web:1")
    cluster = Key(CLUSTER, "", "default")
    return Order(cluster, definition, "service:web", constraints=(NEAR_NO_DATABASE,), strategy=CHAINS[chain])

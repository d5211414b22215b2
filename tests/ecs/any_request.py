"""Requests made up from botocore's model: well formed, and as senseless as they come."""

from __future__ import annotations

import random
from typing import Any

import botocore.session

from labkit import Lab
from labkit.autoscaling.application.operations import OPERATIONS as SCALING
from labkit.cloud.autoscalinggroups import OPERATIONS as GROUPS
from labkit.cloud.cloudwatch import OPERATIONS as METRICS
from labkit.ecs.operations import OPERATIONS
from labkit.kinds import ecs

CALLS = {
    "ecs": OPERATIONS, "application-autoscaling": SCALING, "autoscaling": GROUPS, "cloudwatch": METRICS,
}  # fmt: skip
OFTEN = ("Service", "RunTask", "Policy", "Target", "Capacity", "Update")
DIMENSION, SERVICE = "ecs:service:DesiredCount", "arn:aws:ecs:us-east-1:123456789012:service/default/web"
KNOWN: dict[str, tuple[Any, ...]] = {
    "cluster": ("default", "demo", "nope"), "service": ("web", "api", "nope"), "serviceName": ("web", "api", "job"),
    "taskDefinition": ("web", "web:1", "fg", "nope"), "family": ("web", "fg", "new"), "image": ("shop/web:1",),
    "capacityProvider": ("fleet", "FARGATE", "FARGATE_SPOT", "x"), "resourceArn": (SERVICE,),
    "type": ("spread", "binpack", "random", "distinctInstance", "memberOf"), "desiredCount": (0, 1, 3, 6),
    "field": ("instanceId", "cpu", "memory", "attribute:ecs.availability-zone"), "subnets": (["subnet-a"],),
    "expression": ("attribute:ecs.instance-type =~ m5.*", "runningTasksCount < 3", "bad ("),
    "cpu": (128, 256), "memory": (256, 1024), "name": ("web", "side", "fleet"), "requiresCompatibilities": (["EC2"],),
    "minimumHealthyPercent": (0, 50, 100), "maximumPercent": (100, 200), "targetCapacity": (50, 100),
    "ResourceId": ("service/default/web", "service/default/api"), "ServiceNamespace": ("ecs",),
    "ScalableDimension": (DIMENSION,), "PolicyName": ("cpu", "step"), "TargetValue": (30.0, 60.0),
    "PredefinedMetricType": ("ECSServiceAverageCPUUtilization",), "MinCapacity": (0, 1, 3), "MaxCapacity": (1, 4, 10),
    "Schedule": ("rate(5 minutes)", "at(2026-01-05T10:00:00)", "cron(0 * * * ? *)"), "MaxSize": (2, 6),
    "AutoScalingGroupName": ("fleet",), "DesiredCapacity": (0, 1, 3, 5), "MinSize": (0, 1), "Namespace": ("Shop",),
    "AlarmName": ("high",), "MetricName": ("Queue",), "services": (["web", "nope"],),
}  # fmt: skip
PLAIN: dict[str, tuple[Any, ...]] = {
    "string": ("a", "web", "x1"), "integer": (0, 1, 2, 5, 60), "long": (0, 1, 60), "float": (0.0, 1.0, 50.0),
    "double": (0.0, 1.0, 50.0), "boolean": (True, False), "timestamp": ("2026-01-05T10:00:00Z",), "blob": (b"x",),
}  # fmt: skip
OF_OBJECTS = {
    "task": ecs.TASK, "tasks": ecs.TASK,
    "containerInstance": ecs.CONTAINER_INSTANCE, "containerInstances": ecs.CONTAINER_INSTANCE,
}  # fmt: skip
DEEP = 3


def request(draw: random.Random, lab: Lab) -> tuple[str, str, dict[str, Any]]:
    """A service, one of its operations that the lab answers, and parameters that its model allows."""
    service = draw.choices([*CALLS], (6, 2, 1, 1))[0]
    names = sorted(CALLS[service])
    name = draw.choices(names, [5 if any(word in one for word in OFTEN) else 1 for one in names])[0]
    shape = botocore.session.get_session().get_service_model(service).operation_model(name).input_shape
    return service, name, made(draw, lab, shape, "") if shape else {}


def made(draw: random.Random, lab: Lab, shape: Any, name: str, depth: int = 0) -> Any:
    """A value of a shape; where its name is known, one that may mean something."""
    if name in OF_OBJECTS:
        ids = [key.name for key in lab.cluster.keys(OF_OBJECTS[name])] or ["0" * 32]
        return draw.choice(ids) if shape.type_name == "string" else draw.sample(ids, 1)
    if shape.type_name == "structure":
        share = 0.35 if depth < DEEP else 0.15
        chosen = {
            one: of for one, of in shape.members.items() if one in shape.required_members or draw.random() < share
        }
        return {one: made(draw, lab, of, one, depth + 1) for one, of in chosen.items()}
    if name in KNOWN:
        value = draw.choice(KNOWN[name])
        return str(value) if shape.type_name == "string" else value
    if shape.type_name == "list":
        return [made(draw, lab, shape.member, name, depth + 1) for _ in range(draw.choice((0, 1, 1, 2)))]
    if shape.type_name == "map":
        return {"k": "v"}
    return draw.choice(getattr(shape, "enum", None) or PLAIN[shape.type_name])

"""A script in boto3's calls, for the lab's client and for others: each call's answer is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

GROUP = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/machines"
WEB = {"name": "web", "image": "nginx", "cpu": 128, "memory": 128}

Answers = list[tuple[str, dict[str, Any]]]


def first_steps(client: Any, machines: Callable[[], None]) -> Answers:
    """A first ECS demonstration and what follows on it; `machines` registers three container instances."""
    answers: Answers = []

    def call(operation: str, /, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(client, operation)(**request)
        answers.append((operation, {name: part for name, part in answer.items() if name != "ResponseMetadata"}))
        return answer

    call("create_cluster", clusterName="default")
    machines()
    call("describe_clusters", clusters=["default", "nix"], include=["SETTINGS", "TAGS"])
    call("list_clusters")
    instances = call("list_container_instances")["containerInstanceArns"]
    call("describe_container_instances", containerInstances=[*instances[:1], "nix"])
    attribute = {"name": "stack", "value": "prod", "targetId": instances[0]}
    call("put_attributes", cluster="default", attributes=[attribute])
    tags = [{"key": "a", "value": "b"}]
    ports = [{"containerPort": 80}]
    call("register_task_definition", family="web", containerDefinitions=[{**WEB, "portMappings": ports}], tags=tags)
    call("register_task_definition", family="web", containerDefinitions=[WEB])
    call("describe_task_definition", taskDefinition="web:1", include=["TAGS"])
    call("list_task_definitions")
    call("list_task_definition_families")
    tasks = call("run_task", taskDefinition="web", count=2, startedBy="me")["tasks"]
    call("describe_tasks", tasks=[tasks[0]["taskArn"], "nix"])
    call("list_tasks")
    call("start_task", taskDefinition="web", containerInstances=instances[:1])
    call("stop_task", task=tasks[0]["taskArn"], reason="enough")
    call("create_service", serviceName="shop", taskDefinition="web", desiredCount=0)
    service = call("describe_services", services=["shop", "nix"])["services"][0]["serviceArn"]
    call("list_services")
    call("update_service", service="shop", desiredCount=0)
    call("tag_resource", resourceArn=service, tags=tags)
    call("list_tags_for_resource", resourceArn=service)
    call("untag_resource", resourceArn=service, tagKeys=["a"])
    call("delete_service", service="shop")
    call("update_container_instances_state", containerInstances=instances[:1], status="DRAINING")
    call("deregister_task_definition", taskDefinition="web:2")
    call("create_capacity_provider", name="machines", autoScalingGroupProvider={"autoScalingGroupArn": GROUP})
    call("describe_capacity_providers", capacityProviders=["machines"])
    call("delete_capacity_provider", capacityProvider="machines")
    call("put_account_setting", name="awsvpcTrunking", value="enabled")
    call("list_account_settings")
    return answers


def the_rest(client: Any) -> Answers:
    """The operations that `first_steps` leaves out, after it."""
    answers: Answers = []

    def call(operation: str, /, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(client, operation)(**request)
        answers.append((operation, answer))
        return answer

    instances = call("list_container_instances", status="ACTIVE")["containerInstanceArns"]
    attribute = {"name": "stack", "value": "test", "targetId": instances[0]}
    call("put_attributes", attributes=[attribute])
    call("list_attributes", targetType="container-instance", attributeName="stack")
    call("delete_attributes", attributes=[attribute])
    amounts = [{"name": "CPU", "type": "INTEGER", "integerValue": 1024}]
    made = call("register_container_instance", totalResources=amounts)["containerInstance"]
    call("deregister_container_instance", containerInstance=made["containerInstanceArn"])
    call("delete_task_definitions", taskDefinitions=["web:2", "web:1"])
    call("update_cluster", cluster="default", settings=[{"name": "containerInsights", "value": "enabled"}])
    call("update_cluster_settings", cluster="default", settings=[{"name": "containerInsights", "value": "disabled"}])
    call("put_cluster_capacity_providers", cluster="default", capacityProviders=["FARGATE"],
         defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}])  # fmt: skip
    call("create_capacity_provider", name="others", autoScalingGroupProvider={"autoScalingGroupArn": GROUP})
    call("update_capacity_provider", name="others", autoScalingGroupProvider={"managedDraining": "DISABLED"})
    call("create_service", serviceName="pay", taskDefinition="web:1", desiredCount=1, launchType="EC2")
    told = call("list_service_deployments", service="pay")["serviceDeployments"][0]
    call("describe_service_deployments", serviceDeploymentArns=[told["serviceDeploymentArn"]])
    call("describe_service_revisions", serviceRevisionArns=[told["targetServiceRevisionArn"]])
    tasks = call("list_tasks")["taskArns"]
    call("update_task_protection", cluster="default", tasks=tasks[:1], protectionEnabled=True)
    call("get_task_protection", cluster="default", tasks=tasks[:1])
    call("put_account_setting_default", name="containerInsights", value="enabled")
    call("delete_account_setting", name="containerInsights")
    call("create_cluster", clusterName="empty")
    call("delete_cluster", cluster="empty")
    return answers


def paths(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every place in an answer with the type of what is there; an empty list or dict counts as itself."""
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from paths(part, f"{path}.{name}")
    elif isinstance(value, list) and value:
        for part in value:
            yield from paths(part, f"{path}[]")
    else:
        yield path, type(value).__name__

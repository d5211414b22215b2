"""Roles at a task's start: what the execution role fetches before a container runs, and what is missing without it.

| what | who asks on Fargate | who asks on EC2 |
|---|---|---|
| an image in a private ECR repository | the execution role | it, or the instance role if there is none |
| secrets | the execution role | the execution role |
| awslogs | the execution role | it, or the instance role if there is none |

The task role is the application's: its calls fail where it doesn't allow them, the task runs. Such calls aren't
simulated; `iam.simulate_principal_policy` tells of each. Choices: log groups exist; RunTask refuses a role that can't
be taken on, a service's task with one is stopped.
Source: ECS developer guide, "Task execution IAM role", "Stopped tasks error codes"; literal messages of Fargate 1.4.0
and the agent from public reports (aws/copilot-cli issues 4504 and 5752, doctorray117/minecraft-ondemand issue 12,
aws/aws-cdk issue 29876, prakhar1989/docker-curriculum issue 260, OvertureMaps/overture-tiles pull request 20).
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.cluster import Cluster
from labkit.ecs import arns
from labkit.ecs.iam import may, name_of, trusts
from labkit.ecs.iam.roles import INSTANCE
from labkit.ecs.requests import refused
from labkit.ecs.visit import Object, Visit
from labkit.kinds import ecs
from labkit.kinds.ecs import ContainerDefinition, TaskDefinition

TASKS, MACHINES = "ecs-tasks.amazonaws.com", "ec2.amazonaws.com"
_RESOURCES = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:"
)
_NOT_ASSUMED = (
    "ECS was unable to assume the role '{}' that was provided for this task. Please verify that the role being passed "
    "has the proper trust relationship and permissions and that your IAM user has permissions to pass this role."
)
_RETRIED = "service call has been retried 1 time(s):"
_STREAM = "failed to create Cloudwatch log stream:"


def check(world: Cluster, definition: TaskDefinition, overrides: Object) -> None:
    """ClientException for a role that isn't there or doesn't trust ecs-tasks.amazonaws.com."""
    if told := _not_assumed(world, definition, overrides):
        raise refused(told)


def _not_assumed(world: Cluster, definition: TaskDefinition, overrides: Object) -> str:
    roles = [
        overrides.get("executionRoleArn") or definition.execution_role_arn,
        overrides.get("taskRoleArn") or definition.task_role_arn,
    ]
    wrong = next((role for role in roles if role and not trusts(world, role, TASKS)), None)
    return _NOT_ASSUMED.format(wrong) if wrong else ""


def missing(visit: Visit) -> str:
    """Why a task's resources can't be fetched, in the words of its stoppedReason; "" if they can."""
    told = _not_assumed(visit.world, visit.definition, visit.task.overrides)
    return told or next(_missing(visit), "")


def _missing(visit: Visit) -> Iterator[str]:
    on_fargate = not visit.task.container_instance_arn
    for container in visit.definition.container_definitions:
        for secret in container.secrets:
            yield from _secret(visit, secret["valueFrom"], on_fargate)
        private = on_fargate and is_private(container.image)
        if private and (denied := _denied(visit, "ecr:GetAuthorizationToken")):
            yield f"{_RESOURCES} unable to retrieve ecr registry auth: {_RETRIED} {denied} {_status(visit)}"
        if on_fargate and (denied := _no_stream(visit, container)):
            yield (
                "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
                f"{_STREAM} {denied} : exit status 1"
            )


def _secret(visit: Visit, source: str, on_fargate: bool) -> Iterator[str]:
    in_manager = ":secretsmanager:" in source
    name = source if source.startswith("arn:") else _arn("ssm", f"parameter/{source.lstrip('/')}")
    denied = _denied(visit, "secretsmanager:GetSecretValue" if in_manager else "ssm:GetParameters", name)
    if not denied:
        return
    yield f"{_fetching_words(source, in_manager, on_fargate)} {denied} {_status(visit)}"


def _fetching_words(source: str, in_manager: bool, on_fargate: bool) -> str:
    if on_fargate and in_manager:
        call = f"failed to fetch secret {source} from secrets manager:"
        return f"{_RESOURCES} unable to retrieve secret from asm: {_RETRIED} {call}"
    if on_fargate:
        return f"{_RESOURCES} unable to retrieve secrets from ssm: {_RETRIED}"
    if in_manager:
        return f"Fetching secret data from AWS Secrets Manager in region {arns.REGION}: secret {source}:"
    return f"Fetching secret data from SSM Parameter Store in {arns.REGION}:"


def no_image(visit: Visit) -> str:
    """Why a container's private image can't be had; "" if it can, or is public."""
    image = visit.spec.image
    if not is_private(image):
        return ""
    if not visit.task.container_instance_arn:
        repository, _, tag = image.partition("/")[2].rpartition(":")
        host, name = image.partition("/")[0], tag if repository else "latest"
        failed = f"pulling from host {host} failed with status code [manifests {name}]: 403 Forbidden"
        call = f"pull image manifest has been retried 1 time(s): failed to resolve ref {image}: {failed}"
        return f"CannotPullContainerError: {call}" if _denied(visit, "ecr:BatchGetImage", _repository(image)) else ""
    for action, resource in (("ecr:GetAuthorizationToken", "*"), ("ecr:BatchGetImage", _repository(image))):
        if denied := _denied(visit, action, resource):
            return f"CannotPullECRContainerError: {denied} {_status(visit)}"
    return ""


def no_logs(visit: Visit) -> str:
    """Why a container's log stream can't be made on an instance; "" if it can. Fargate looks before it pulls."""
    denied = _no_stream(visit, visit.spec) if visit.task.container_instance_arn else ""
    told = f"Error response from daemon: failed to initialize logging driver: {_STREAM} {denied}"
    return f"CannotStartContainerError: {told}" if denied else ""


def _no_stream(visit: Visit, container: ContainerDefinition) -> str:
    logs = container.log_configuration or {}
    if logs.get("logDriver") != "awslogs":
        return ""
    options = logs.get("options") or {}
    prefix = options.get("awslogs-stream-prefix")
    stream = f"{prefix}/{container.name}/{visit.task.id}" if prefix else visit.task.id
    return _denied(
        visit, "logs:CreateLogStream", _arn("logs", f"log-group:{options['awslogs-group']}:log-stream:{stream}")
    )


def is_private(image: str) -> bool:
    """Whether an image lies in a repository of ECR that asks who pulls."""
    return ".dkr.ecr." in image.partition("/")[0]


def _repository(image: str) -> str:
    path = image.partition("/")[2].partition("@")[0]
    return _arn("ecr", f"repository/{path.rpartition(':')[0] or path}")


def _arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{arns.REGION}:{arns.ACCOUNT}:{name}"


def _denied(visit: Visit, action: str, resource: str = "*") -> str:
    """What AWS says if whoever fetches for the task may not do it; "" if it may."""
    return _refusal(visit.world, *_fetching(visit), action, resource)


def _refusal(world: Cluster, role: str, session: str, action: str, resource: str) -> str:
    if role and may(world, role, action, resource):
        return ""
    user = f"arn:aws:sts::{arns.ACCOUNT}:assumed-role/{name_of(role)}/{session}"
    what = f"is not authorized to perform: {action} on resource: {resource}"
    return f"AccessDeniedException: User: {user} {what} because no identity-based policy allows the {action} action"


def unregistered(world: Cluster, role: str, machine: str, cluster: str) -> str:
    """Why a machine's agent can't register with a cluster, in the agent's words; "" if it can.

    The agent ends then for good, as the real one does. Source: ECS agent 1.102, agent/app/agent.go.
    """
    said = "Unable to register as a container instance with ECS:"
    if not role or not trusts(world, role, MACHINES):
        return f"{said} NoCredentialProviders: no valid providers in chain"
    denied = _refusal(world, role, machine, "ecs:RegisterContainerInstance", arns.cluster_arn(cluster))
    return f"{said} {denied}" if denied else ""


def _fetching(visit: Visit) -> tuple[str, str]:
    """The role that fetches for a task, and the name of its session."""
    role = visit.task.overrides.get("executionRoleArn") or visit.definition.execution_role_arn or ""
    place = ecs.key_of_arn(visit.task.container_instance_arn or "")
    if role or place is None:
        return role, visit.task.id
    held = visit.world.require(place)
    return held.get("role", INSTANCE), held["ec2InstanceId"]


def _status(visit: Visit) -> str:
    return f"status code: 400, request id: {arns.uuid_of(f'denied/{visit.task.id}')}"

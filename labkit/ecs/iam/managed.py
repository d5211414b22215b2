"""AWS's own policies, as far as labkit knows them: the actions they allow on every resource.

Source: AWS managed policy reference guide (2026), shortened to actions that something here asks about; the policies
of S3, DynamoDB, SQS and the like are there for task roles.
"""

from __future__ import annotations

from typing import Any

_ECR = (
    "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
)  # fmt: skip
_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")

ACTIONS: dict[str, tuple[str, ...]] = {
    "service-role/AmazonEC2ContainerServiceforEC2Role": (
        "ec2:DescribeTags", "ecs:CreateCluster", "ecs:DeregisterContainerInstance", "ecs:DiscoverPollEndpoint",
        "ecs:Poll", "ecs:RegisterContainerInstance", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState",
        "ecs:Submit*", *_ECR, *_LOGS,
    ),
    "service-role/AmazonECSTaskExecutionRolePolicy": (*_ECR, *_LOGS),
    "service-role/AmazonECSInfrastructureRolePolicyForVolumes": (
        "ec2:CreateVolume", "ec2:CreateTags", "ec2:DescribeVolumes", "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstances", "ec2:AttachVolume", "ec2:DetachVolume", "ec2:DeleteVolume",
    ),
    "AdministratorAccess": ("*",),
    "AmazonEC2ContainerRegistryReadOnly": (*_ECR, "ecr:Describe*", "ecr:List*"),
    "AmazonS3FullAccess": ("s3:*",),
    "AmazonS3ReadOnlyAccess": ("s3:Get*", "s3:List*", "s3:Describe*"),
    "AmazonDynamoDBFullAccess": ("dynamodb:*",),
    "AmazonDynamoDBReadOnlyAccess": (
        "dynamodb:BatchGetItem", "dynamodb:Describe*", "dynamodb:GetItem", "dynamodb:List*", "dynamodb:Query",
        "dynamodb:Scan",
    ),
    "AmazonSQSFullAccess": ("sqs:*",),
    "AmazonSSMReadOnlyAccess": ("ssm:Describe*", "ssm:Get*", "ssm:List*"),
    "SecretsManagerReadWrite": ("secretsmanager:*",),
    "CloudWatchLogsFullAccess": ("logs:*",),
}  # fmt: skip

_PREFIX = "arn:aws:iam::aws:policy/"


def arn(name: str) -> str:
    """The ARN of a policy by the last part of its name."""
    return next(_PREFIX + path for path in ACTIONS if path.rpartition("/")[2] == name)


def document(arn: str) -> dict[str, Any] | None:
    """What a policy says, None for one that labkit doesn't know."""
    actions = ACTIONS.get(arn.removeprefix(_PREFIX)) if arn.startswith(_PREFIX) else None
    if actions is None:
        return None
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}

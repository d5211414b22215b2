"""What fails without which role."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.ecs.conftest import container
from tests.ecs.on_fargate import SMALL, run

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web:1.2"
ROLE = "arn:aws:iam::123456789012:role/"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"
LOGS = {"logDriver": "awslogs", "options": {
    "awslogs-group": "/ecs/web", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "ecs"}}  # fmt: skip
ON_EC2 = {"networkMode": "bridge", "requiresCompatibilities": ["EC2"]}


def trusting(service):
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allowing(*actions):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})


def role(lab, *actions, service="ecs-tasks.amazonaws.com"):
    iam = lab.boto3.client("iam")
    iam.create_role(RoleName="own", AssumeRolePolicyDocument=trusting(service))
    iam.put_role_policy(RoleName="own", PolicyName="own", PolicyDocument=allowing(*actions))


def registered(lab, size, **parts):
    more = {name: parts.pop(name) for name in ("executionRoleArn", "taskRoleArn") if name in parts}
    one = container(**{"cpu": 0, **parts})
    return lab.client.register_task_definition(family="g", containerDefinitions=[one], **size, **more)


def reason(lab, task):
    lab.run("2m")
    told = lab.client.describe_tasks(tasks=[task["taskArn"]])["tasks"][0]
    return told["lastStatus"], told.get("stopCode"), told.get("stoppedReason", "")


REGISTRATION = [
    ({"image": ECR}, SMALL, "Fargate requires task definition to have execution role ARN to support ECR images."),
    ({"secrets": [{"name": "A", "valueFrom": SECRET}]}, SMALL, "you must also specify a value for 'executionRoleArn'"),
    ({"secrets": [{"name": "A", "valueFrom": SECRET}]}, ON_EC2, "you must also specify a value for 'executionRoleArn'"),
]


@pytest.mark.parametrize(("parts", "size", "message"), REGISTRATION)
def test_registration_asks_for_an_execution_role(fargate, parts, size, message):
    with pytest.raises(ClientError, match=message):
        registered(fargate, size, **parts)


FETCH = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:"
FARGATE = [
    # (parts, actions of the execution role, the beginning of the reason, what else it says); "" where the task runs
    ({"image": ECR}, [], f"{FETCH} unable to retrieve ecr registry auth: service call has been retried 1 time(s): "
     "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/own/",
     "ecr:GetAuthorizationToken on resource: *"),
    ({"image": ECR}, ["ecr:GetAuthorizationToken"], "CannotPullContainerError: pull image manifest has been retried",
     "failed with status code [manifests 1.2]: 403 Forbidden"),
    ({"image": ECR}, ["ecr:*"], "", ""),
    ({"secrets": [{"name": "A", "valueFrom": SECRET}]}, ["ssm:*"],
     f"{FETCH} unable to retrieve secret from asm: service call has been retried 1 time(s): "
     f"failed to fetch secret {SECRET} from secrets manager: AccessDeniedException:",
     f"secretsmanager:GetSecretValue on resource: {SECRET} because no identity-based policy allows"),
    ({"secrets": [{"name": "A", "valueFrom": "KEY"}]}, [],
     f"{FETCH} unable to retrieve secrets from ssm: service call",
     "ssm:GetParameters on resource: arn:aws:ssm:us-east-1:123456789012:parameter/KEY because"),
    ({"secrets": [{"name": "A", "valueFrom": "KEY"}]}, ["ssm:GetParameters"], "", ""),
    ({"logConfiguration": LOGS}, [],
     "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
     "failed to create Cloudwatch log stream: AccessDeniedException:", "log-group:/ecs/web:log-stream:ecs/web/"),
    ({"logConfiguration": LOGS}, ["logs:CreateLogStream"], "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "actions", "begins", "says"), FARGATE)
def test_what_fargate_fetches_by_the_execution_role(fargate, parts, actions, begins, says):
    role(fargate, *actions)
    registered(fargate, SMALL, executionRoleArn=f"{ROLE}own", **parts)
    status, code, told = reason(fargate, run(fargate, definition="g", launchType="FARGATE")["tasks"][0])
    assert (status, code) == (("STOPPED", "TaskFailedToStart") if begins else ("RUNNING", None))
    assert told.startswith(begins) and says in told


EC2 = [
    # as above, with the instance role's actions; the execution role is left out
    ({"image": ECR}, [], "CannotPullECRContainerError: AccessDeniedException: User: "
     "arn:aws:sts::123456789012:assumed-role/ecsInstanceRole/i-", "ecr:GetAuthorizationToken"),
    ({"image": ECR}, ["ecr:GetAuthorizationToken", "ecr:BatchGetImage"], "", ""),
    ({"logConfiguration": LOGS}, ["ecr:*"],
     "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: "
     "failed to create Cloudwatch log stream: AccessDeniedException:", "logs:CreateLogStream"),
    ({"logConfiguration": LOGS}, ["logs:*"], "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "actions", "begins", "says"), EC2)
def test_what_an_instance_fetches_by_its_own_role(lab, parts, actions, begins, says):
    iam = lab.boto3.client("iam")
    policy = iam.list_attached_role_policies(RoleName="ecsInstanceRole")["AttachedPolicies"][0]["PolicyArn"]
    iam.detach_role_policy(RoleName="ecsInstanceRole", PolicyArn=policy)
    iam.put_role_policy(RoleName="ecsInstanceRole", PolicyName="own", PolicyDocument=allowing(*actions))
    registered(lab, ON_EC2, **parts)
    status, code, told = reason(lab, lab.client.run_task(taskDefinition="g")["tasks"][0])
    assert (status, code) == (("STOPPED", "TaskFailedToStart") if begins else ("RUNNING", None))
    assert told.startswith(begins) and says in told


def test_an_execution_role_goes_before_the_instance_role(lab):
    role(lab, "ssm:GetParameters")
    parts = {"image": ECR, "secrets": [{"name": "A", "valueFrom": "KEY"}], "executionRoleArn": f"{ROLE}own"}
    registered(lab, ON_EC2, **parts)
    assert "assumed-role/own/" in reason(lab, lab.client.run_task(taskDefinition="g")["tasks"][0])[2]
    lab.boto3.client("iam").put_role_policy(RoleName="own", PolicyName="own", PolicyDocument=allowing("ecr:*"))
    told = reason(lab, lab.client.run_task(taskDefinition="g")["tasks"][0])[2]
    assert told.startswith("Fetching secret data from SSM Parameter Store in us-east-1: AccessDeniedException:")


@pytest.mark.parametrize("field", ["executionRoleArn", "taskRoleArn"])
@pytest.mark.parametrize("name", ["nobody", "own"])
def test_a_role_that_does_not_trust_tasks_is_refused(fargate, field, name):
    role(fargate, "*", service="ec2.amazonaws.com")
    registered(fargate, SMALL, **{field: ROLE + name})
    with pytest.raises(
        ClientError, match=f"ECS was unable to assume the role '{ROLE}{name}' that was provided for this"
    ):
        run(fargate, definition="g")


def test_a_task_role_that_allows_nothing_lets_the_task_run(fargate):
    role(fargate)
    registered(fargate, SMALL, taskRoleArn=f"{ROLE}own")
    assert reason(fargate, run(fargate, definition="g")["tasks"][0])[0] == "RUNNING"


PROFILES = [
    ({}, 0, "NoCredentialProviders: no valid providers in chain"),
    (
        {"IamInstanceProfile": {"Name": "own"}},
        0,
        "is not authorized to perform: ecs:RegisterContainerInstance on resource",
    ),
    ({"IamInstanceProfile": {"Name": "ecsTaskExecutionRole"}}, 0, "NoCredentialProviders"),
    ({"IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole"}}, 1, ""),
]


@pytest.mark.parametrize(("profile", "instances", "says"), PROFILES)
def test_an_agent_registers_by_its_instance_role(fargate, profile, instances, says):
    role(fargate, "s3:*", service="ec2.amazonaws.com")
    ec2 = fargate.boto3.client("ec2")
    data = "echo ECS_CLUSTER=default >> /etc/ecs/ecs.config"
    made = ec2.run_instances(ImageId="ami-1", MinCount=1, MaxCount=1, UserData=data, **profile)["Instances"][0]
    fargate.run("2m")
    assert len(fargate.client.list_container_instances()["containerInstanceArns"]) == instances
    assert says in ec2.get_console_output(InstanceId=made["InstanceId"])["Output"]


def test_an_instance_profile_must_be_there(fargate):
    with pytest.raises(ClientError, match=r"Value \(x\) for parameter iamInstanceProfile.name is invalid"):
        fargate.boto3.client("ec2").run_instances(
            ImageId="ami-1", MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "x"}
        )

"""Roles by the calls of IAM."""

import json

import pytest
from botocore.exceptions import ClientError

from labkit import Lab

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
S3 = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
INLINE = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}]}


@pytest.fixture
def lab():
    return Lab.ecs(instances=1, seed=1)


@pytest.fixture
def iam(lab):
    client = lab.boto3.client("iam")
    client.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST, Description="of the application")
    return client


def decisions(iam, *actions):
    arn = iam.get_role(RoleName="app")["Role"]["Arn"]
    found = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=list(actions))["EvaluationResults"]
    return [one["EvalDecision"] for one in found]


def test_a_lab_begins_with_the_roles_of_the_console(lab):
    iam = lab.boto3.client("iam")
    assert [one["RoleName"] for one in iam.list_roles()["Roles"]] == ["ecsInstanceRole", "ecsTaskExecutionRole"]
    attached = iam.list_attached_role_policies(RoleName="ecsTaskExecutionRole")["AttachedPolicies"]
    assert [one["PolicyName"] for one in attached] == ["AmazonECSTaskExecutionRolePolicy"]


def test_a_role_is_given_policies_and_loses_them(iam):
    assert iam.get_role(RoleName="app")["Role"]["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert decisions(iam, "s3:GetObject") == ["implicitDeny"]
    iam.attach_role_policy(RoleName="app", PolicyArn=S3)
    assert decisions(iam, "s3:GetObject", "s3:PutObject") == ["allowed", "implicitDeny"]
    iam.put_role_policy(RoleName="app", PolicyName="never", PolicyDocument=json.dumps(INLINE))
    assert decisions(iam, "s3:GetObject", "s3:ListBucket") == ["explicitDeny", "allowed"]
    assert iam.get_role_policy(RoleName="app", PolicyName="never")["PolicyDocument"] == INLINE
    assert iam.list_role_policies(RoleName="app")["PolicyNames"] == ["never"]
    iam.delete_role_policy(RoleName="app", PolicyName="never")
    iam.detach_role_policy(RoleName="app", PolicyArn=S3)
    iam.delete_role(RoleName="app")
    assert "app" not in [one["RoleName"] for one in iam.list_roles()["Roles"]]


WRONG = [
    ("get_role", {"RoleName": "x"}, "NoSuchEntity", "The role with name x cannot be found."),
    ("create_role", {"RoleName": "app", "AssumeRolePolicyDocument": TRUST}, "EntityAlreadyExists", "already exists"),
    ("create_role", {"RoleName": "y", "AssumeRolePolicyDocument": "{"}, "MalformedPolicyDocument", "invalid Json"),
    ("attach_role_policy", {"RoleName": "app", "PolicyArn": f"{S3}s"}, "NoSuchEntity", "is not attachable"),
    ("detach_role_policy", {"RoleName": "app", "PolicyArn": S3}, "NoSuchEntity", "was not found"),
    (
        "get_role_policy",
        {"RoleName": "app", "PolicyName": "x"},
        "NoSuchEntity",
        "The role policy with name x cannot be",
    ),
    ("delete_role", {"RoleName": "ecsInstanceRole"}, "DeleteConflict", "must detach all policies first"),
]


@pytest.mark.parametrize(("call", "request_", "code", "message"), WRONG)
def test_iam_refuses_in_its_own_words(iam, call, request_, code, message):
    with pytest.raises(ClientError, match=message) as refused:
        getattr(iam, call)(**request_)
    assert refused.value.response["Error"]["Code"] == code


def test_the_command_line_speaks_iam(lab):
    trust = TRUST.replace('"', '\\"')
    lab.aws(f'iam create-role --role-name app --assume-role-policy-document "{trust}"')
    lab.aws(f"iam attach-role-policy --role-name app --policy-arn {S3}")
    shown = lab.aws(
        "iam list-attached-role-policies --role-name app --query AttachedPolicies[0].PolicyName --output text"
    )
    assert shown.stdout.strip() == "AmazonS3ReadOnlyAccess"

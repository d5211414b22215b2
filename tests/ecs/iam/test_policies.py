"""What policy documents allow."""

import json

import pytest

from labkit.ecs.iam import policies
from labkit.errors import AwsError


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


READ = {"Effect": "Allow", "Action": ["s3:Get*", "s3:ListBucket"], "Resource": "arn:aws:s3:::shop*"}
NEVER = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/secret/?"}

TABLE = [
    # (statements, action, resource, decision); IAM user guide, "Policy evaluation logic"
    ([], "s3:GetObject", "*", "implicitDeny"),
    ([READ], "s3:GetObject", "arn:aws:s3:::shop/a", "allowed"),
    ([READ], "S3:getobject", "arn:aws:s3:::shop/a", "allowed"),  # actions don't mind the case
    ([READ], "s3:GetObject", "arn:aws:s3:::Shop/a", "implicitDeny"),  # resources do
    ([READ], "s3:PutObject", "arn:aws:s3:::shop/a", "implicitDeny"),
    ([READ, NEVER], "s3:GetObject", "arn:aws:s3:::shop/secret/1", "explicitDeny"),
    ([NEVER, READ], "s3:GetObject", "arn:aws:s3:::shop/secret/12", "allowed"),
    ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "s3:GetObject", "x", "allowed"),
    ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "iam:PassRole", "x", "implicitDeny"),
    ([{"Effect": "Allow", "Action": "*", "NotResource": "a*"}], "s3:GetObject", "abc", "implicitDeny"),
]


@pytest.mark.parametrize(("statements", "action", "resource", "decision"), TABLE)
def test_documents_decide(statements, action, resource, decision):
    assert policies.verdict([document(*statements)], action, resource) == decision


def test_documents_add_up_and_a_denial_wins():
    assert (
        policies.verdict([document(READ), document(NEVER)], "s3:GetObject", "arn:aws:s3:::shop/secret/1")
        == "explicitDeny"
    )


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"Statement": [{"Effect": "Maybe"}]})])
def test_a_malformed_document_is_refused(text):
    with pytest.raises(AwsError) as refused:
        policies.read(text)
    assert refused.value.code == "MalformedPolicyDocument"


def test_a_trust_policy_names_services():
    one = {"Effect": "Allow", "Principal": {"Service": ["a", "b"]}, "Action": "sts:AssumeRole"}
    other = {"Effect": "Deny", "Principal": {"Service": "c"}, "Action": "sts:AssumeRole"}
    assert policies.principals({"Statement": one}) == {"a", "b"}
    assert policies.principals(document(one, other)) == {"a", "b"}

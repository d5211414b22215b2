"""Tags of whatever has an ARN."""

import pytest

from labkit.errors import AwsError
from labkit.kinds import ecs


def test_tags_are_set_replaced_and_taken_off(call, world):
    task = call("run_task", taskDefinition="web")["tasks"][0]["taskArn"]
    instance = world.list(ecs.CONTAINER_INSTANCE)[0]["containerInstanceArn"]
    for arn in (task, instance, "arn:aws:ecs:us-east-1:123456789012:task-definition/web:1"):
        call("tag_resource", resourceArn=arn, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
        call("tag_resource", resourceArn=arn, tags=[{"key": "a", "value": "3"}])
        call("untag_resource", resourceArn=arn, tagKeys=["b"])
        assert call("list_tags_for_resource", resourceArn=arn)["tags"] == [{"key": "a", "value": "3"}]


def test_what_is_not_there_has_no_tags(call):
    with pytest.raises(AwsError) as refusal:
        call("list_tags_for_resource", resourceArn="arn:aws:ecs:us-east-1:123456789012:cluster/nix")
    assert refusal.value.code == "ResourceNotFoundException"
    with pytest.raises(AwsError, match="Invalid ARN"):
        call("list_tags_for_resource", resourceArn="web")

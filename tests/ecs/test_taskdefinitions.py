"""Task definitions: revisions, and where they go."""

import json
from pathlib import Path

import pytest

from labkit.errors import AwsError
from tests.ecs.conftest import container

MANIFESTS = Path(__file__).parents[3] / "shared" / "manifests" / "ecs"


def test_each_registration_is_the_next_revision(call):
    second = call("register_task_definition", family="web", containerDefinitions=[container()])["taskDefinition"]
    assert (second["revision"], second["status"]) == (2, "ACTIVE")
    assert second["taskDefinitionArn"].endswith(":task-definition/web:2")


def test_what_was_left_out_gets_its_default(call):
    ports = [{"containerPort": 80}]
    asked = {"family": "shop", "containerDefinitions": [container(portMappings=ports)]}
    bridge = call("register_task_definition", **asked)["taskDefinition"]
    assert bridge["networkMode"] == "bridge" and bridge["containerDefinitions"][0]["essential"] is True
    assert bridge["containerDefinitions"][0]["portMappings"] == [
        {"containerPort": 80, "hostPort": 0, "protocol": "tcp"}
    ]
    own = call("register_task_definition", **asked, networkMode="awsvpc", cpu=".5 vCPU", memory="1 GB")[
        "taskDefinition"
    ]
    assert own["containerDefinitions"][0]["portMappings"][0]["hostPort"] == 80
    assert (own["cpu"], own["memory"]) == ("512", "1024")
    assert {"name": "ecs.capability.task-eni"} in own["requiresAttributes"]


def test_a_family_means_its_newest_active_revision(call):
    call("register_task_definition", family="web", containerDefinitions=[container()])
    assert call("describe_task_definition", taskDefinition="web")["taskDefinition"]["revision"] == 2
    call("deregister_task_definition", taskDefinition="web:2")
    assert call("describe_task_definition", taskDefinition="web")["taskDefinition"]["revision"] == 1
    third = call("register_task_definition", family="web", containerDefinitions=[container()])
    assert third["taskDefinition"]["revision"] == 3


def test_an_inactive_revision_starts_nothing(call):
    call("deregister_task_definition", taskDefinition="web:1")
    with pytest.raises(AwsError, match="inactive"):
        call("run_task", taskDefinition="web:1")
    with pytest.raises(AwsError, match=r"TaskDefinition not found\."):
        call("run_task", taskDefinition="web")


def test_only_inactive_revisions_are_deleted(call):
    refused = call("delete_task_definitions", taskDefinitions=["web:1"])["failures"]
    assert "still in ACTIVE status" in refused[0]["reason"]
    call("deregister_task_definition", taskDefinition="web:1")
    gone = call("delete_task_definitions", taskDefinitions=["web:1", "web:9"])
    assert [one["status"] for one in gone["taskDefinitions"]] == ["DELETE_IN_PROGRESS"]
    assert [one["reason"] for one in gone["failures"]] == ["MISSING"]


def test_definitions_and_families_are_listed_by_status(call):
    for family in ("shop", "web"):
        call("register_task_definition", family=family, containerDefinitions=[container()])
    call("deregister_task_definition", taskDefinition="shop:1")

    def names(**request):
        return [arn.rpartition("/")[2] for arn in call("list_task_definitions", **request)["taskDefinitionArns"]]

    assert names() == ["web:1", "web:2"] and names(sort="DESC") == ["web:2", "web:1"]
    assert names(status="INACTIVE") == ["shop:1"] and names(familyPrefix="shop") == []
    assert call("list_task_definition_families")["families"] == ["web"]
    assert call("list_task_definition_families", status="INACTIVE")["families"] == ["shop"]
    assert call("list_task_definition_families", status="ALL", familyPrefix="s")["families"] == ["shop"]


def test_a_missing_definition_is_refused(call):
    with pytest.raises(AwsError, match=r"Unable to describe task definition\."):
        call("describe_task_definition", taskDefinition="nix")
    with pytest.raises(AwsError, match="must include a revision"):
        call("deregister_task_definition", taskDefinition="web")


def test_tags_come_where_asked_for(call):
    tags = [{"key": "a", "value": "b"}]
    assert call("register_task_definition", family="t", containerDefinitions=[container()], tags=tags)["tags"] == tags
    assert "tags" not in call("describe_task_definition", taskDefinition="t")
    assert call("describe_task_definition", taskDefinition="t", include=["TAGS"])["tags"] == tags


@pytest.mark.skipif(not MANIFESTS.is_dir(), reason="the shared manifests are not beside this clone")
def test_the_shared_manifests_register_as_they_are(lab):
    for path in sorted(MANIFESTS.glob("*.json")):
        made = lab.client.register_task_definition(**json.loads(path.read_text("utf-8")))["taskDefinition"]
        assert made["status"] == "ACTIVE", path.name

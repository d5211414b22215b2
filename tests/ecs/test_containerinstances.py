"""Container instances and their attributes, and account settings."""

import pytest

from labkit.ecs import accountsettings
from labkit.ecs.containerinstances import launch
from labkit.errors import AwsError, LabError
from labkit.kinds import Key, ecs
from tests.ecs.conftest import caller


def arns_of(call, **request):
    return call("list_container_instances", **request)["containerInstanceArns"]


def test_a_machine_registers_what_its_type_has(call):
    instance = call("describe_container_instances", containerInstances=arns_of(call)[:1])["containerInstances"][0]
    amounts = {
        one["name"]: one.get("integerValue") or one.get("stringSetValue") for one in instance["registeredResources"]
    }
    assert amounts["CPU"] == 2048 and amounts["MEMORY"] == 7680
    assert amounts["PORTS"] == ["22", "2375", "2376", "51678", "51679", "51680"] and amounts["PORTS_UDP"] == []
    values = {one["name"]: one.get("value") for one in instance["attributes"]}
    assert values["ecs.instance-type"] == "m5.large" and values["ecs.availability-zone"] == "us-east-1a"
    assert values["ecs.os-type"] == "linux" and "ecs.capability.task-eni" in values
    assert (instance["status"], instance["agentConnected"], instance["ec2InstanceId"][:2]) == ("ACTIVE", True, "i-")


def test_gpus_are_registered_by_their_ids(bare):
    instance = launch(bare, "p3.2xlarge")
    entry = next(one for one in instance["registeredResources"] if one["name"] == "GPU")
    assert entry["type"] == "STRINGSET" and len(entry["stringSetValue"]) == 1
    assert bare.read(ecs.key_of_arn(instance["containerInstanceArn"])).remaining("GPU") == 1


def test_an_unknown_type_or_cluster_is_refused_and_nothing_written(bare):
    before = len(bare.history)
    with pytest.raises(LabError, match="InstanceType"):
        launch(bare, "m5.huge")
    with pytest.raises(AwsError, match="Cluster not found"):
        launch(bare, cluster="nix")
    assert len(bare.history) == before


def test_an_agent_may_register_itself(bare):
    call = caller(bare)
    resources = [{"name": "CPU", "type": "INTEGER", "integerValue": 1024}]
    made = call("register_container_instance", totalResources=resources, attributes=[{"name": "stack"}])
    assert made["containerInstance"]["remainingResources"] == resources
    assert len(arns_of(call)) == 1


def test_instances_are_listed_by_filter_and_status(call):
    arns = arns_of(call)
    assert arns_of(call, filter="attribute:ecs.availability-zone == us-east-1b") == arns[1:2]
    call("update_container_instances_state", containerInstances=arns[:1], status="DRAINING")
    assert arns_of(call, status="DRAINING") == arns[:1] and arns_of(call, status="ACTIVE") == arns[1:]
    assert arns_of(call) == arns
    with pytest.raises(AwsError) as refusal:
        arns_of(call, filter="attribute:stack ~~ prod")
    assert refusal.value.code == "InvalidParameterException"


def test_draining_is_undone_by_active(call):
    arn = arns_of(call)[0]
    for status in ("DRAINING", "ACTIVE"):
        answer = call("update_container_instances_state", containerInstances=[arn, "nix"], status=status)
        assert answer["containerInstances"][0]["status"] == status
        assert [one["reason"] for one in answer["failures"]] == ["MISSING"]


def test_deregistering_needs_force_where_tasks_run(call, world):
    arn = arns_of(call)[0]
    call("start_task", taskDefinition="web", containerInstances=[arn])
    with pytest.raises(AwsError, match="Found running tasks"):
        call("deregister_container_instance", containerInstance=arn)
    gone = call("deregister_container_instance", containerInstance=arn, force=True)["containerInstance"]
    assert (gone["status"], gone["agentConnected"]) == ("INACTIVE", False)
    assert arn not in arns_of(call)
    assert call("describe_container_instances", containerInstances=[arn])["failures"] == []


def test_attributes_are_put_listed_and_deleted(call):
    arn = arns_of(call)[0]
    call("put_attributes", attributes=[{"name": "stack", "value": "prod", "targetId": arn}])
    listed = call("list_attributes", targetType="container-instance", attributeName="stack")["attributes"]
    assert listed == [{"name": "stack", "value": "prod", "targetType": "container-instance", "targetId": arn}]
    assert arns_of(call, filter="attribute:stack == prod") == [arn]
    call("delete_attributes", attributes=[{"name": "stack", "targetId": arn}])
    assert arns_of(call, filter="attribute:stack exists") == []


def test_at_most_ten_custom_attributes(call):
    arn = arns_of(call)[0]
    call("put_attributes", attributes=[{"name": f"a{number}", "targetId": arn} for number in range(10)])
    with pytest.raises(AwsError) as refusal:
        call("put_attributes", attributes=[{"name": "a10", "targetId": arn}])
    assert refusal.value.code == "AttributeLimitExceededException"


@pytest.mark.parametrize(
    "attribute",
    [{"name": "with space"}, {"name": "a" * 129}, {"name": "a", "value": " lead"}, {"name": "a", "value": "ü"}],
)
def test_bad_attributes_are_refused(call, attribute):
    with pytest.raises(AwsError, match="Invalid attribute"):
        call("put_attributes", attributes=[{**attribute, "targetId": arns_of(call)[0]}])


def test_an_attribute_of_nothing_has_no_target(call):
    with pytest.raises(AwsError) as refusal:
        call("put_attributes", attributes=[{"name": "a", "targetId": "nix"}])
    assert refusal.value.code == "TargetNotFoundException"


def test_trunking_counts_for_machines_launched_after_it(bare):
    call = caller(bare)
    before = launch(bare)
    call("put_account_setting", name="awsvpcTrunking", value="enabled")
    after = launch(bare)
    assert [bare.read(ecs.key_of_arn(one["containerInstanceArn"])).trunked for one in (before, after)] == [False, True]


def test_settings_are_listed_where_changed_or_effective(bare):
    call = caller(bare)
    assert call("list_account_settings")["settings"] == []
    assert len(call("list_account_settings", effectiveSettings=True, maxResults=100)["settings"]) == len(
        accountsettings.DEFAULTS
    )
    call("put_account_setting", name="awsvpcTrunking", value="enabled")
    assert [one["value"] for one in call("list_account_settings", name="awsvpcTrunking")["settings"]] == ["enabled"]
    call("delete_account_setting", name="awsvpcTrunking")
    assert accountsettings.value(bare, "awsvpcTrunking") == "disabled"


def test_what_is_seen_of_an_instance_can_be_looked_up_in_the_past(world):
    key = world.keys(ecs.CONTAINER_INSTANCE)[0]
    assert key == Key(ecs.CONTAINER_INSTANCE, "default", world.read(key).id)

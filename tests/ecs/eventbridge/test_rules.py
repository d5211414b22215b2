"""Rules that run tasks."""

import pytest


def rule(lab, expression="rate(5 minutes)", **asked):
    events = lab.boto3.client("events")
    events.put_rule(Name="nightly", ScheduleExpression=expression)
    cluster = lab.client.describe_clusters()["clusters"][0]["clusterArn"]
    definition = lab.client.describe_task_definition(taskDefinition="web")["taskDefinition"]["taskDefinitionArn"]
    parameters = {"TaskDefinitionArn": definition, **asked}
    target = {"Id": "1", "Arn": cluster, "RoleArn": "arn:aws:iam::123456789012:role/ecsEventsRole"}
    events.put_targets(Rule="nightly", Targets=[{**target, "EcsParameters": parameters}])
    return events


def test_a_rate_runs_its_tasks_each_time(lab):
    rule(lab, TaskCount=2)
    assert len(lab.run("299s").client.list_tasks()["taskArns"]) == 0
    assert len(lab.run("2s").client.list_tasks()["taskArns"]) == 2
    assert len(lab.run("10m").client.list_tasks(startedBy="events-rule/nightly")["taskArns"]) == 6


def test_cron_is_in_utc(lab):
    rule(lab, "cron(30 9 * * ? *)")
    assert len(lab.run("29m").client.list_tasks()["taskArns"]) == 0
    assert len(lab.run("2m").client.list_tasks()["taskArns"]) == 1


def test_a_disabled_rule_rests(lab):
    events = rule(lab)
    events.disable_rule(Name="nightly")
    assert not lab.run("1h").client.list_tasks()["taskArns"]
    events.enable_rule(Name="nightly")
    assert len(lab.run("6m").client.list_tasks()["taskArns"]) == 1


def test_what_cannot_be_placed_is_not_queued(lab):
    events = rule(lab)
    places = lab.client.list_container_instances()["containerInstanceArns"]
    lab.client.update_container_instances_state(containerInstances=places, status="DRAINING")
    lab.run("6m")
    lab.client.update_container_instances_state(containerInstances=places, status="ACTIVE")
    assert not lab.run("1m").client.list_tasks()["taskArns"]
    assert events.describe_rule(Name="nightly")["State"] == "ENABLED"


def test_a_rule_with_targets_is_not_deleted(lab):
    events = rule(lab)
    with pytest.raises(events.exceptions.ClientError, match="Rule can't be deleted since it has targets"):
        events.delete_rule(Name="nightly")
    events.remove_targets(Rule="nightly", Ids=["1"])
    events.delete_rule(Name="nightly")
    assert events.list_rules()["Rules"] == []

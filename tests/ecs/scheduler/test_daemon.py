"""Daemons: one task on each instance that may have one."""

from labkit.ecs.attributes import put_attributes


def test_each_instance_has_one_and_new_ones_get_one(shop):
    shop.create(None, schedulingStrategy="DAEMON").run("1m")
    assert shop.service["desiredCount"] == 4 and len({one["containerInstanceArn"] for one in shop.tasks()}) == 4
    assert shop.messages[0] == "(service shop) has reached a steady state."
    shop.lab.launch(2)
    shop.run("1m")
    assert shop.service["runningCount"] == 6


def test_a_draining_instance_loses_its_task(shop):
    shop.create(None, schedulingStrategy="DAEMON").run("1m")
    place = shop.tasks()[0]["containerInstanceArn"]
    shop.lab.client.update_container_instances_state(containerInstances=[place], status="DRAINING")
    shop.run("1m")
    assert place not in {one["containerInstanceArn"] for one in shop.tasks()} and len(shop.tasks()) == 3


def test_an_instance_that_no_longer_meets_the_constraints_loses_its_task(shop):
    places = shop.lab.client.list_container_instances()["containerInstanceArns"]
    mark = {"name": "stack", "value": "prod", "targetId": places[0]}
    put_attributes(shop.lab.cluster, {"attributes": [mark]})
    rule = {"type": "memberOf", "expression": "attribute:stack == prod"}
    shop.create(None, schedulingStrategy="DAEMON", placementConstraints=[rule]).run("1m")
    assert [one["containerInstanceArn"] for one in shop.tasks()] == places[:1]
    put_attributes(shop.lab.cluster, {"attributes": [{**mark, "value": "test"}]})
    shop.run("1m")
    assert not shop.tasks()


def test_an_update_stops_the_old_task_before_it_starts_the_new_one(shop):
    shop.create(None, schedulingStrategy="DAEMON").run("1m")
    shop.update(forceNewDeployment=True)
    for _ in range(60):
        shop.run("1s")
        assert shop.service["runningCount"] + shop.service["pendingCount"] <= 4
    assert shop.rollouts == [("PRIMARY", "COMPLETED", 4)]

"""A fleet that is kept in step is the same as a new one, and one to try things on touches nobody."""

from __future__ import annotations

from random import Random
from typing import Any

import fleets
import numpy as np
import pytest

from labkit.cluster import Cluster
from labkit.ecs import clusters, containerinstances, runtask, taskdefinitions
from labkit.ecs.placement import Fleet, Request, fleet_of, matching, obstacle, place, why
from labkit.errors import AwsError
from labkit.kinds import Key
from labkit.kinds.ecs import CONTAINER_INSTANCE, TASK, Reserved

ARRAYS = ("remaining", "active", "connected", "interfaces", "interfaces_used", "ports_held")


@pytest.fixture
def world() -> Cluster:
    made = Cluster(seed=3)
    clusters.create_cluster(made, {"clusterName": "default"})
    for zone in "abcab":
        containerinstances.launch(made, "m5.large", f"us-east-1{zone}")
    container = {"name": "web", "image": "nginx", "cpu": 256, "memory": 512, "portMappings": [{"containerPort": 80}]}
    taskdefinitions.register_task_definition(made, {"family": "web", "containerDefinitions": [container]})
    return made


def run(world: Cluster, count: int = 1, **more: Any) -> list[dict[str, Any]]:
    return runtask.run_task(world, {"taskDefinition": "web", "count": count, **more})["tasks"]


def same(one: Fleet, other: Fleet) -> None:
    assert one.row == other.row and one.tasks == other.tasks
    for name in ARRAYS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    for group in ("family:web", "batch"):
        assert np.array_equal(one.hosted(group), other.hosted(group))
        assert np.array_equal(one.wanted(group), other.wanted(group))
    query = "task:group == batch or runningTasksCount > 1"
    assert matching(one, query) == matching(other, query)


def test_a_fleet_in_step_is_a_new_fleet(world: Cluster) -> None:
    rng = Random(5)
    for step in range(40):
        kept = fleet_of(world, "default")
        matching(kept, "task:group == batch or runningTasksCount > 1")
        tasks = world.keys(TASK)
        if step % 5 == 4 and tasks:
            key = rng.choice(tasks)
            world.put(key, {**world.require(key), "lastStatus": "STOPPED", "desiredStatus": "STOPPED"})
        elif step % 7 == 6:
            world.remove(rng.choice(tasks))
        elif step == 20:
            containerinstances.launch(world, "t3.medium")
        elif step == 30:
            world.remove(world.keys(CONTAINER_INSTANCE)[1])
        else:
            run(world, group=rng.choice(["batch", "family:web"]))
        same(fleet_of(world, "default"), Fleet().refresh(world, "default"))


def test_only_what_changed_is_read_again(world: Cluster) -> None:
    before = fleet_of(world, "default")
    version = before.version
    [task] = run(world)
    after = fleet_of(world, "default")
    assert after is before
    name = task["containerInstanceArn"].rpartition("/")[2]
    assert (after.changed > version).nonzero()[0].tolist() == [after.row[name]]


def test_a_fork_has_a_fleet_of_its_own(world: Cluster) -> None:
    run(world, 3)
    twin = world.fork()
    run(twin, 4)
    assert fleet_of(world, "default").hosted("family:web").sum() == 3
    assert fleet_of(twin, "default").hosted("family:web").sum() == 7


def test_trying_things_out_touches_nobody() -> None:
    fleet = fleets.fleet({"i1": {}, "i2": {"hosts": {"batch": 1}}})
    twin, request = fleet.copy(), Request("batch", Reserved(512, 64, ports=(80,)))
    for number in range(2):
        decision = place(twin, request, Random(0))
        twin.put(f"t{number}", decision.row, "batch", request.reserved)
    assert place(twin, request, Random(0)).reason == "RESOURCE:PORTS"
    assert fleet.hosted("batch").tolist() == [0, 1] and twin.hosted("batch").tolist() == [1, 2]
    assert fleet.remaining[:, 0].tolist() == [2048, 2048] and twin.remaining[:, 0].tolist() == [1536, 1536]


def test_start_task_is_told_the_obstacle_without_constraints() -> None:
    fleet = fleets.fleet({"i1": {"cpu": 10}, "i2": {"status": "DRAINING"}, "i3": {}})
    request = Request("batch", Reserved(512, 64))
    assert [obstacle(fleet, request, name) for name in ("i1", "i2", "i3", "i4")] == [
        "RESOURCE:CPU", "INACTIVE", "", "MISSING",
    ]  # fmt: skip


def test_a_filter_of_the_query_language_finds_instances(world: Cluster) -> None:
    answer = containerinstances.list_container_instances(world, {"filter": "attribute:ecs.availability-zone =~ .*b"})
    assert len(answer["containerInstanceArns"]) == 2
    with pytest.raises(AwsError, match="Invalid expression: an operator is missing at position 5."):
        containerinstances.list_container_instances(world, {"filter": "zone"})


def test_why_says_what_labkit_chose_of_the_query_language(world: Cluster) -> None:
    rule = {"type": "memberOf", "expression": "attribute:ecs.availability-zone =~ .*b"}
    [task] = run(world, 1, group="batch", placementConstraints=[rule])
    told = str(why(world, Key(TASK, "default", task["taskArn"].rpartition("/")[2])))
    assert "AWS does not say how much of a value =~ must match" in told and "!=" not in told


def test_why_tells_the_decision_of_then(world: Cluster) -> None:
    strategy = [{"type": "spread", "field": "attribute:ecs.availability-zone"}, {"type": "binpack", "field": "memory"}]
    tasks = run(world, 6, group="batch", placementStrategy=strategy)
    for task in tasks:
        decision = why(world, Key(TASK, "default", task["taskArn"].rpartition("/")[2]))
        assert decision.arn == task["containerInstanceArn"]
        assert [str(one) for one in decision.rankings][:1] == ["spread attribute:ecs.availability-zone"]
    first = why(world, Key(TASK, "default", tasks[0]["taskArn"].rpartition("/")[2]))
    assert set(first.rankings[0].by_value().values()) == {0}
    assert "a tie of" in str(first) and "AWS does not publish how ties are broken" in str(first)
    last = why(world, Key(TASK, "default", tasks[5]["taskArn"].rpartition("/")[2]))
    assert sorted(last.rankings[0].by_value().values()) == [1, 2, 2]

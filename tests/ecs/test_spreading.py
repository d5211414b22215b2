"""Why tasks on Fargate are where they are."""

import pytest

from labkit.ecs import choices
from labkit.ecs import fargate as platform
from tests.ecs.on_fargate import SPOT, VPC, run


def test_the_zones_are_told_as_they_were(fargate):
    tasks = run(fargate, 5)["tasks"]
    run(fargate, 3)
    told = fargate.why(tasks[4]["taskArn"])
    assert (told.provider, told.chosen) == ("FARGATE", "us-east-1b")
    assert [(zone.name[-1], zone.tasks) for zone in told.zones] == [("a", 2), ("b", 1), ("c", 1)]
    assert "us-east-1b: 1  <- the fewest" in str(told) and choices.ZONES in str(told)
    assert told.shares == {"FARGATE": 4} and choices.REMAINDER in str(told)


def test_a_task_without_a_strategy_has_no_shares(fargate):
    told = fargate.why(run(fargate, launchType="FARGATE")["tasks"][0]["taskArn"])
    assert told.shares == {} and choices.REMAINDER not in str(told)


def test_a_zone_without_room_is_told(fargate):
    fargate.capacity("FARGATE_SPOT", 0, zone="b")
    task = run(fargate, capacityProviderStrategy=SPOT)["tasks"][0]
    assert "us-east-1b: no room" in str(fargate.why(task["taskArn"]))


@pytest.mark.parametrize(("room", "chosen"), [(None, "us-east-1a"), (0, None)])
def test_the_next_task_of_a_service_is_told(fargate, room, chosen):
    fargate.capacity("FARGATE_SPOT", room)
    fargate.client.create_service(
        serviceName="web", taskDefinition="f", desiredCount=0, networkConfiguration=VPC, capacityProviderStrategy=SPOT
    )
    told = fargate.why("web")
    assert (told.provider, told.chosen) == ("FARGATE_SPOT", chosen)
    assert chosen is not None or platform.NO_CAPACITY in str(told)

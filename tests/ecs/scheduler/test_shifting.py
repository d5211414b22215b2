"""Blue/green, canary and linear deployments."""

import pytest

from labkit.ecs.scheduler.shifting import plan


def shares(**configuration):
    return [(one.percent, one.seconds) for one in plan(configuration) if one.name == "PRODUCTION_TRAFFIC_SHIFT"]


def test_traffic_goes_over_in_the_documented_steps():
    assert shares(strategy="BLUE_GREEN") == [(100, 0)]
    assert shares(strategy="CANARY") == [(5, 600), (100, 0)]
    linear = {"stepPercent": 30.0, "stepBakeTimeInMinutes": 1}
    assert shares(strategy="LINEAR", linearConfiguration=linear) == [(30, 60), (60, 60), (90, 60), (100, 0)]
    assert len(shares(strategy="LINEAR")) == 10


@pytest.mark.parametrize(("strategy", "minutes"), [("BLUE_GREEN", 5), ("CANARY", 15), ("LINEAR", 59)])
def test_blue_stays_until_the_bake_time_is_over(shop, strategy, minutes):
    shop.create(2, deploymentConfiguration={"strategy": strategy, "bakeTimeInMinutes": 5}).run("1m")
    shop.define()
    shop.update(taskDefinition="web").run(f"{minutes}m")
    assert shop.rollouts == [("PRIMARY", "IN_PROGRESS", 2), ("ACTIVE", "COMPLETED", 2)]
    shop.run("2m")
    assert shop.rollouts == [("PRIMARY", "COMPLETED", 2)] and shop.service["taskDefinition"].endswith("web:2")

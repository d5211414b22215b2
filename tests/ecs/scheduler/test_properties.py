"""What holds of every service at every moment, whatever its numbers."""

from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab
from labkit.ecs.scheduler.rolling import bounds
from labkit.ecs.scheduler.survey import HEALTHY, survey
from labkit.kinds import Key, ecs
from tests.ecs.scheduler.conftest import Shop

SHOP = Key(ecs.SERVICE, "default", "shop")
STRATEGIES = st.sampled_from([
    [], [{"type": "binpack", "field": "cpu"}], [{"type": "spread", "field": "instanceId"}], [{"type": "random"}],
])  # fmt: skip
PERCENT = st.tuples(st.integers(0, 100), st.integers(100, 250))


def shop_of(seed, count, percent, **more):
    shop = Shop(Lab.ecs(instances=6, seed=seed))
    shop.define()
    configuration = {"minimumHealthyPercent": percent[0], "maximumPercent": percent[1]}
    return shop.create(count, deploymentConfiguration=configuration, **more).run("90s")


def watched(shop, seconds, lower, upper):
    """Let time pass and see at each moment that the bounds hold."""
    clock, end = shop.lab.cluster.clock, shop.lab.now + seconds
    while (due := clock.next_time) is not None and due <= end:
        shop.lab.run(due - shop.lab.now)
        alive = survey(shop.lab.cluster, shop.lab.cluster.require(SHOP), SHOP).alive
        assert sum(one.state == HEALTHY for one in alive) >= lower
        assert sum(one.is_occupying for one in alive) <= upper


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 99), st.integers(1, 8), PERCENT, STRATEGIES)
def test_an_update_never_leaves_the_bounds(seed, count, percent, strategy):
    shop = shop_of(seed, count, percent, placementStrategy=strategy, availabilityZoneRebalancing="DISABLED")
    shop.update(forceNewDeployment=True)
    bound = bounds(count, *percent)
    watched(shop, 400, bound.lower, max(bound.upper, count))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 99), st.integers(1, 6), st.sampled_from([(100, 200), (50, 150), (0, 100)]))
def test_no_constraint_is_violated(seed, count, percent):
    rules = [
        {"type": "distinctInstance"},
        {"type": "memberOf", "expression": "attribute:ecs.availability-zone != us-east-1c"},
    ]
    shop = shop_of(seed, count, percent, placementConstraints=rules)
    shop.update(forceNewDeployment=True).run("5m")
    places = [one["containerInstanceArn"] for one in shop.tasks()]
    assert len(places) == len(set(places)) <= 4
    assert not any(one["availabilityZone"] == "us-east-1c" for one in shop.tasks())


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 99), st.integers(1, 8), st.sampled_from([(100, 200), (50, 150), (0, 100), (50, 100)]))
def test_a_rollback_ends_with_the_old_revision_steady(seed, count, percent):
    shop = shop_of(seed, count, percent, availabilityZoneRebalancing="DISABLED")
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    bad = shop.define(dockerLabels={"labkit.dev/image-error": "no such image"})
    shop.update(taskDefinition=bad, deploymentConfiguration=breaker).run("20m")
    assert shop.rollouts == [("PRIMARY", "COMPLETED", count)] and shop.service["taskDefinition"].endswith("web:1")
    assert shop.messages[0].endswith("has reached a steady state.")
    assert all(one["taskDefinitionArn"].endswith("web:1") for one in shop.tasks())

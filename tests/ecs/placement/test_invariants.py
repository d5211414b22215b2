"""Whatever is placed: no constraint is violated, no unit, port or interface given twice, and the rules are kept."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import fleets
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.ecs.placement import Fleet, Request, choose_to_stop, parse_query, place
from labkit.kinds.ecs import PlacementConstraint, PlacementStrategy, Reserved

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
EXPRESSIONS = (
    "attribute:ecs.availability-zone != us-east-1a",
    "attribute:rack in [a, b]",
    "runningTasksCount < 3",
    "not(task:group == batch)",
    "task:group == batch or attribute:rack == b",
    "attribute:ecs.instance-type =~ m5.*",
)

specs = st.fixed_dictionaries(
    {
        "cpu": st.integers(0, 2048),
        "memory": st.integers(0, 4096),
        "zone": st.sampled_from(ZONES),
        "type": st.sampled_from(["m5.large", "t3.medium"]),
        "attributes": st.one_of(st.just({}), st.sampled_from(["a", "b", "c"]).map(lambda rack: {"rack": rack})),
        "ports": st.lists(st.sampled_from([80, 443]), unique=True),
        "agent": st.sampled_from([True, True, True, False]),
        "status": st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "DRAINING"]),
    }
)
amounts = st.builds(
    Reserved,
    st.sampled_from([0, 128, 512]),
    st.sampled_from([64, 512]),
    st.just(0),
    st.lists(st.sampled_from([80, 443, 8080]), unique=True, max_size=2).map(tuple),
    st.lists(st.sampled_from([53]), max_size=1).map(tuple),
    st.booleans(),
)
rules = st.sampled_from(
    [
        PlacementStrategy("random"),
        PlacementStrategy("spread", "instanceId"),
        PlacementStrategy("spread", "attribute:ecs.availability-zone"),
        PlacementStrategy("spread", "attribute:rack"),
        PlacementStrategy("binpack", "cpu"),
        PlacementStrategy("binpack", "memory"),
    ]
)
constraints = st.one_of(
    st.just(PlacementConstraint("distinctInstance")),
    st.sampled_from(EXPRESSIONS).map(lambda text: PlacementConstraint("memberOf", text)),
)
requests = st.builds(
    Request,
    st.sampled_from(["service:web", "batch", "family:x"]),
    amounts,
    st.just(()),
    st.lists(constraints, max_size=3).map(tuple),
    st.lists(rules, max_size=5).map(tuple),
)


def check_constraints(fleet: Fleet, request: Request, row: int) -> None:
    """What held when the task was placed, asked without columns."""
    instance, groups = fleet.instances[row], fleet.groups(row)
    assert instance.status == "ACTIVE" and instance.agent_connected
    for constraint in request.constraints:
        if constraint.type == "distinctInstance":
            assert request.group not in groups
        else:
            assert parse_query(constraint.expression).holds(instance, groups)


def check_given(instances: list[dict[str, Any]], placed: list[tuple[int, Request]]) -> None:
    """What the tasks have together is what there was, and each port goes to one of them."""
    for row, spec in enumerate(instances):
        held = [request.reserved for place, request in placed if place == row]
        assert sum(one.cpu for one in held) <= spec["cpu"] or not held
        assert sum(one.memory for one in held) <= spec["memory"] or not held
        assert sum(one.eni for one in held) <= 2
        ports = Counter(spec["ports"]) + Counter(port for one in held for port in one.ports)
        assert all(count == 1 for count in ports.values())
        assert all(count == 1 for count in Counter(port for one in held for port in one.ports_udp).values())


@settings(max_examples=150, deadline=None)
@given(st.lists(specs, min_size=1, max_size=6), st.lists(requests, min_size=1, max_size=4), st.integers(0, 9))
def test_nothing_is_violated_or_given_twice(instances: list[dict[str, Any]], wanted: list[Request], seed: int) -> None:
    fleet = fleets.fleet({f"i{number}": spec for number, spec in enumerate(instances)})
    rng, placed = Random(seed), []
    for number in range(20):
        request = wanted[number % len(wanted)]
        decision = place(fleet, request, rng)
        assert (decision.row is None) == (not len(decision.rows))
        if decision.row is not None:
            check_constraints(fleet, request, decision.row)
            fleet.put(f"t{number}", decision.row, request.group, request.reserved)
            placed.append((decision.row, request))
    check_given(instances, placed)


@settings(max_examples=100, deadline=None)
@given(st.lists(specs, min_size=1, max_size=6), requests)
def test_who_is_refused_has_a_reason_that_is_true(instances: list[dict[str, Any]], request: Request) -> None:
    fleet = fleets.fleet({f"i{number}": spec for number, spec in enumerate(instances)})
    decision = place(fleet, request, Random(0))
    assert {*decision.refused} | {decision.id(row) for row in decision.rows.tolist()} == {*fleet.row}
    assert sum(len(fall.rows) for fall in decision.falls) + len(decision.rows) == len(fleet)
    for name, (reason, words) in decision.refused.items():
        spec = instances[int(name[1:])]
        assert words
        assert reason != "RESOURCE:CPU" or spec["cpu"] < request.reserved.cpu
        assert reason != "AGENT" or not spec["agent"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ZONES), st.integers(0, 5)), min_size=1, max_size=6), st.integers(0, 12))
def test_scale_in_leaves_the_zones_as_even_as_can_be(held: list[tuple[str, int]], count: int) -> None:
    instances = {
        f"i{number}": {"zone": zone, "hosts": {"service:web": tasks}} for number, (zone, tasks) in enumerate(held)
    }
    tasks = fleets.tasks_on(instances)
    before = Counter({zone: 0 for zone, _ in held})
    for zone, number in held:
        before[zone] += number
    stops = choose_to_stop(fleets.fleet(instances), tasks, count, (), Random(1))
    after = before - Counter(instances[stop.task.id.partition("-")[0]]["zone"] for stop in stops)
    assert len({stop.task.id for stop in stops}) == len(stops) == min(count, len(tasks))
    touched = [zone for zone in before if after[zone] < before[zone]]
    assert all(after[zone] >= max(after[other] for other in before) - 1 for zone in touched)


def test_protected_tasks_stay_and_still_count() -> None:
    instances = {"i1": {"hosts": {"service:web": 2}}, "i2": {"zone": "us-east-1b", "hosts": {"service:web": 1}}}
    tasks = fleets.tasks_on(instances)
    protected = {task.id for task in tasks if task.id.startswith("i1")}
    stops = choose_to_stop(fleets.fleet(instances), tasks, 3, (), Random(0), protected)
    assert [stop.task.id for stop in stops] == ["i2-service:web-0"]

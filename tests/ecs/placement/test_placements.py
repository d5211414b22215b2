"""Every row of the table of placements worked out by hand from the documentation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import fleets
import pytest
import yaml

from labkit.ecs.placement import Decision, Fleet, Request, check_placement, choose_to_stop, place
from labkit.errors import AwsError
from labkit.kinds.ecs import Attribute, PlacementConstraint, PlacementStrategy, Reserved

ROWS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "placements.yaml").read_text("utf-8"))
NEEDED = Reserved(256, 512)


def rows_with(*fields: str) -> pytest.MarkDecorator:
    chosen = [row for row in ROWS if any(field in row for field in fields)]
    assert chosen
    return pytest.mark.parametrize("row", chosen, ids=[f"{row['name']} ({row['section']})" for row in chosen])


def constraint(text: str) -> PlacementConstraint:
    return PlacementConstraint(text) if text == "distinctInstance" else PlacementConstraint("memberOf", text)


def rule(text: str) -> PlacementStrategy:
    return PlacementStrategy(*text.split(" ", 1))


def attribute(text: str) -> Attribute:
    name, _, value = text.partition("=")
    return Attribute(name, value or None)


def request(row: dict[str, Any]) -> Request:
    wants = row.get("task", {})
    amounts = wants.get("cpu", 256), wants.get("memory", 512), wants.get("gpu", 0)
    ports = tuple(wants.get("ports", ())), tuple(wants.get("udp", ()))
    return Request(
        row.get("group", "service:web"),
        Reserved(*amounts, *ports, wants.get("eni", False)),
        tuple(map(attribute, wants.get("requires", ()))),
        tuple(map(constraint, row.get("constraints", ()))),
        tuple(map(rule, row.get("strategy", ()))),
        frozenset(wants.get("zones", ())),
    )


def placed(on: Fleet, wanted: Request, count: int, seed: int = 0) -> list[str]:
    """Where task after task goes, until none fits."""
    rng, places = Random(seed), []
    for number in range(count):
        decision = place(on, wanted, rng)
        if decision.row is None:
            break
        on.put(f"new-{number}", decision.row, wanted.group, wanted.reserved)
        places.append(decision.instance)
    return places


def decision(row: dict[str, Any], seed: int = 0) -> Decision:
    return place(fleets.fleet(row["instances"]), request(row), Random(seed))


def test_the_table_is_as_long_as_promised() -> None:
    assert len(ROWS) >= 40
    assert all(row["section"] for row in ROWS)


@rows_with("best")
def test_these_are_equally_good(row: dict[str, Any]) -> None:
    seen = {decision(row, seed).instance for seed in range(20)}
    found = decision(row)
    assert sorted(found.id(one) for one in found.best) == row["best"]
    assert seen == set(row["best"])


@rows_with("drawn")
def test_any_of_these_is_drawn(row: dict[str, Any]) -> None:
    assert {decision(row, seed).instance for seed in range(40)} == set(row["drawn"])


@rows_with("order")
def test_tasks_go_there_one_after_another(row: dict[str, Any]) -> None:
    assert placed(fleets.fleet(row["instances"]), request(row), len(row["order"])) == row["order"]


@rows_with("counts")
def test_each_instance_gets_so_many(row: dict[str, Any]) -> None:
    wanted = dict(row["counts"])
    count = wanted.pop("of")
    for seed in range(5):
        assert Counter(placed(fleets.fleet(row["instances"]), request(row), count, seed)) == wanted


@rows_with("fails")
def test_it_fails_for_these_reasons(row: dict[str, Any]) -> None:
    found = decision(row)
    assert found.instance is None
    assert {one["arn"].rpartition("/")[2]: one["reason"] for one in found.failures} == row["fails"]


@rows_with("says")
def test_the_service_says_so(row: dict[str, Any]) -> None:
    found = decision(row).message
    assert found.startswith("was unable to place a task because no container instance met all of its requirements. ")
    assert row["says"] in found


@rows_with("invalid")
def test_it_is_refused(row: dict[str, Any]) -> None:
    wanted = request(row)
    constraints = [{"type": one.type} for one in wanted.constraints]
    rules = [{"type": one.type, "field": one.field} for one in wanted.strategy]
    with pytest.raises(AwsError, match=row["invalid"]) as error:
        check_placement(constraints, rules)
    assert error.value.code == "InvalidParameterException"


@rows_with("stop")
def test_one_of_these_is_stopped(row: dict[str, Any]) -> None:
    instances = row["instances"]
    tasks = fleets.tasks_on(instances, reserved=NEEDED)
    [stop] = choose_to_stop(fleets.fleet(instances), tasks, 1, request(row).strategy, Random(0))
    assert Counter(name.partition("-")[0] for name in stop.tie) == row["stop"]


@rows_with("left")
def test_so_many_are_left(row: dict[str, Any]) -> None:
    instances, wanted = row["instances"], dict(row["left"])
    tasks, count = fleets.tasks_on(instances, reserved=NEEDED), wanted.pop("of")
    for seed in range(5):
        stops = choose_to_stop(fleets.fleet(instances), tasks, count, request(row).strategy, Random(seed))
        gone = {stop.task.id for stop in stops}
        left = Counter(task.id.partition("-")[0] for task in tasks if task.id not in gone)
        assert {name: left[name] for name in wanted} == wanted

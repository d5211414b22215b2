"""The placement lab: what each strategy does with one workload, what it costs, what is lost, and how fast."""

from __future__ import annotations

import time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.instancetypes import instance_type
from labkit.views.placement_board import Column, describe
from labkit.views.placement_svg import render
from labkit.widgets import placement_lab
from labkit.widgets.placement_trial import (
    DEATHS,
    DISTINCT,
    INSTANCE,
    MEMBER,
    NOBODY,
    STRATEGIES,
    WHOLE_ZONE,
    Choice,
    board,
    requests,
)


def column(strategy: str, **choice: object) -> Column:
    return board(Choice(strategies=(strategy,), **choice)).columns[0]


def test_spread_is_safe_and_dear_and_binpack_cheap_and_dangerous() -> None:
    spread, packed = column("spread zones, then instances"), column("binpack memory")
    assert (len(spread.used), spread.worst_instance, spread.worst_zone) == (6, 2, 4)
    assert (len(packed.used), packed.worst_instance, packed.worst_zone) == (2, 7, 7)
    assert spread.cost == pytest.approx(6 * instance_type("m5.large").price)
    assert packed.cost == pytest.approx(2 * instance_type("m5.large").price)


def test_the_order_of_rules_matters() -> None:
    one, other = column("spread zones, then binpack memory"), column("binpack memory, then spread zones")
    assert sorted(one.by_zone.values()) == [4, 4, 4]
    assert sorted(other.by_zone.values()) == [0, 5, 7]


def test_binpack_fills_by_the_resource_it_names() -> None:
    mixed = {"mix": (1, 1, 1), "cpu": 256, "memory": 256, "tasks": 4}
    assert next(machine.type for machine in column("binpack cpu", **mixed).used) != "c5.xlarge"
    assert [machine.type for machine in column("binpack memory", **mixed).used] == ["c5.xlarge"]


def test_what_is_stopped_mirrors_what_was_placed() -> None:
    packed, spread = column("binpack memory", stop=5), column("spread zones, then instances", stop=6)
    assert len(packed.used) == 1 and packed.running == 7, "the least filled instance is emptied"
    assert sorted(spread.by_zone.values()) == [2, 2, 2]


def test_the_dead_take_their_tasks_along() -> None:
    died = column("binpack memory", dies=INSTANCE)
    assert [machine.running for machine in died.machines if machine.dead] == [7]
    zone = column("spread zones", dies=WHOLE_ZONE)
    assert sum(machine.running for machine in zone.machines if machine.dead) == zone.worst_zone == 4
    assert "4 tasks lost with zone us-east-1" in describe(board(Choice(strategies=("spread zones",), dies=WHOLE_ZONE)))


def test_constraints_bind_and_refusals_are_counted() -> None:
    apart = column("binpack memory", constraint=DISTINCT)
    assert apart.worst_instance == 1 and apart.left_over == 6
    member = column("random", mix=(2, 2, 0), constraint=MEMBER, expression="attribute:ecs.instance-type =~ c5.*")
    assert {machine.type for machine in member.used} == {"c5.xlarge"}
    tall = column("random", memory=8192)
    assert (tall.left_over, tall.refusals) == (12, (("RESOURCE:MEMORY", 6),))


def test_without_instances_nothing_is_placed() -> None:
    none = column("random", mix=(0, 0, 0))
    assert (none.left_over, none.cost, none.worst_instance, none.worst_zone) == (12, 0, 0, 0)
    assert ElementTree.fromstring(render(board(Choice(mix=(0, 0, 0)))))


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 40), st.integers(1, 16), st.integers(1, 32), st.tuples(*[st.integers(0, 4)] * 3),
    st.sampled_from(DEATHS), st.integers(0, 10),
)  # fmt: skip
def test_every_board_adds_up(
    count: int, cpu: int, memory: int, mix: tuple[int, int, int], dies: str, stop: int
) -> None:
    made = board(Choice(cpu * 128, memory * 256, count, mix, strategies=tuple(STRATEGIES)[:4], dies=dies, stop=stop))
    for each in made.columns:
        placed = sum(len(machine.tasks) for machine in each.machines)
        assert placed + each.left_over == count
        assert each.running == placed - min(stop, placed)
        assert all(len(one.tasks) * cpu * 128 <= one.cpu for one in each.machines)
        assert all(len(one.tasks) * memory * 256 <= one.memory for one in each.machines)
        assert any(one.dead for one in each.machines) == (dies != NOBODY and bool(each.machines))
    assert ElementTree.fromstring(render(made)).get("aria-label") == describe(made)


def test_the_requests_are_those_of_the_api() -> None:
    asked = requests(Choice(strategies=("spread zones, then binpack cpu",), constraint=DISTINCT))
    assert asked["spread zones, then binpack cpu"] == {
        "placementStrategy": [
            {"type": "spread", "field": "attribute:ecs.availability-zone"},
            {"type": "binpack", "field": "cpu"},
        ],
        "placementConstraints": [{"type": "distinctInstance"}],
    }


def test_every_part_redraws() -> None:
    panel = placement_lab()
    for part, value in (("tasks", 20), ("cpu", 512), ("memory", 512), ("stop", 3)):
        before = panel.canvas.value
        panel.sizes[part].value = value
        assert panel.canvas.value != before, part
    for part, value in (("zones", "ab"), ("constraint", DISTINCT), ("dies", WHOLE_ZONE)):
        before = panel.canvas.value
        panel.others[part].value = value
        assert panel.canvas.value != before, part
    before = panel.canvas.value
    panel.draw_again()
    assert panel.canvas.value != before
    assert repr(panel) == "<placement lab: 20 tasks, 6 instances>"


def test_an_expression_that_cannot_be_read_is_refused_with_its_position() -> None:
    panel = placement_lab(constraint=MEMBER)
    before = panel.canvas.value
    panel.others["expression"].value = "attribute:ecs.instance-type = m5.large"
    assert "ECS refuses this" in panel.note.value and "^" in panel.note.value
    assert panel.canvas.value == before


def test_strategies_may_be_left_out_or_chosen_twice() -> None:
    panel = placement_lab(strategies=("random",))
    assert [column.name for column in board(panel.choice).columns] == ["random"]
    panel.strategies[1].value = "random"
    assert panel.choice.strategies == ("random",)
    for each in panel.strategies:
        each.value = "(none)"
    assert "Choose a strategy" in panel.note.value
    assert panel.canvas.value == ""


def test_tasks_that_fit_nowhere_are_told_in_one_line() -> None:
    panel = placement_lab(memory=8192)
    assert "12 of 12 tasks can't be placed, whatever the strategy." in panel.note.value
    panel.sizes["memory"].value = 1024
    assert "All 12 tasks are placed" in panel.note.value


def test_a_move_takes_less_than_a_tenth_of_a_second() -> None:
    panel = placement_lab(mix=(6, 3, 3), tasks=30)
    took = []
    for part, value in (("tasks", 40), ("cpu", 128), ("memory", 256), ("stop", 9), ("tasks", 33)):
        start = time.perf_counter()
        panel.sizes[part].value = value
        took.append(time.perf_counter() - start)
    assert sorted(took)[2] < 0.1, took

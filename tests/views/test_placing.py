"""A decision of ECS's placement as a table: who was chosen, what each rule counted, who was refused and why."""

from __future__ import annotations

from random import Random

import pytest

from labkit.ecs.placement import Decision, Fleet, Request, place
from labkit.kinds.ecs import Attribute, ContainerInstance, PlacementStrategy, Reserved, Resource
from labkit.views.placing import html, placed, table

ZONE = "ecs.availability-zone"


def instance(name: str, zone: str, memory: int) -> ContainerInstance:
    room = (Resource("CPU", "INTEGER", 1024), Resource("MEMORY", "INTEGER", memory))
    arn = f"arn:aws:ecs:us-east-1:123456789012:container-instance/default/{name}"
    return ContainerInstance(arn, attributes=(Attribute(ZONE, zone),), remaining_resources=room)


@pytest.fixture
def decision() -> Decision:
    fleet = Fleet(
        [instance("i1", "a", 1000), instance("i2", "b", 1000), instance("i3", "b", 100), instance("i4", "a", 2000)]
    )
    fleet.put("t", 1, "service:web", Reserved(10, 10))
    rules = (PlacementStrategy("spread", f"attribute:{ZONE}"), PlacementStrategy("binpack", "memory"))
    return place(fleet, Request("service:web", Reserved(256, 512), strategy=rules), Random(0))


def test_the_chosen_comes_first_and_each_rule_has_its_numbers(decision: Decision) -> None:
    made = table(decision)
    assert made.columns == ("Instance", "", f"spread attribute:{ZONE}", "binpack memory", "Reason")
    assert made.rows[0] == ("i1", "★ chosen", "0 in a", "1000 left", "")
    assert made.rows[1] == ("i2", "can take it", "1 in b", "", "")
    assert ("i4", "can take it", "0 in a", "2000 left", "") in made.rows


def test_who_is_refused_says_why(decision: Decision) -> None:
    assert table(decision).rows[-1][-1] == "has 100 MiB left, the task needs 512 (RESOURCE:MEMORY)"
    assert "✗ refused" in html(decision)


def test_a_draw_is_told_as_a_choice_of_the_lab() -> None:
    fleet = Fleet([instance("i1", "a", 1000), instance("i2", "a", 1000)])
    shown = placed(place(fleet, Request("service:web", Reserved(1, 1)), Random(0)))._repr_html_()
    assert "AWS does not publish how ties are broken" in shown and "No strategy was given" in shown


def test_nowhere_to_go_shows_the_event(decision: Decision) -> None:
    lost = place(Fleet([instance("i1", "a", 10)]), decision.request, Random(0))
    assert "has insufficient memory available." in placed(lost)._repr_html_()
    assert table(lost).rows == (("i1", "✗ refused", "has 10 MiB left, the task needs 512 (RESOURCE:MEMORY)"),)

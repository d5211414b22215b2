"""The drain drill: what is refused, how it ends, its picture and its wiring."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import ApiError
from labkit.views.drain import BEFORE, Drill, Frame, Host, Tile, describe, render, table, verdict
from labkit.views.style import TIMES
from labkit.widgets import drain_drill
from labkit.widgets.drain_film import IN_TURN, NO_BUDGET, Choice, drill


def test_a_budget_of_one_lets_the_pods_go_one_after_the_other() -> None:
    film = drill(Choice())
    assert (film.blocked, film.fewest) == ("", 5)
    assert film.refusals > 0
    assert film.frames[0].time == BEFORE and film.frames[0].healthy == 6
    assert film.frames[-1].hosts[0] == Host("node-1", True)


def test_without_a_budget_all_go_at_once() -> None:
    film = drill(Choice(limit=NO_BUDGET))
    assert (film.fewest, film.refusals) == (4, 0)


def test_a_budget_that_allows_nothing_blocks_for_ever() -> None:
    film = drill(Choice(limit="minAvailable", amount=6))
    assert film.blocked == "node-1" and film.fewest == 6 and film.took == 90
    assert "needs 6 healthy pods and has 6 currently" in verdict(film)


def test_without_room_elsewhere_the_drain_waits_for_a_replacement_that_waits_too() -> None:
    film = drill(Choice(slots=2))
    assert film.blocked and len(film.frames[-1].waiting) == 1
    assert "2 Insufficient cpu" in film.why


def test_pods_that_are_not_ready_block_unless_the_policy_lets_them_go() -> None:
    held, freed = drill(Choice(sick=2)), drill(Choice(sick=2, always_allow=True))
    assert held.blocked and "has 4 currently" in held.why
    assert not freed.blocked


def test_nodes_in_turn_are_opened_again() -> None:
    film = drill(Choice(node=IN_TURN))
    assert not film.blocked
    assert [host.cordoned for host in film.frames[-1].hosts] == [False, False, True]


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 8), st.integers(0, 8), st.sampled_from(("minAvailable", "maxUnavailable")), st.integers(2, 5))
def test_a_drain_never_breaks_a_budget(replicas: int, amount: int, limit: str, slots: int) -> None:
    film = drill(Choice(limit=limit, amount=amount, replicas=replicas, slots=slots))
    floor = min(film.frames[0].healthy, film.frames[0].desired)
    assert film.fewest >= floor


def test_the_picture_is_valid_and_says_what_it_shows() -> None:
    hosts = (Host("node-1", True, (Tile(1, "leaving"), Tile(2, "ready"))), Host("node-2", False, (Tile(3, "ready"),)))
    film = Drill((Frame(0, hosts, (Tile(4, "waiting"),), 2, 1, 1), Frame(9, hosts, (), 2, 1)), replicas=3, slots=2)
    root = ElementTree.fromstring(render(film, 0))
    words = describe(film, 0)
    assert root.attrib["aria-label"] == words
    assert words.startswith("0 s: 2 of 3 ready, the budget needs 1. node-1 (cordoned): 1 leaving, 2 ready;")
    assert table(film).rows[0] == ("0 s", f"1{TIMES}, 2", "3", 1, 2, 1, 1)


def test_steps_go_through_the_moments_and_stop_at_the_ends() -> None:
    panel = drain_drill()
    panel.step(-1)
    assert panel.moment.value == 0 and "verdict" in panel.ending.value
    first = panel.canvas.value
    panel.step()
    assert panel.canvas.value != first and "will retry after 5s" in panel.note.value
    panel.step(999)
    assert panel.moment.value == len(panel.film.frames) - 1 and "Drained after" in panel.ending.value


def test_every_part_makes_a_new_film() -> None:
    panel = drain_drill()
    panel.parts["limit"].value = "minAvailable"
    panel.parts["percent"].value = True
    assert panel.choice.amount == 50 and panel.film.frames[0].desired == 3
    panel.parts["amount"].value = 35
    assert panel.film.frames[0].desired == 3, "35 % of 6 is 2.1, rounded up"
    panel.parts["percent"].value = False
    assert (panel.choice.amount, panel.parts["amount"].max) == (1, 10)
    panel.parts["limit"].value = NO_BUDGET
    assert panel.parts["amount"].disabled and "none" in panel.manifest.value
    assert repr(panel).startswith("<drain drill: 6 replicas")


def test_a_budget_of_more_than_all_is_no_error() -> None:
    assert drill(Choice(limit="maxUnavailable", amount=10)).fewest == 4
    with pytest.raises(ApiError):
        drill(Choice(amount=-1))

"""The rollout player's film, its picture and its wiring."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import ApiError
from labkit.views.rollout import Limits, Stage, describe, render, table
from labkit.widgets import rollout_player
from labkit.widgets.rollout_film import Choice, limits, stages


def test_an_update_goes_from_all_old_to_all_new() -> None:
    film = stages(Choice(4, 1, 0))
    assert film[0] == Stage(0.0, 4, 0, 0)
    assert film[-1][1:] == (0, 4, 0)
    assert [one.time for one in film] == sorted(one.time for one in film)


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 8), st.integers(0, 3), st.integers(0, 3))
def test_the_limits_are_never_passed(replicas: int, surge: int, unavailable: int) -> None:
    choice = Choice(replicas, surge, unavailable or int(not surge))
    for stage in stages(choice):
        assert stage.available >= limits(choice).fewest
        assert stage.total <= limits(choice).most


def test_a_bad_image_stops_the_update_with_the_old_pods_answering() -> None:
    assert stages(Choice(4, 1, 0, bad_image=True))[-1][1:] == (4, 0, 1)


def test_neither_surge_nor_missing_pods_is_refused() -> None:
    with pytest.raises(ApiError, match="may not be 0 when `maxSurge` is 0"):
        stages(Choice(4, 0, 0))


def test_the_picture_is_valid_and_says_what_it_shows() -> None:
    film, bounds = (Stage(0, 2, 0), Stage(3, 1, 1, 1), Stage(9, 0, 2)), Limits(1, 3)
    root = ElementTree.fromstring(render(film, bounds, 1))
    words = describe(film, bounds, 1)
    assert root.attrib["aria-label"] == words
    assert words.startswith("3 s after the change: 1 old and 1 new pods ready, 1 new not ready.")
    assert table(film).rows[1] == ("3 s", 1, 1, 1, 2)


def test_steps_go_through_the_moments_and_stop_at_the_ends() -> None:
    player = rollout_player(3)
    player.step(-1)
    assert player.moment.value == 0
    first = player.canvas.value
    player.step()
    assert player.moment.value == 1 and player.canvas.value != first
    player.step(99)
    assert player.moment.value == len(player.stages) - 1


def test_a_setting_makes_a_new_film_and_a_refusal_is_told() -> None:
    player = rollout_player(3)
    player.step()
    player.surge.value = 2
    assert player.moment.value == 0 and max(one.total for one in player.stages) == 5
    player.surge.value = 0
    assert "The API server refuses this" in player.note.value and player.canvas.value == ""
    player.unavailable.value = 1
    assert min(one.available for one in player.stages) == 2


def test_a_stuck_update_is_said_to_be_stuck() -> None:
    player = rollout_player(3, bad_image=True)
    player.step(99)
    assert "stuck" in player.note.value

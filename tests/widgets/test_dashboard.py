"""The dashboard's wiring, without a browser."""

from __future__ import annotations

from typing import Any

from labkit.widgets import dashboard


def test_a_slider_move_redraws(lab: Any) -> None:
    board = dashboard(lab)
    before = board.canvas.value
    board.slider.value = 3
    assert board.canvas.value != before
    assert "moment 4 of 11" in board.note.value


def test_the_slider_spans_the_moments_and_follows_steps(lab: Any) -> None:
    board = dashboard(lab)
    assert (board.slider.max, board.slider.value) == (10, 10)
    board.slider.value = 5
    board._do(board.player.step)
    assert board.slider.value == 6


def test_play_ticks_move_time_by_the_chosen_speed(lab: Any) -> None:
    board = dashboard(lab)
    board.slider.value = 0
    board.play.value = True
    assert board.ticks.playing
    assert board.play.description == "Pause"
    board.speed.value = 30.0
    board.ticks.value += 1
    assert board.player.head == 7.5
    board.play.value = False
    board.ticks.value += 1
    assert board.player.head == 7.5


def test_the_table_is_there_when_asked_for(lab: Any) -> None:
    board = dashboard(lab)
    assert board.table.value == ""
    board.with_table.value = True
    assert board.table.value.count("<table") == 2


def test_its_repr_is_short_and_stable(lab: Any) -> None:
    assert repr(dashboard(lab)) == "<dashboard: 2 nodes, 9 s, moment 11 of 11 (now)>"


def test_every_control_has_a_name(lab: Any) -> None:
    board = dashboard(lab)
    controls = [board.slider, board.speed, board.play, board.with_table, *board.children[0].children[:3]]
    assert all(control.description for control in controls)

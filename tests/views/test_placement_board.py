"""Scores and words of strategies compared, and their picture."""

from __future__ import annotations

from xml.etree import ElementTree

from labkit.views.placement_board import LOST, STOPPED, Board, Column, Machine, describe, places, scores
from labkit.views.placement_svg import render


def test_stars_mark_the_best_and_nobody_where_all_are_alike() -> None:
    one = Machine("1", "m5.large", "a", 2048, 7680, 0.1, ("stays", STOPPED))
    two = Column("two", (one, one._replace(name="2")))
    table = scores(Board((Column("one", (one,)), two), 2, 256, 512))
    assert table.rows[0][1:] == ("1", "1 of 1 ★", "$0.100 ★", "1", "1 ★")
    assert places(Board((two,), 2, 256, 512)).rows == (("1", "m5.large", "a", 1), ("2", "m5.large", "a", 1))


def test_the_picture_says_what_is_idle_dead_and_left_over() -> None:
    idle, dead = Machine("1", "m5.large", "a", 2048, 7680, 0.1), Machine("2", "m5.large", "b", 2048, 7680, 0.1)
    column = Column("random", (idle, dead._replace(tasks=(LOST, STOPPED), dead=True)), 3, (("RESOURCE:CPU", 2),))
    picture = render(Board((column,), 5, 256, 512))
    words = [each.text for each in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert {"idle", "\N{MULTIPLICATION SIGN} 1 lost", "3 not placed"} <= set(words)
    assert "1 task lost with instance 2" in describe(Board((column,), 5, 256, 512))

"""Bars over virtual time: their places, patterns and posts."""

from __future__ import annotations

from labkit.views.podlife import Span
from labkit.views.timebars import LEFT, LINE, RIGHT, WIDTH, Ink, Inks, Post, bar, key, place, posts

INKS = Inks("test", {"waits": Ink("#fff", "#000", "M0 4h1"), "over": Ink("#000", "#fff")}, "over")


def test_time_runs_from_the_left_edge_to_the_right_one() -> None:
    assert place(0, 60) == LEFT and place(60, 60) == WIDTH - RIGHT
    assert place(30, 60) == (LEFT + WIDTH - RIGHT) / 2


def test_a_pattern_s_name_is_its_picture_s_own() -> None:
    assert 'id="test-waits"' in INKS.hatches(["waits", "over"])
    assert INKS.fill("waits") == "url(#test-waits)" and INKS.fill("over") == "#000"
    assert INKS.hatches(["over"]) == ""


def test_a_bar_without_room_has_its_words_on_hover_alone() -> None:
    long, short = ("".join(bar(Span(0, end, "waits", "why"), 0, 60, INKS)) for end in (60, 1))
    assert ">waits</text>" in long and ">waits</text>" not in short
    assert "0 s to 1 s: waits (why)" in short


def test_posts_too_close_to_the_one_before_have_no_words() -> None:
    drawn = "".join(posts([Post(10, "exit 1", False), Post(11, "exit 2", False), Post(50, "exit 0", True)], 0, 60))
    assert "exit 1" in drawn and "exit 2" not in drawn and "exit 0" in drawn


def test_the_key_names_the_states_in_their_order() -> None:
    parts, end, more = key(["over", "waits"], INKS)
    drawn = "".join(parts)
    assert drawn.index("over") < drawn.index(">waits") and end > 60 and more == 0


def test_a_long_key_goes_on_in_another_line() -> None:
    parts, end, more = key(["waits"] * 20, INKS)
    assert more == LINE and end < WIDTH and len(parts) == 40

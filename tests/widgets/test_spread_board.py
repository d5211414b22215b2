"""The spread board: where pods land under each rule, what is refused, and a zone that fails."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from labkit.lab import Lab
from labkit.views.spread import Board, Host, Tile, describe, render, skew, table
from labkit.widgets import spread_board
from labkit.widgets.spread_board import APART, HOST, NOTHING, Choice, SpreadBoard, Spreading


@pytest.fixture(scope="module")
def six() -> Lab:
    return Lab.kubernetes(nodes=6)


def tried(lab: Lab, **choice: object) -> Board:
    return Spreading(lab, Choice(**choice)).board()


def test_zones_differ_by_no_more_than_the_skew(six: Lab) -> None:
    board = tried(six, replicas=7)
    assert sorted(board.counts().values()) == [2, 2, 3]
    assert describe(board) == "Pods by zone: a 3, b 2, c 2; skew 1. None waiting."


def test_anti_affinity_over_hosts_leaves_the_seventh_waiting(six: Lab) -> None:
    board = tried(six, replicas=7, rule=APART, key=HOST)
    assert [len(host.pods) for host in board.hosts] == [1] * 6
    assert len(board.waiting) == 1
    assert "didn't match pod anti-affinity rules" in board.waiting[0][1]
    assert "1 waiting" in render(board)


def test_as_a_wish_it_refuses_nobody(six: Lab) -> None:
    assert not tried(six, replicas=7, rule=APART, key=HOST, strict=False).waiting


def test_a_failed_zone_holds_the_others_down_unless_taints_are_honoured(six: Lab) -> None:
    held, freed = tried(six, failed="a"), tried(six, failed="a", honor_taints=True)
    assert (held.living(), len(held.waiting)) == ({"b": 2, "c": 2}, 2)
    assert (freed.living(), len(freed.waiting)) == ({"b": 3, "c": 3}, 0)
    assert "Zone a has failed." in describe(held)
    assert all(host.silent == (host.zone == "a") for host in held.hosts)


def test_pods_on_their_way_out_do_not_count() -> None:
    board = Board((Host("n", "a", (Tile("x"), Tile("y", leaving=True))), Host("m", "b")))
    assert board.counts() == {"a": 1, "b": 0}
    assert skew(board.counts()) == 1
    assert table(board).rows[0] == ("a", "n", 1, 1, "ready")


@pytest.mark.parametrize(
    "choice", [{}, {"rule": NOTHING, "replicas": 30}, {"replicas": 9, "rule": APART, "failed": "b"}]
)
def test_every_board_is_well_formed_and_carries_its_words(six: Lab, choice: dict[str, object]) -> None:
    board = tried(six, **choice)
    assert ElementTree.fromstring(render(board)).get("aria-label") == describe(board)


def test_choosing_draws_anew_and_shows_the_rule(six: Lab) -> None:
    panel: SpreadBoard = spread_board(six, replicas=6)
    before = panel.canvas.value
    panel.parts["rule"].value = APART
    assert panel.canvas.value != before
    assert "podAntiAffinity" in panel.manifest.value
    assert panel.parts["max_skew"].disabled
    panel.parts["rule"].value = NOTHING
    assert "no rule" in panel.manifest.value
    assert panel.parts["key"].disabled


def test_the_lab_is_left_as_it_is(six: Lab) -> None:
    panel = spread_board(six)
    assert six.get("pods") == []
    assert repr(panel) == "<spread board: 6 nodes>"

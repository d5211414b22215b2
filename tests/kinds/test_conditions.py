from __future__ import annotations

from labkit.kinds.conditions import condition, in_place, put, without

OLD = condition("Available", "True", "Enough", "", "t1")
OTHER = condition("Progressing", "True", "Made", "", "t1")


def test_the_same_status_and_reason_changes_nothing() -> None:
    assert put([OLD, OTHER], condition("Available", "True", "Enough", "more words", "t2")) == [OLD, OTHER]


def test_a_new_reason_goes_to_the_end_and_keeps_the_transition_time() -> None:
    new = put([OLD, OTHER], condition("Available", "True", "Plenty", "", "t2"))
    assert [one["type"] for one in new] == ["Progressing", "Available"]
    assert new[-1]["lastTransitionTime"] == "t1"


def test_a_new_status_is_a_transition() -> None:
    assert put([OLD], condition("Available", "False", "Few", "", "t2"))[-1]["lastTransitionTime"] == "t2"


def test_in_place_keeps_the_order() -> None:
    new = in_place([OLD, OTHER], condition("Available", "False", "Few", "", "t2"))
    assert [(one["type"], one["lastTransitionTime"]) for one in new] == [("Available", "t2"), ("Progressing", "t1")]


def test_without_takes_one_out() -> None:
    assert without([OLD, OTHER], "Available") == [OTHER]

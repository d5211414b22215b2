"""Quizzes and predictions."""

from __future__ import annotations

import pytest

from labkit.widgets import predict, quiz
from labkit.widgets.predict import Prediction
from labkit.widgets.quiz import Quiz

ONE = [("3", True, "The ReplicaSet made a new one."), ("2", False, "Nothing stays missing for long.")]
TWO = [("a", True, "yes"), ("b", True, "yes too"), ("c", False, "<no>")]


def test_a_wrong_answer_is_answered_and_a_right_one_solves() -> None:
    board = quiz("How many?", ONE)
    board.choice[0].index = 1
    board.check.click()
    assert "Not so" in board.reply.value
    assert "Nothing stays missing" in board.reply.value
    assert not board.model.solved
    board.choice[0].index = 0
    board.check.click()
    assert board.model.solved
    assert board.model.tries == 2


def test_without_a_choice_nothing_is_tried() -> None:
    board = quiz("How many?", ONE)
    board.check.click()
    assert "Choose an answer first" in board.reply.value
    assert board.model.tries == 0


def test_several_right_answers_must_all_be_chosen() -> None:
    board = quiz("Which?", TWO)
    board.choice[0].value = True
    board.check.click()
    assert "not all of it" in board.reply.value
    assert not board.model.solved
    board.choice[1].value = True
    board.check.click()
    assert board.model.solved
    board.choice[2].value = True
    board.check.click()
    assert not board.model.solved
    assert "&lt;no&gt;" in board.reply.value


def test_a_quiz_without_a_right_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one right option"):
        Quiz("?", [("a", False, "no")])  # type: ignore[list-item]


def test_the_truth_is_looked_up_only_after_the_commitment() -> None:
    asked: list[int] = []
    model = Prediction("How many?", ["2", "3"], lambda: asked.append(1) or 3)
    assert asked == []
    assert model.commit("3")
    assert asked == [1]
    assert model.answer == "3"
    with pytest.raises(ValueError, match="already made"):
        model.commit("2")


def test_a_committed_prediction_is_fixed_and_compared() -> None:
    board = predict("How many?", ["2", "3"], 3, "The ReplicaSet made a new one.")
    board.commit.click()
    assert "Choose first" in board.reply.value
    board.field.value = "2"
    board.commit.click()
    assert board.field.disabled
    assert board.commit.disabled
    assert "You predicted 2" in board.reply.value
    assert "The lab says: 3" in board.reply.value


def test_free_text_is_compared_without_case_and_blanks() -> None:
    model = Prediction("Where?", (), "node-1")
    assert model.commit(" Node-1 ")


def test_their_reprs_are_stable() -> None:
    assert repr(quiz("?", ONE)) == "<quiz: 2 options>"
    assert repr(predict("?", ["a"], "a")) == "<prediction: open>"

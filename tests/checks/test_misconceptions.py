"""The catalogue: beliefs with their answers, each used."""

import re

from labkit.checks import LESSONS, MISCONCEPTIONS, exercises, questions


def test_every_diagnosis_is_in_the_catalogue():
    named = {sign.misconception for lesson in LESSONS for each in exercises(lesson) for sign in each.signs}
    assert named <= set(MISCONCEPTIONS)


def test_every_belief_is_met_in_an_exercise_or_a_quiz():
    diagnosed = {sign.misconception for lesson in LESSONS for each in exercises(lesson) for sign in each.signs}
    replies = {choice.why for lesson in LESSONS for item in questions(lesson).quiz for choice in item.choices}
    assert [name for name, reply in MISCONCEPTIONS.items() if name not in diagnosed and reply not in replies] == []


def test_every_question_has_a_right_answer_and_replies_to_every_wrong_one():
    for item in [item for lesson in LESSONS for item in questions(lesson).quiz]:
        assert any(choice.right for choice in item.choices)
        assert all(choice.why for choice in item.choices)


def test_predictions_find_one_of_their_own_options():
    for lesson in LESSONS:
        for foresight in vars(questions(lesson).predictions).values():
            assert str(foresight.truth()) in foresight.options


def test_an_answer_is_one_or_two_sentences():
    for text in MISCONCEPTIONS.values():
        assert 1 <= len(re.findall(r"[.!?](?:\s|$)", text)) <= 3

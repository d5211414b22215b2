"""The catalogue: beliefs with their answers, each used."""

import re
from pathlib import Path

from labkit.checks import LESSONS, MISCONCEPTIONS, exercises

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def test_every_diagnosis_is_in_the_catalogue():
    named = {sign.misconception for lesson in LESSONS for each in exercises(lesson) for sign in each.signs}
    assert named <= set(MISCONCEPTIONS)


def test_every_belief_is_met_in_an_exercise_or_a_quiz():
    named = {sign.misconception for lesson in LESSONS for each in exercises(lesson) for sign in each.signs}
    quizzed = "".join(path.read_text("utf-8") for path in NOTEBOOKS.glob("*.ipynb"))
    assert not {name for name in set(MISCONCEPTIONS) - named if name not in quizzed}


def test_an_answer_is_one_or_two_sentences():
    for text in MISCONCEPTIONS.values():
        assert 1 <= len(re.findall(r"[.!?](?:\s|$)", text)) <= 3

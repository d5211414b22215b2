"""Every exercise: right answers pass, wrong ones fail by their own misconception, untouched is not attempted."""

import pytest

from labkit.checks import LESSONS, MISCONCEPTIONS, Status, exercises

EXERCISES = [each for lesson in LESSONS for each in exercises(lesson)]
RIGHT = [pytest.param(each, text, id=f"{each.name}-{n}") for each in EXERCISES for n, text in enumerate(each.right)]
WRONG = [
    pytest.param(each, *wrong, id=f"{each.name}-{name}") for each in EXERCISES for name, wrong in each.wrong.items()
]


@pytest.mark.parametrize(("exercise", "answer"), RIGHT)
def test_a_right_answer_passes(exercise, answer):
    outcome = exercise.check(answer)
    assert outcome.passed, outcome
    assert outcome.points == exercise.points


@pytest.mark.parametrize(("exercise", "misconception", "answer"), WRONG)
def test_a_wrong_answer_fails_with_its_diagnosis(exercise, misconception, answer):
    outcome = exercise.check(answer)
    assert not outcome.passed
    assert outcome.misconception == misconception, outcome
    assert MISCONCEPTIONS[misconception] in str(outcome)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_untouched_is_not_attempted(exercise):
    for nothing in (None, "", "\n# YOUR CODE HERE\nraise NotImplementedError()\n", exercise.lab()):
        assert exercise.check(nothing).status is Status.NOT_ATTEMPTED


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_an_exercise_has_two_right_and_three_wrong_answers_and_two_hints(exercise):
    assert len(exercise.right) >= 2
    assert len(exercise.wrong) >= 3
    assert len(exercise.hints) >= 2
    assert len(set(exercise.right)) == len(exercise.right)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.name)
def test_a_refused_answer_shows_the_real_words_and_gives_no_points(exercise):
    outcome = exercise.check("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containrs: []}\n")
    assert outcome.status is Status.RAISED
    assert 'unknown field "spec.containrs"' in str(outcome)


def test_a_lost_node_is_a_broken_cluster_with_a_way_back():
    exercise = EXERCISES[0]
    lab = exercise.lab()
    lab.kubectl("delete node node-1")
    outcome = exercise.check(lab)
    assert outcome.status is Status.BROKEN
    assert "node-1" in str(outcome) and "q.lab()" in str(outcome)


def test_working_in_the_lab_is_as_good_as_writing():
    exercise = EXERCISES[0]
    lab = exercise.lab()
    lab.apply(exercise.right[0])
    assert exercise.check(lab.run("1m")).passed


def test_checking_leaves_the_lab_as_it_was():
    exercise = EXERCISES[0]
    lab = exercise.lab()
    lab.apply(exercise.right[0])
    before = (lab.now, len(lab.history))
    exercise.check(lab)
    assert (lab.now, len(lab.history)) == before

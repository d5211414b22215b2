"""Outcomes: what the learner reads, and what nbgrader counts."""

from labkit.checks.outcome import Grade, Outcome, Status


def test_an_outcome_reads_as_sentences():
    outcome = Outcome(Status.PARTLY, 0.5, 1, ("✓ one", "✗ two"))
    assert str(outcome) == repr(outcome) == "◐ Partly right (0.5 of 1)\n✓ one\n✗ two"


def test_the_page_shows_the_same_words_escaped():
    shown = Outcome(Status.RAISED, 0, 1, ('unknown field "<x>"',))._repr_html_()
    assert "&lt;x&gt;" in shown and "Your answer was refused" in shown


def test_a_grade_is_its_number_alone():
    assert repr(Grade(Outcome(Status.PARTLY, 1.5, 3))) == "1.5"
    assert float(repr(Grade(Outcome(Status.PASSED, 1, 1)))) == 1.0

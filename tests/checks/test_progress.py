"""Progress: what is solved is remembered, and nothing about it can fail a learner."""

import pytest

from labkit.checks.course import PARTS, Course
from labkit.checks.progress import note, passed


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_PROGRESS", str(tmp_path / "kept" / "progress.json"))
    return tmp_path / "kept" / "progress.json"


def test_what_is_solved_is_remembered_once(place):
    note("10-taints", "own-nodes")
    note("10-taints", "own-nodes")
    assert passed() == {"10-taints/own-nodes"}


def test_a_spoilt_file_counts_as_nothing_solved(place):
    place.parent.mkdir()
    place.write_text("[")
    assert passed() == frozenset()


def test_a_place_that_cannot_be_written_is_no_error(place):
    place.parent.write_text("a file, not a folder")
    note("10-taints", "own-nodes")
    assert passed() == frozenset()


def test_the_course_shows_minutes_and_progress():
    course = Course(PARTS, done=frozenset({"10-taints/own-nodes"}))
    assert "10-taints             45 min   1 of 3" in str(course)
    assert "href='10-taints.ipynb'" in course._repr_html_()
    assert "1 of 3 solved" in course._repr_html_()

"""The notebooks: executed in order, short cells, few words, no errors, and the course's form."""

import re
from pathlib import Path
from statistics import median

import nbformat
import pytest

from labkit.checks import LESSONS

ROOT = Path(__file__).parents[1]
LESSON_BOOKS = [ROOT / "notebooks" / f"{name}.ipynb" for name in LESSONS]
EXECUTED = sorted([*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "solutions").glob("*.ipynb")])
ALL = sorted([*EXECUTED, *(ROOT / "exercises").glob("*.ipynb")])


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def read(path: Path):
    return nbformat.read(path, as_version=4)


def code(path: Path) -> list:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def python_lines(cell) -> int:
    if cell.source.startswith("%%apply") or '"""' in cell.source:
        return 1
    return len([line for line in cell.source.splitlines() if line.strip()])


@pytest.mark.parametrize("path", ALL, ids=named)
def test_a_notebook_is_valid_with_stable_ids_and_the_plain_kernel(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert [cell.id for cell in notebook.cells] == [f"c{number:02d}" for number in range(len(notebook.cells))]


@pytest.mark.parametrize("path", EXECUTED, ids=named)
def test_every_code_cell_was_run_in_order_without_error_or_warning(path):
    cells = code(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]


@pytest.mark.parametrize("path", ALL, ids=named)
def test_nothing_in_a_notebook_names_the_machine_it_was_made_on(path):
    assert not re.search(r"/(home|root|work|tmp|Users)/|0x[0-9a-f]{6,}", path.read_text("utf-8"))


@pytest.mark.parametrize("path", [path for path in ALL if path.parent.name == "exercises"], ids=named)
def test_an_exercise_shows_no_answer_and_no_output(path):
    assert not any(cell.outputs or cell.execution_count for cell in code(path))
    assert "SOLUTION" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", EXECUTED, ids=named)
def test_code_cells_are_short(path):
    sizes = [python_lines(cell) for cell in code(path)]
    assert median(sizes) <= 4
    assert max(sizes) <= 10


@pytest.mark.parametrize("path", ALL, ids=named)
def test_text_cells_are_short(path):
    prose = [_without_tables(cell.source) for cell in read(path).cells if cell.cell_type == "markdown"]
    words = [len(text.split()) for text in prose]
    assert median(words) <= 40
    assert max(words) <= 80


@pytest.mark.parametrize("path", LESSON_BOOKS, ids=named)
def test_a_lesson_has_the_form_of_the_course(path):
    text = "\n".join(cell.source for cell in read(path).cells)
    parts = ["minutes", "predict(", "## Worked example", "## Quiz", "## Now you", "## In this lab you have"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_exercise_is_asked_and_graded(lesson):
    cells = code(ROOT / "solutions" / f"{lesson}.ipynb")
    marks = [cell.metadata.nbgrader for cell in cells if "nbgrader" in cell.metadata]
    from labkit.checks import exercises

    names = {each.name for each in exercises(lesson)}
    assert {mark.grade_id for mark in marks if mark.solution} == names
    assert {mark.grade_id for mark in marks if mark.grade} == {f"{name}-check" for name in names}
    assert all(mark.schema_version == 3 for mark in marks)
    assert len({mark.grade_id for mark in marks}) == len(marks)


def _without_tables(text):
    return "\n".join(line for line in text.splitlines() if not line.startswith("|"))

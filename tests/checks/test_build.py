"""Exercises from solutions: answers cut out, the rest kept, the same to the byte."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from labkit.checks.build import build, clear, exercise_text
from labkit.errors import ManifestError

ROOT = Path(__file__).parents[2]


def test_the_answer_gives_way_to_a_stub_with_its_indentation():
    cell = new_code_cell("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\nf()")
    clear(cell)
    assert cell.source == "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()\nf()"


def test_hidden_tests_and_outputs_go_too():
    cell = new_code_cell("a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc", execution_count=3)
    cell.outputs = [new_output("stream", text="x")]
    clear(cell)
    assert (cell.source, cell.outputs, cell.execution_count) == ("a\nc", [], None)


def test_a_solution_cell_without_markers_is_blanked():
    cell = new_markdown_cell("my thoughts", metadata={"nbgrader": {"solution": True}})
    clear(cell)
    assert cell.source == "YOUR ANSWER HERE"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("### BEGIN SOLUTION\nx", "without its END"),
        ("x\n### END SOLUTION", "without its BEGIN"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "inside another one"),
    ],
)
def test_markers_that_do_not_match_name_notebook_and_cell(tmp_path, source, words):
    nbformat.write(new_notebook(cells=[new_markdown_cell("# x"), new_code_cell(source)]), tmp_path / "01-x.ipynb")
    with pytest.raises(ManifestError, match=rf"01-x.ipynb, cell 2: .*{words}"):
        exercise_text(tmp_path / "01-x.ipynb")


def test_a_second_build_changes_nothing(tmp_path):
    (tmp_path / "solutions").mkdir()
    nbformat.write(
        new_notebook(cells=[new_code_cell("### BEGIN SOLUTION\n1\n### END SOLUTION")]), tmp_path / "solutions/a.ipynb"
    )
    assert len(build(tmp_path / "solutions", tmp_path / "exercises")) == 1
    assert build(tmp_path / "solutions", tmp_path / "exercises") == []


def test_the_committed_exercises_are_those_of_the_solutions():
    solutions = sorted((ROOT / "solutions").glob("*.ipynb"))
    assert solutions
    assert [path.name for path in solutions] == [path.name for path in sorted((ROOT / "exercises").glob("*.ipynb"))]
    for path in solutions:
        assert exercise_text(path) == (ROOT / "exercises" / path.name).read_text("utf-8"), (
            f"run: labkit build ({path.name})"
        )

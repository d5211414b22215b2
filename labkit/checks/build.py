"""Exercises from solutions: the answers are cut out, everything else stays.

Follows nbgrader 0.9.6 (preprocessors/clearsolutions.py, clearhiddentests.py): the same markers, the same stubs, so a
teacher's own `nbgrader generate_assignment` gives the same cells. A rebuild is the same to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from labkit.errors import ManifestError

CODE_STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
TEXT_STUB = ("YOUR ANSWER HERE",)


def build(solutions: Path, exercises: Path) -> list[Path]:
    """Write one exercise notebook for each solution; returns the paths that changed.

    Raises ManifestError where a solution's markers don't match, naming notebook and cell.
    """
    exercises.mkdir(exist_ok=True)
    made = {exercises / path.name: exercise_text(path) for path in sorted(solutions.glob("*.ipynb"))}
    changed = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in changed:
        path.write_text(made[path], "utf-8")
    return changed


def exercise_text(path: Path) -> str:
    """The exercise notebook of one solution, as the text of its file."""
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells):
        try:
            clear(cell)
        except ValueError as problem:
            raise ManifestError(f"{path.name}, cell {number + 1}: {problem}") from None
    return f"{nbformat.writes(notebook)}\n"


def clear(cell: NotebookNode) -> None:
    """Cut answers, hidden tests and outputs out of one cell; ValueError for markers that don't match."""
    stub = CODE_STUB if cell.cell_type == "code" else TEXT_STUB
    lines = list(_without(cell.source.split("\n"), "SOLUTION", stub))
    is_solution = cell.metadata.get("nbgrader", {}).get("solution", False)
    if is_solution and lines == cell.source.split("\n"):
        lines = list(stub)
    cell.source = "\n".join(_without(lines, "HIDDEN TESTS", ()))
    if cell.cell_type == "code":
        cell.outputs = []
        cell.execution_count = None


def _without(lines: Sequence[str], marker: str, stub: Sequence[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        if f"BEGIN {marker}" in line:
            if inside:
                raise ValueError(f"BEGIN {marker} inside another one")
            inside = True
            indent = re.match(r"\s*", line)[0]  # type: ignore[index]
            yield from (indent + text for text in stub)
        elif f"END {marker}" in line:
            if not inside:
                raise ValueError(f"END {marker} without its BEGIN")
            inside = False
        elif not inside:
            yield line
    if inside:
        raise ValueError(f"BEGIN {marker} without its END")

"""The numbers the library is held to: small files, small functions, documented names. They are told at the end."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import pytest

LIBRARY = Path(__file__).parents[1] / "labkit"
FILES = sorted(LIBRARY.rglob("*.py"))
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
SPLIT_AT, LONGEST_BODY, LONGEST_DOCSTRING = 400, 40, 25


class Piece(NamedTuple):
    """A module, class or function: where, what it is called, lines of its body, its docstring."""

    place: str
    name: str
    is_function: bool
    body: int
    docstring: str


def pieces(path: Path) -> Iterator[Piece]:
    tree = ast.parse(path.read_text("utf-8"))
    place = path.relative_to(LIBRARY).as_posix()
    yield Piece(place, path.stem, False, 0, ast.get_docstring(tree) or "")
    yield from (piece(node, place, name) for node, name in definitions(tree))


def definitions(node: ast.AST, prefix: str = "") -> Iterator[tuple[ast.AST, str]]:
    """Classes and functions with their dotted names; what is inside a function is its own business."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | FUNCTIONS):
            yield child, prefix + child.name
        if isinstance(child, ast.ClassDef):
            yield from definitions(child, f"{prefix}{child.name}.")


def piece(node: ast.AST, place: str, name: str) -> Piece:
    docstring = ast.get_docstring(node) or ""
    statements = node.body[1:] if docstring else node.body
    body = statements[-1].end_lineno - statements[0].lineno + 1 if statements else 0
    return Piece(place, name, isinstance(node, FUNCTIONS), body, docstring)


PIECES = [found for path in FILES for found in pieces(path)]
BODIES = [each.body for each in PIECES if each.is_function]
SIZES = [len(path.read_text("utf-8").splitlines()) for path in FILES]
SUBSTANTIAL = [size for path, size in zip(FILES, SIZES, strict=True) if path.name != "__init__.py"]


def is_public(each: Piece) -> bool:
    return not any(part.startswith("_") for part in each.name.split(".")) or each.name == "__init__"


def test_files_are_short_enough_to_read_at_a_sitting(record_property):
    of_files = f"{len(FILES)} files, {sum(SIZES)} lines; a file: median {median(SUBSTANTIAL):g}, longest {max(SIZES)}"
    of_bodies = f"median {median(BODIES):g}, p90 {quantiles(BODIES, n=10)[-1]:g}, longest {max(BODIES)}"
    record_property("measured", f"labkit: {of_files}; a function's body: {of_bodies}")
    assert [path.name for path, size in zip(FILES, SIZES, strict=True) if size > SPLIT_AT] == []
    assert median(SUBSTANTIAL) <= 180


def test_functions_are_small():
    assert median(BODIES) <= 6
    assert quantiles(BODIES, n=10)[-1] <= 15
    assert [f"{each.place}: {each.name}" for each in PIECES if each.is_function and each.body > LONGEST_BODY] == []


def test_every_public_name_says_what_it_is():
    assert [f"{each.place}: {each.name}" for each in PIECES if is_public(each) and not each.docstring] == []


def test_docstrings_are_no_essays():
    long = [each for each in PIECES if len(each.docstring.splitlines()) > LONGEST_DOCSTRING]
    assert [f"{each.place}: {each.name}" for each in long] == []


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "misc", "common"])
def test_no_module_has_a_name_that_says_nothing(word):
    assert [path.name for path in FILES if word in path.stem.split("_")] == []

"""Columns as the tabwriter sets them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labkit.kubectl.tables import cell_text, columns

words = st.text(alphabet="abc-/", max_size=12)
tables = st.integers(1, 5).flatmap(lambda width: st.lists(st.lists(words, min_size=width, max_size=width), min_size=1))


def test_a_column_is_three_wider_than_its_widest_cell_and_at_least_six():
    assert columns([["NAME", "X", "AGE"], ["a", "1", "5s"]]) == "NAME   X     AGE\na      1     5s\n"


def test_an_empty_last_cell_leaves_its_padding():
    assert columns([["A", "B"], ["x", ""]]) == "A     B\nx     \n"


def test_cells_are_cut_at_a_line_break():
    assert cell_text("one\ntwo") == "one..."
    assert cell_text("one\n") == "one..."
    assert cell_text(3) == "3"


@given(tables)
def test_every_column_starts_at_one_place(rows):
    lines = columns(rows).splitlines()
    starts = [0]
    for column in list(zip(*rows, strict=True))[:-1]:
        starts.append(starts[-1] + max(6, max(map(len, column)) + 3))
    for line, row in zip(lines, rows, strict=True):
        assert [line[start:].startswith(cell) for start, cell in zip(starts, row, strict=True)] == [True] * len(row)

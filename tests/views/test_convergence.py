"""Desired against observed."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from labkit.views.convergence import HEIGHT, Gap, describe, render, table

GAPS = [Gap(0, 0, 0, 0), Gap(1, 3, 0, 0), Gap(5, 3, 3, 3), Gap(20, 3, 3, 3)]


def test_it_draws_three_lines_that_are_told_apart_by_their_dashes() -> None:
    paths = [
        path
        for path in ET.fromstring(render(GAPS)).iter("{http://www.w3.org/2000/svg}path")
        if path.get("fill") == "none"
    ]
    assert len({path.get("stroke-dasharray") for path in paths}) == 3


def test_names_stay_inside_when_all_numbers_are_equal() -> None:
    for gaps in ([Gap(0, 0, 0, 0)], GAPS):
        ys = [float(t.get("y", 0)) for t in ET.fromstring(render(gaps)).iter("{http://www.w3.org/2000/svg}text")]
        assert all(10 <= y <= HEIGHT for y in ys)


def test_the_alt_text_says_how_it_stands_and_the_widest_gap() -> None:
    assert (
        describe(GAPS) == "After 20 s: 3 desired, 3 existing, 3 ready. The widest gap was at 1 s: 0 ready of 3 desired."
    )


def test_the_table_lists_changes_only() -> None:
    assert [row[0] for row in table(GAPS).rows] == ["0 s", "1 s", "5 s"]

"""Figures that carry their words."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

from labkit.views.cluster import drawing
from labkit.views.picture import Picture
from labkit.views.svg import fit, lines, width
from labkit.views.table import Table


def test_a_notebook_gets_a_figure_with_alt_text_and_the_tables_folded_away(shop: Picture) -> None:
    html = drawing(shop)._repr_html_()
    assert html.startswith("<figure")
    assert '<img alt="A cluster of 3 nodes' in html
    assert "<svg" not in html
    assert "<details><summary" in html
    assert html.count("<table") == 2


def test_the_image_is_the_svg_itself(shop: Picture) -> None:
    drawn = drawing(shop)
    found = re.search(r'src="data:image/svg\+xml,([^"]*)"', drawn._repr_html_())
    assert found is not None
    assert unquote(unescape(found.group(1))) == drawn.svg


def test_its_repr_is_short_and_stable(shop: Picture) -> None:
    assert repr(drawing(shop)) == "<picture: 3 nodes, 6 pods, 2 pending>"


def test_printed_it_is_words(shop: Picture) -> None:
    text = str(drawing(shop))
    assert "NODE     ZONE   STATUS" in text
    assert "node-2   b      Ready                         2 / 4   8 / 16 Gi   1 / 110   dedicated=db:NoSchedule" in text


def test_tables_have_captions_and_scoped_heads_and_escape_cells() -> None:
    html = Table("One & two", ("A",), (("<x>",),)).html()
    assert "One &amp; two</caption>" in html
    assert '<th scope="col"' in html
    assert "&lt;x&gt;" in html


def test_text_is_cut_to_the_room_there_is() -> None:
    assert fit("short", 100) == "short"
    cut = fit("a-very-long-name-indeed", 60)
    assert cut.endswith("…")
    assert width(cut) <= 60


def test_long_words_are_broken_into_few_lines() -> None:
    broken = lines("word " * 100, 200, most=3)
    assert len(broken) == 3
    assert broken[-1].endswith("…")

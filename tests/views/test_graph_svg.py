"""Layered graphs."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from labkit.views.graph_svg import BOX, HIGH, Box, Line, middle, place, render

BOXES = st.lists(st.builds(Box, st.integers(0, 5), st.just("Pod"), st.text("abc", min_size=1)), min_size=1, max_size=20)


@given(BOXES, st.data())
def test_boxes_never_overlap_and_columns_follow_ranks(boxes: list[Box], data: st.DataObject) -> None:
    ends = st.integers(0, len(boxes) - 1)
    lines = data.draw(st.lists(st.builds(Line, ends, ends, st.sampled_from(["owns", "selects"])), max_size=30))
    spots, (wide, tall) = place(boxes, lines)
    assert len(set(spots)) == len(boxes)
    assert all(0 <= x <= wide - BOX and 0 <= y <= tall - HIGH for x, y in spots)
    ranks = [(spot[0], box.rank) for spot, box in zip(spots, boxes, strict=True)]
    assert len({x for x, _ in ranks}) == len({rank for _, rank in ranks})
    assert [rank for _, rank in sorted(ranks)] == sorted(rank for _, rank in ranks)


def test_missing_objects_are_dashed_and_said_to_be_missing() -> None:
    svg = render([Box(0, "ConfigMap", "settings", missing=True)], [], "graph", "alt")
    ET.fromstring(svg)
    assert "missing ConfigMap" in svg
    assert 'stroke-dasharray="5 4"' in svg


def test_each_source_says_each_relation_once() -> None:
    boxes = [Box(0, "ReplicaSet", "web"), Box(1, "Pod", "a"), Box(1, "Pod", "b")]
    svg = render(boxes, [Line(0, 1, "owns"), Line(0, 2, "owns")], "graph", "alt")
    assert svg.count(">owns</text>") == 1


def test_an_empty_graph_can_be_drawn() -> None:
    ET.fromstring(render([], [], "graph", "nothing"))


def test_long_names_keep_both_ends() -> None:
    assert middle("recommendationservice-7d9f8c6b5d-x2x4z").endswith("5d-x2x4z")

"""The picture of a cluster."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

from labkit.views.cluster_svg import render
from labkit.views.picture import NodeBox, Picture, PodTile

SVG = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg).iter(f"{SVG}text")]


def test_it_is_well_formed_and_carries_title_and_description(shop: Picture) -> None:
    root = ET.fromstring(render(shop))
    assert root.find(f"{SVG}title") is not None
    assert "3 nodes with 6 pods" in root.findtext(f"{SVG}desc", "")
    assert root.get("aria-label") == root.findtext(f"{SVG}desc")


def test_equal_pictures_are_equal_bytes_and_hold_no_ids(shop: Picture) -> None:
    assert render(shop) == render(Picture(*shop))
    assert " id=" not in render(shop)


def test_nodes_show_zone_taint_state_and_gauges(shop: Picture) -> None:
    said = words(render(shop))
    for expected in (
        "node-1",
        "zone a",
        "dedicated=db:NoSchedule",
        "NotReady",
        "cordoned",
        "cpu 2 / 4",
        "memory 8 / 16 Gi",
    ):
        assert expected in said


def test_pending_pods_stand_apart_with_their_reason(shop: Picture) -> None:
    said = " ".join(words(render(shop)))
    assert "Pending: 2" in said
    assert "web-3: 0/3 nodes are available" in said
    assert "lone: waiting" in said


def test_the_states_of_pods_look_different(shop: Picture) -> None:
    svg = render(shop)
    pods = {
        title: re.search(rf"<title>{title}[^<]*</title>(.*?)</g>", svg)
        for title in ("web-1", "web-2", "cart-1", "job-1")
    }
    looks = {re.sub(r'[xy]="[\d.]+"|d="[^"]*"|<text.*?</text>', "", found.group(1)) for found in pods.values() if found}
    assert len(looks) == 4


def test_an_empty_cluster_can_be_drawn() -> None:
    assert "0 nodes" in render(Picture())


def test_words_are_escaped() -> None:
    svg = render(Picture(0.0, (), (PodTile("default", "a", reason='<b> & "c"'),)))
    ET.fromstring(svg)
    assert "<b>" not in svg


def test_no_text_is_smaller_than_eleven_pixels_at_the_least_width(shop: Picture) -> None:
    svg = render(shop)
    least = int(re.search(r"min-width:(\d+)px", svg).group(1))  # type: ignore[union-attr]
    wide = int(re.search(r'viewBox="0 0 (\d+)', svg).group(1))  # type: ignore[union-attr]
    sizes = [int(size) for size in re.findall(r"(\d+)px [s']", svg)] + [
        int(size) for size in re.findall(r"font-size:(\d+)px", svg)
    ]
    assert min(sizes) * least / wide >= 11


def test_two_hundred_pods_stay_small_and_inside_the_drawing(crowd: Callable[[int, int], Picture]) -> None:
    svg = render(crowd(20, 200))
    assert len(svg) < 60_000
    wide = 876
    for x, room in re.findall(r"translate\((\d+)[^)]*\)\"[^>]*>.*?<rect width=\"(\d+)\"", svg):
        assert int(x) + int(room) <= wide


def test_a_thousand_nodes_are_counted_not_drawn() -> None:
    svg = render(Picture(0.0, tuple(NodeBox(f"node-{n}") for n in range(1000))))
    assert "and 940 more nodes, in the table" in words(svg)


def test_given_owners_and_rows_keep_a_run_of_pictures_still(crowd: Callable[[int, int], Picture]) -> None:
    full, empty = crowd(3, 60), crowd(3, 0)
    size = re.compile(r'translate\([^)]*\)|height="[\d.]+" rx="6"')
    still = [size.findall(render(picture, full.owners, 3)) for picture in (full, empty)]
    assert len(still[0]) == len(still[1])
    colour = re.compile(r'<title>app3-3</title><rect[^>]*class="(lk-c\d)"')
    without = full._replace(
        nodes=tuple(n._replace(pods=tuple(p for p in n.pods if p.name == "app3-3")) for n in full.nodes)
    )
    assert colour.findall(render(full, full.owners)) == colour.findall(render(without, full.owners)) != []

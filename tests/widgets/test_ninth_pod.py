"""The ninth pod: what both autoscalers buy, the picture, the table and the wiring."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.instancetypes import instance_type
from labkit.views.ninth_pod import describe, headline, render, table, verdict
from labkit.views.ninth_pod_trial import EXPANDERS, FAMILIES, GROUPS, Choice, compare
from labkit.widgets import ninth_pod


def test_the_ninth_pod_gets_a_whole_node_of_a_group_and_a_small_one_of_karpenter() -> None:
    made = compare(Choice())
    assert [(box.type, box.pods, box.free) for box in made.grown.boxes] == [
        ("m5.xlarge", 4, 0), ("m5.xlarge", 4, 0), ("m5.xlarge", 1, 3)
    ]  # fmt: skip
    assert [(box.type, box.pods) for box in made.bought.boxes] == [("c5.2xlarge", 8), ("c5.large", 1)]
    assert made.grown.price == pytest.approx(3 * 0.192) and made.bought.price == pytest.approx(0.34 + 0.085)
    assert verdict(made).startswith("Karpenter pays $0.425 an hour, 26% less: $110 a month.")


def test_a_pod_that_a_group_cannot_hold_waits_and_pays_nothing() -> None:
    made = compare(Choice(pods=2, cpu=4500))
    assert (made.grown.boxes, made.grown.waiting, made.grown.price) == ((), 2, 0)
    assert "the last pod waits" in headline(made.grown)
    assert verdict(made) == "Cluster Autoscaler finds no machine for 2 pods."


def test_a_well_filled_group_can_be_the_cheaper_one() -> None:
    assert verdict(compare(Choice(pods=12))).startswith("Cluster Autoscaler pays")


def test_spot_is_cheaper_and_named() -> None:
    spot = compare(Choice(spot=True)).bought
    assert spot.price < compare(Choice()).bought.price and all(box.is_spot for box in spot.boxes)


@settings(max_examples=12, deadline=None)
@given(
    st.builds(
        Choice, st.integers(1, 10), st.sampled_from((300, 900, 2000)), st.sampled_from(list(GROUPS)),
        st.sampled_from(EXPANDERS), st.sampled_from(list(FAMILIES)), st.booleans(),
    )
)  # fmt: skip
def test_no_node_holds_more_than_it_has_and_no_pod_is_lost(choice: Choice) -> None:
    made = compare(choice)
    for side in made.sides:
        assert sum(box.pods for box in side.boxes) + side.waiting == choice.pods
        assert all(box.asked <= box.room <= instance_type(box.type).vcpu * 1000 for box in side.boxes)
        assert all(box.free >= 0 for box in side.boxes) and 0 <= side.waste <= 1


def test_the_picture_is_valid_and_says_what_it_shows() -> None:
    made = compare(Choice())
    root = ElementTree.fromstring(render(made))
    assert root.attrib["aria-label"] == describe(made)
    assert "m5.xlarge with 1 pod and 3 free" in describe(made)
    assert len(table(made).rows) == len(made.grown.boxes) + len(made.bought.boxes) + 2


def test_every_part_redraws() -> None:
    panel = ninth_pod(pods=3)
    seen = {panel.canvas.value}
    for name, value in {"pods": 5, "cpu": 1900, "groups": "m5.large", "families": "m5", "spot": True}.items():
        panel.parts[name].value = value
        assert panel.canvas.value not in seen, name
        seen.add(panel.canvas.value)
    assert panel.parts["expander"].disabled
    panel.parts["groups"].value = "m5.xlarge and c5.xlarge"
    assert not panel.parts["expander"].disabled
    assert repr(panel) == "<the ninth pod: 5 pods of 1900m>"

"""Pictures as plain data."""

from __future__ import annotations

import pytest

from labkit.views.picture import Gauge, NodeBox, Picture, PodTile, describe, headline, seconds, totals


@pytest.mark.parametrize(
    ("gauge", "words"),
    [
        (Gauge("cpu", 1250, 4000), "1.25 / 4"),
        (Gauge("cpu", 0, 64000), "0 / 64"),
        (Gauge("memory", 8 << 30, 16 << 30), "8 / 16 Gi"),
        (Gauge("memory", 128 << 20, 512 << 20), "128 / 512 Mi"),
        (Gauge("memory", 0, 0), "0 / 0 B"),
        (Gauge("pods", 3, 110), "3 / 110"),
    ],
)
def test_gauges_are_worded_in_the_unit_of_what_there_is(gauge: Gauge, words: str) -> None:
    assert gauge.words() == words


@pytest.mark.parametrize(
    ("time", "words"),
    [(0, "0 s"), (12.5, "12.5 s"), (119, "119 s"), (120, "2 min"), (260, "4 min 20 s"), (7500, "2 h 5 min")],
)
def test_moments_are_worded_in_two_units_at_most(time: float, words: str) -> None:
    assert seconds(time) == words


@pytest.mark.parametrize(
    ("pod", "state"),
    [
        (PodTile("default", "a"), "ready"),
        (PodTile("default", "a", ready=False), "not ready"),
        (PodTile("default", "a", leaving=True), "leaving"),
        (PodTile("default", "a", status="Completed", ready=False), "done"),
        (PodTile("default", "a", status="CrashLoopBackOff", ready=False), "failed"),
    ],
)
def test_each_pod_is_drawn_in_one_state(pod: PodTile, state: str) -> None:
    assert pod.state() == state


def test_a_badge_does_not_repeat_what_a_word_says() -> None:
    taints = ("node.kubernetes.io/unschedulable:NoSchedule", "dedicated=db:NoSchedule")
    assert NodeBox("n", cordoned=True, taints=taints).badges() == ("dedicated=db:NoSchedule",)
    assert NodeBox("n", taints=taints).badges() == taints


def test_the_alt_text_names_totals_nodes_and_reasons(shop: Picture) -> None:
    alt = describe(shop)
    assert alt.startswith("A cluster of 3 nodes with 6 pods, 2 of them ready, after 12.5 s.")
    assert "node-3: NotReady,SchedulingDisabled" in alt
    assert "1 pending: 0/3 nodes are available" in alt


def test_the_headline_counts(shop: Picture) -> None:
    assert headline(shop) == "t = 12.5 s · 3 nodes · 6 pods · 2 pending"


def test_totals_add_up_over_nodes(shop: Picture) -> None:
    assert totals(shop.nodes)[0] == Gauge("cpu", 6000, 12000)

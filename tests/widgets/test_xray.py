"""The X-ray: its arithmetic under two weightings, its picture at each step, and the wiring of its sliders."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from labkit.lab import Lab
from labkit.views.xray import FILTER, PICK, PROFILE, STEPS, YOURS, describe, ray, shown, table
from labkit.views.xray_svg import render
from labkit.widgets import xray
from labkit.widgets.xray import Exposure, XRay

LIKES_NODE_2 = """
apiVersion: v1
kind: Pod
metadata: {name: report}
spec:
  containers: [{name: report, image: "shop/web:1.0", resources: {requests: {cpu: "1", memory: 1Gi}}}]
  affinity:
    nodeAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 7, preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-2]}]}}
"""


@pytest.fixture(scope="module")
def busy() -> Lab:
    lab = Lab.kubernetes(nodes=5, zones="")
    lab.kubectl("cordon node-4")
    lab.kubectl("taint nodes node-5 dedicated=db:NoSchedule")
    lab.kubectl("taint nodes node-3 disk=slow:PreferNoSchedule")
    lab.apply(LIKES_NODE_2)
    return lab.run("1m")


@pytest.fixture
def board(busy: Lab) -> XRay:
    return xray(busy, "report")


def test_under_the_profiles_weights_it_says_what_the_scheduler_did(busy: Lab, board: XRay) -> None:
    decision, state = busy.why("report").decision, board.model.state
    assert state.totals(PROFILE) == state.totals(YOURS) == decision.totals
    assert state.best(PROFILE) == decision.best
    assert {node: plugin for node, (plugin, _) in state.refusals.items()} == {
        "node-4": "NodeUnschedulable", "node-5": "TaintToleration",
    }  # fmt: skip


def test_a_slider_moves_the_totals_of_one_side_only(board: XRay) -> None:
    before = board.model.state.totals(PROFILE)
    board.sliders["NodeAffinity"].value = 0
    state = board.model.state
    assert state.totals(PROFILE) == before
    assert before["node-2"] - state.totals(YOURS)["node-2"] == 200
    assert state.best(YOURS) == ("node-1", "node-2")
    assert "The profile's weights choose node-2" in describe(state)
    assert "first visited of a tie (node-1, node-2)" in describe(state)


def test_reset_weighs_as_the_profile_does(board: XRay) -> None:
    board.sliders["TaintToleration"].value = 9
    board.children[0].children[1].click()
    assert board.sliders["TaintToleration"].value == 3
    assert board.model.state.weights[YOURS] == board.model.state.weights[PROFILE]


def test_each_step_shows_its_own_numbers(board: XRay) -> None:
    seen = []
    for step in STEPS:
        board.steps.value = step
        seen.append((shown(board.model.state, "TaintToleration", "node-3"), board.canvas.value))
    assert [number for number, _ in seen] == [0, 1, 0, 0]
    assert len({picture for _, picture in seen}) == len(STEPS)


def test_a_node_is_asked_up_to_the_filter_that_refuses_it(board: XRay) -> None:
    state = board.model.state
    assert state.asked("node-4") == ("NodeUnschedulable",)
    assert state.asked("node-5")[-1] == "TaintToleration"
    assert state.asked("node-1") == state.filters


@pytest.mark.parametrize("step", STEPS)
def test_every_picture_is_well_formed_and_carries_its_words(board: XRay, step: str) -> None:
    state = board.model.state._replace(step=step)
    root = ElementTree.fromstring(render(state))
    assert root.get("aria-label") == describe(state)
    assert [row[0] for row in table(state).rows] == list(state.nodes)
    assert ("Total, yours" in table(state).columns) == (step == PICK)


def test_one_feasible_node_needs_no_scores_and_none_has_none() -> None:
    lab = Lab.kubernetes(nodes=2)
    lab.kubectl("cordon node-1")
    lab.kubectl("run one --image=shop/web:1.0")
    state = ray(lab.run("1m").why("one"))
    assert describe(state) == "node-2 is the only feasible node, so nothing is scored."
    lab.kubectl("cordon node-2")
    lab.kubectl("run two --image=shop/web:1.0")
    nowhere = ray(lab.run("1m").why("two"))
    assert describe(nowhere) == "0 of 2 nodes pass every filter. Refused by NodeUnschedulable."
    for each in (state, nowhere):
        ElementTree.fromstring(render(each))


def test_what_is_no_step_or_no_scoring_plugin_is_refused(busy: Lab) -> None:
    model = Exposure(busy.why("report"))
    with pytest.raises(ValueError, match="no such step: bind"):
        model.go("bind")
    with pytest.raises(KeyError):
        model.weigh("NodeName", 1)
    model.go(FILTER)
    assert describe(model.state).startswith("3 of 5 nodes pass every filter.")


def test_its_repr_is_stable(board: XRay) -> None:
    assert repr(board) == "<x-ray of report: 5 nodes>"

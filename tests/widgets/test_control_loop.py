"""The control loop's trial and its wiring."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import ApiError, Lab
from labkit.widgets import control_loop
from labkit.widgets.control_trial import Trial

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: nginx}]}
"""


@pytest.fixture
def live() -> Any:
    """A real lab with a Deployment of three, all ready."""
    lab = Lab.kubernetes(nodes=3, seed=1)
    lab.apply(WEB)
    return lab.run("60s")


def test_nothing_is_to_do_when_desired_equals_observed(live: Any) -> None:
    trial = Trial(live, "web")
    assert trial.gaps()[-1][1:] == (3, 3, 3)
    assert trial.verdict() == "desired equals observed: nothing to do"
    assert trial.nodes() == ["node-1", "node-2", "node-3"]


def test_a_killed_pod_is_replaced(live: Any) -> None:
    trial = Trial(live, "web")
    victim = trial.pods()[0]
    trial.kill(victim)
    assert trial.last[0] == f"kubectl delete pod {victim} -n default --wait=false"
    trial.run(60)
    assert victim not in trial.pods()
    assert trial.gaps()[-1][1:] == (3, 3, 3)
    assert min(gap.ready for gap in trial.gaps()[-10:]) < 3


def test_scaling_changes_what_is_desired_and_then_what_is_observed(live: Any) -> None:
    trial = Trial(live, "web")
    trial.scale(5)
    assert trial.gaps()[-1].desired == 5
    trial.run(60)
    assert trial.gaps()[-1][1:] == (5, 5, 5)


def test_pods_of_a_node_that_is_cut_off_are_replaced_after_five_minutes(live: Any) -> None:
    trial = Trial(live, "web")
    trial.cut("node-1")
    trial.run(44)
    assert trial.gaps()[-1][1:] == (3, 3, 3)
    trial.run(12)
    assert trial.gaps()[-1][1:] == (3, 3, 2)
    assert "not ready yet" in trial.verdict()
    trial.run(290)
    assert trial.gaps()[-1].ready == 2
    trial.run(60)
    assert trial.gaps()[-1].ready == 3
    assert [pod.leaving for pod in trial.player.picture.nodes[0].pods] == [True]


def test_a_node_that_comes_back_in_time_keeps_its_pods(live: Any) -> None:
    trial = Trial(live, "web")
    before = trial.pods()
    trial.cut("node-1")
    trial.run(90)
    trial.mend("node-1")
    trial.run(600)
    assert trial.pods() == before
    assert trial.gaps()[-1].ready == 3
    assert trial.player.picture.nodes[0].ready


def test_events_tell_when_about_what_and_why(live: Any) -> None:
    events = Trial(live, "web").events()
    assert len(events) == 8
    assert events[-1][2] == "Started"


def test_a_deployment_that_is_not_there_is_refused(live: Any) -> None:
    with pytest.raises(ApiError):
        control_loop(live, "nobody")


def test_the_buttons_do_what_they_say(live: Any) -> None:
    board = control_loop(live, "web")
    assert repr(board) == "<control loop of web: desired equals observed: nothing to do>"
    rows = [button for row in board.children[:3] for button in row.children]
    named = {button.description: button for button in rows}
    named["Cut off"].click()
    assert "node-1 has lost its network" in board.note.value
    named["Run 1 min"].click()
    assert "NotReady" in board.canvas.value
    named["Reconnect"].click()
    named["Run 10 s"].click()
    assert "2 min 10 s" in board.note.value
    assert "<table" in board.events.value
    assert "3 ready" in board.gap.value

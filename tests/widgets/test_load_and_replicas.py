"""Load and replicas: the hour a lab gives, the explanation of its moments, and the widget's wiring."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.widgets import load_and_replicas
from labkit.widgets.scaling_film import DOWN, EARLY, HOUR, PATTERNS, UP, Choice, film


@pytest.mark.parametrize("pattern", PATTERNS)
def test_sizes_stay_within_the_bounds(pattern: str) -> None:
    hour = film(Choice(pattern, least=2, most=6)).hour
    assert hour.syncs.values["desired"].min() >= 2
    assert hour.syncs.values["desired"].max() <= 6
    assert hour.load.times[0] < 15 and hour.load.times[-1] > HOUR - 15


@pytest.mark.parametrize("choice", [Choice(), Choice("bursts", wait_down=60), Choice("growing", up="1 pod")])
def test_a_moment_is_explained_with_the_size_the_autoscaler_then_set(choice: Choice) -> None:
    made = film(choice)
    syncs = made.hour.syncs
    turns = syncs.times[syncs.values["desired"] != syncs.values["replicas"]]
    assert len(turns)
    for at in turns[:6]:
        size = int(syncs.at("desired", at))
        assert made.why(at)[-1] == f"within 1 to 10: {size}", at


def test_explaining_a_moment_leaves_the_kept_labs_as_they_are() -> None:
    made = film(Choice())
    before = [(lab.now, len(lab.history)) for lab in made.labs]
    made.why(1800)
    assert [(lab.now, len(lab.history)) for lab in made.labs] == before
    assert made.start + made.sync(0) - EARLY >= made.labs[0].now


def test_a_window_makes_an_hour_calmer_and_dearer() -> None:
    nervous, calm = film(Choice("bursts", wait_down=0)).hour, film(Choice("bursts", wait_down=600)).hour
    assert calm.changes < nervous.changes
    assert calm.mean > nervous.mean


def test_a_policy_slows_the_way_up_and_never_is_never() -> None:
    at_once, slowly = film(Choice("flash crowd")).hour, film(Choice("flash crowd", up="1 pod")).hour
    assert np.diff(slowly.syncs.values["desired"]).max() == 1 < np.diff(at_once.syncs.values["desired"]).max()
    assert np.diff(film(Choice("up and down", down="never")).hour.syncs.values["desired"]).min() == 0


def test_a_pod_that_starts_slowly_costs_answers() -> None:
    assert film(Choice(starts_in=90)).hour.failed > film(Choice(starts_in=5)).hour.failed


def test_only_what_differs_from_the_defaults_is_in_the_manifest() -> None:
    assert Choice().behavior() == {}
    rules = Choice(wait_down=0, tolerance=20, up="1 pod").behavior()
    assert rules["scaleDown"] == {"stabilizationWindowSeconds": 0, "tolerance": "200m"}
    assert rules["scaleUp"] == {**UP["1 pod"], "tolerance": "200m"}
    assert all(set(rule) <= {"policies", "selectPolicy"} for rule in (*UP.values(), *DOWN.values()))


def test_every_control_draws_another_hour() -> None:
    widget = load_and_replicas()
    changes = {"target": 90, "cost": 30, "starts_in": 60, "wait_down": 60, "wait_up": 120, "up": "1 pod"}
    for name, value in changes.items():
        before = widget.canvas.value
        widget.parts[name].value = value
        assert widget.canvas.value != before, name
        assert getattr(widget.choice, name) == value
    before = widget.canvas.value
    widget.pattern.value = "growing"
    widget.bounds.value = (2, 5)
    assert widget.canvas.value != before
    assert (widget.choice.least, widget.choice.most) == (2, 5)


def test_a_moment_says_why_and_the_picture_says_what_it_shows() -> None:
    widget = load_and_replicas(pattern="up and down")
    widget.moment.value = 630
    assert "Why now?" in widget.note.value and "rounded up" in widget.note.value
    assert 'aria-label="An hour of autoscaling. Load from 10 to 40' in widget.canvas.value
    assert "Load and replicas, every 2 minutes" in widget.manifest.value
    assert "averageUtilization: 60" in widget.manifest.value
    assert repr(widget).startswith("<load and replicas: An hour of autoscaling.")

"""The two loops: the time a lab gives, the explanation of its moments, and the widget's wiring."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.views.loops import changes, delays, moment, table
from labkit.views.loops_svg import render
from labkit.widgets import two_loops
from labkit.widgets.loops_film import LENGTH, PATTERNS, Choice, film


@pytest.mark.parametrize("pattern", PATTERNS)
def test_tasks_and_machines_stay_within_their_bounds(pattern: str) -> None:
    loops = film(Choice(pattern, least=3, most=12)).loops
    desired = loops.tasks.values["desired"]
    assert (desired.min(), desired.max()) >= (3, 3) and desired.max() <= 12
    assert (loops.tasks.values["running"] <= loops.machines.values["running"] * 4).all()
    assert loops.length == LENGTH == loops.used.times[-1]


def test_the_loops_follow_one_another() -> None:
    loops = film(Choice()).loops
    crowd = float(loops.load.times[np.argmax(loops.load.values["rps"] > 200)])
    more = float(loops.tasks.times[np.argmax(loops.tasks.values["desired"] > 4)])
    machine = float(loops.machines.times[np.argmax(loops.machines.values["wanted"] > 1)])
    up = float(loops.machines.times[np.argmax(loops.machines.values["running"] > 1)])
    assert 120 <= more - crowd <= 240
    assert 0 < machine - more <= 60
    assert 75 <= up - machine <= 105


def test_a_moment_is_explained_by_both_loops() -> None:
    made = film(Choice())
    turn = float(made.loops.tasks.times[np.argmax(made.loops.tasks.values["desired"] > 4)])
    service, provider = made.why(turn)
    assert "AlarmHigh is ALARM: > 60 in 3 of the last 3 minutes" in service
    assert "waiting in PROVISIONING" in provider and "CapacityProviderReservation = 200" in provider


def test_delays_follow_one_another() -> None:
    assert delays(film(Choice()).loops) == (
        "From 8:15 on tasks are busier than the target: more tasks are wanted after 2:45, more machines are wanted"
        " after 3:45, more machines run after 5:15, those that waited have room after 5:15, more tasks run after 5:30."
    )
    assert "more tasks run after 3:00" in delays(film(Choice(full=50)).loops)
    assert delays(film(Choice("one wave", target=100, most=32)).loops) == ""
    assert "busier than the target" in two_loops().sum.value


def test_explaining_a_moment_leaves_the_kept_labs_as_they_are() -> None:
    made = film(Choice())
    before = [(lab.now, len(lab.history)) for lab in made.labs]
    made.why(1500)
    assert [(lab.now, len(lab.history)) for lab in made.labs] == before


def test_spare_machines_shorten_the_wait_and_cost_money() -> None:
    tight, spare = film(Choice()).loops, film(Choice(full=50)).loops
    assert spare.waited < tight.waited and spare.failed < tight.failed
    assert spare.usd > tight.usd


def test_a_lower_target_fails_less_and_costs_more() -> None:
    low, high = film(Choice(target=40)).loops, film(Choice(target=90)).loops
    assert low.failed < high.failed and low.usd > high.usd


def test_a_slow_machine_costs_answers() -> None:
    assert film(Choice(launch=300)).loops.failed > film(Choice(launch=30)).loops.failed


def test_a_moment_and_the_table_say_the_same() -> None:
    loops = film(Choice()).loops
    assert moment(loops, 840).startswith("14:00: 260 requests a second; ")
    assert [row[0] for row in table(loops, 600).rows] == [f"{minute}:00" for minute in range(0, 71, 10)]
    assert changes(np.array([1.0, 1, 2, 2, 1])) == 2


def test_the_picture_is_the_same_each_time_and_carries_its_words() -> None:
    loops = film(Choice()).loops
    assert render(loops, 60) == render(loops, 60) != render(loops, 900)
    assert 'aria-label="70 minutes of two loops. Load from' in render(loops, 0)
    assert "nan" not in render(loops, 0)


def test_every_control_draws_another_time() -> None:
    widget = two_loops()
    changed = {"cool_in": 0, "target": 80, "full": 80, "launch": 150, "warmup": 0}
    for name, value in changed.items():
        before = widget.canvas.value
        widget.parts[name].value = value
        assert widget.canvas.value != before, name
        assert getattr(widget.choice, name) == value
    before = widget.canvas.value
    widget.pattern.value = "two crowds"
    widget.bounds.value = (2, 9)
    assert widget.canvas.value != before
    assert (widget.choice.least, widget.choice.most) == (2, 9)


def test_the_widget_says_why_and_what_it_would_ask_of_the_api() -> None:
    widget = two_loops(target=70)
    widget.moment.value = 900
    assert "Why now?" in widget.note.value and "provider/fleet" in widget.note.value
    assert "&quot;TargetValue&quot;: 70.0" in widget.settings.value
    assert "The two loops, every 4 minutes" in widget.settings.value
    assert repr(widget).startswith("<two loops: 70 minutes of two loops.")

"""A pod's life: read from a lab, in words, as tables and as a picture."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from labkit.errors import ApiError
from labkit.lab import Lab
from labkit.views import lifeline
from labkit.views.podlife import ENDED, READY, UNREADY, Line, PodLife, Span, Tick, read
from labkit.views.podlife_svg import describe, render, tables

FETCH = Line(
    "fetch",
    "init",
    (Span(0, 2, "waiting"), Span(2, 4, "running", "Running"), Span(4, 60, ENDED, "Completed, exit code 0")),
)
WEB = Line(
    "web",
    "",
    (Span(0, 30, READY, "Running"), Span(30, 31, ENDED, "Error, exit code 1"), Span(31, 60, UNREADY, "Running", 1)),
    (Tick(5, "liveness", 0, True), Tick(40, "liveness", 1, False)),
)
LIFE = PodLife("shop", 60.0, (FETCH, WEB))


def test_the_words_tell_the_moment_and_the_whole() -> None:
    words = describe(LIFE, 30.5)
    assert "fetch has ended (Completed, exit code 0); never restarted." in words
    assert "web has ended (Error, exit code 1); restarted once, ready 50% of the time, 1 of 2 probes failed." in words


def test_the_tables_hold_every_span_and_every_probe() -> None:
    spans, probes = tables(LIFE)
    assert spans.rows[-1] == ("web", "31 s", "60 s", "not ready", "Running")
    assert probes.rows == (("web", "liveness", 0, "5 s", "5 s", 1, 0), ("web", "liveness", 1, "40 s", "40 s", 0, 1))


def test_the_picture_is_valid_and_carries_its_words() -> None:
    root = ElementTree.fromstring(render(LIFE, 30))
    assert root.attrib["aria-label"] == describe(LIFE, 30)
    written = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"exit 0", "exit 1", "liveness", "fetch", "init"} <= set(written)


def test_a_lab_shows_the_life_of_its_own_pod_and_refuses_one_it_never_had() -> None:
    lab = Lab.kubernetes(nodes=1)
    lab.kubectl("run web --image=shop/web:1.0")
    assert "web is ready" in str(lifeline(lab.run("1m"), "web"))
    with pytest.raises(ApiError, match='pods "cart" not found'):
        read(lab, "cart")
    lab.kubectl("delete pod web --now")
    assert read(lab.run("10s"), "web").length == pytest.approx(60, abs=3)


def test_a_life_of_one_moment_can_be_drawn() -> None:
    life = PodLife("web", 1.0, (Line("web", "", (Span(0, 0, ENDED, "Error, exit code 1"),)),))
    ElementTree.fromstring(render(life, 0))

"""The probe timeline in a real JupyterLab, driven by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.picture import Picture

HANDLE, BOX = ".noUi-handle", "input[type=checkbox]"


@pytest.fixture(scope="module")
def timeline(run_notebook: Callable[..., Any]) -> Picture:
    """The timeline of a pod that crashes."""
    cell = "from labkit.widgets import probe_timeline\nprobe_timeline(starts_in=15, fate='crashes', after=40)"
    return Picture(run_notebook(cell, name="timeline.ipynb"), ".jp-OutputArea svg[role=img]").shown()


def test_the_picture_says_what_it_shows(timeline: Picture) -> None:
    assert timeline.says().startswith("Pod web, 3 min after it was created. web is ready; restarted 3 times")


def test_sliders_and_boxes_work_from_the_keyboard(timeline: Picture, record_property: Any) -> None:
    timeline.focus(HANDLE, 1)  # each second more changes the picture
    timeline.watch()
    timeline.press(*["ArrowRight"] * 15)
    timeline.moves(record_property, "changed picture", 15)
    timeline.press(*["ArrowLeft"] * 15)
    timeline.focus(BOX, 3)
    timeline.press("Space")
    assert "liveness" not in timeline.written()
    timeline.press("Space")
    assert "liveness" in timeline.written()


def test_numbers_of_a_probe_that_is_off_are_idle(timeline: Picture) -> None:
    assert timeline.page.locator("[disabled]").count() >= 3

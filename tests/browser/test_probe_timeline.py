"""The probe timeline in a real JupyterLab, driven by the keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

LIMIT = 100.0  # ms from key to changed picture, the median; asserted where LABKIT_TIMED is set
PICTURE = ".jp-OutputArea svg[role=img]"
WATCH = """() => {
  window.moves = []
  let pressed = 0
  document.addEventListener('keydown', () => { pressed = performance.now() }, true)
  const drawn = node => node.nodeName === 'svg' || (node.querySelector && node.querySelector('svg'))
  new MutationObserver(changes => {
    if (pressed && changes.some(change => [...change.addedNodes].some(drawn))) {
      window.moves.push(performance.now() - pressed)
      pressed = 0
    }
  }).observe(document.body, {subtree: true, childList: true})
}"""


@pytest.fixture(scope="module")
def timeline(run_notebook: Callable[..., Any]) -> Any:
    """A page that shows the timeline of a pod that crashes."""
    cell = "from labkit.widgets import probe_timeline\nprobe_timeline(starts_in=15, fate='crashes', after=40)"
    page = run_notebook(cell, name="timeline.ipynb")
    page.locator(PICTURE).first.wait_for(timeout=60_000)
    return page


def words(page: Any) -> str:
    """What the picture says to a screen reader."""
    said: str = page.locator(PICTURE).first.get_attribute("aria-label")
    return said


def press(page: Any, key: str) -> None:
    """Press a key and wait for another picture."""
    before = page.locator(PICTURE).first.evaluate("svg => svg.outerHTML")
    page.keyboard.press(key)
    page.wait_for_function(
        f"before => document.querySelector('{PICTURE}').outerHTML !== before", arg=before, timeout=10_000
    )


def written(page: Any) -> str:
    """All that is written in the picture."""
    text: str = page.locator(PICTURE).first.text_content()
    return text


def test_the_picture_says_what_it_shows(timeline: Any) -> None:
    assert words(timeline).startswith("Pod web, 3 min after it was created. web is ready; restarted 3 times")


def test_sliders_and_boxes_work_from_the_keyboard(timeline: Any, record_property: Any) -> None:
    timeline.locator(".noUi-handle").nth(1).focus()  # each second more changes the picture
    timeline.evaluate(WATCH)
    for _ in range(15):
        press(timeline, "ArrowRight")
    moves = sorted(timeline.evaluate("window.moves"))
    record_property("measured", f"key to changed picture, {len(moves)} moves: p50 {moves[len(moves) // 2]:.0f} ms")
    if os.environ.get("LABKIT_TIMED"):
        assert moves[len(moves) // 2] < LIMIT
    for _ in range(15):
        press(timeline, "ArrowLeft")
    timeline.locator("input[type=checkbox]").nth(3).focus()
    press(timeline, "Space")
    assert "liveness" not in written(timeline)
    press(timeline, "Space")
    assert "liveness" in written(timeline)


def test_numbers_of_a_probe_that_is_off_are_idle(timeline: Any) -> None:
    assert timeline.locator("[disabled]").count() >= 3
